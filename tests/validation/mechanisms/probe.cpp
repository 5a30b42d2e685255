// Runs the cases of cases.py in the project's engine:
//
//     mechanism-probe CASES.json [--neuron | --neuron-slopes] FILE_OR_FOLDER.mod ... > RESULTS.json
//     mechanism-probe CASES.json --own base|bbp|allen > RESULTS.json
//
// The .mod files are translated and compiled by the project's compiler. --neuron: NEURON's arithmetic in the solver and in the
// mechanisms, for comparisons to the last bit. --neuron-slopes: the fast arithmetic with NEURON's differences for slopes of currents. --own: the project's own catalogues, as they were built with the tree.
#include <mpi.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace {

using namespace ngv::neuron;
using nlohmann::json;

constexpr std::int64_t cell_gid = 0, first_source = 1000, first_artificial = 500;

std::shared_ptr<const Blueprint> make_cell(const json& given) {
    std::vector<test::Cylinder> cylinders;
    for (const auto& s : given.at("sections"))
        cylinders.push_back({s.at("L"), s.at("diam"), s.at("nseg"), s.at("Ra"), s.at("parent")});
    Blueprint cell = test::TreeCell(cylinders).blueprint;
    for (std::size_t i = 0; i < cell.node.size(); ++i)
        cell.cm[cell.node[i]] = given.at("sections")[cell.section[i]].at("cm").get<double>();
    for (const auto& d : given.at("densities")) {
        Blueprint::Density density{d.at("mechanism"), cell.node, {}};
        for (const auto& [name, values] : d.at("values").items())
            for (std::size_t i = 0; i < cell.node.size(); ++i)
                density.values[name].push_back(values[i % values.size()].get<double>());
        cell.densities.push_back(std::move(density));
    }
    for (const auto& ion : given.at("ions")) {
        Blueprint::IonValues values{ion.at("ion"), cell.node, {}};
        for (const char* key : {"e", "in", "out"})
            if (ion.contains(key)) values.values[key] = {ion.at(key).get<double>()};
        cell.ions.push_back(std::move(values));
    }
    return std::make_shared<const Blueprint>(std::move(cell));
}

/// "v" of a node, or "point0.g".
Probe probe_of(const std::string& name, int node, const std::vector<Point>& points) {
    if (!name.starts_with("point")) return {.gid = cell_gid, .node = node, .variable = name};
    const auto dot = name.find('.');
    return {.variable = name.substr(dot + 1), .point = points[std::stoi(name.substr(5, dot - 5))]};
}

json run(const json& given, const std::vector<ngv::nmodl::Catalogue>& catalogues, bool neuron) {
    const json& o = given.at("options");
    SimulationOptions options;
    options.dt = o.at("dt");
    options.celsius = o.at("celsius");
    options.v_init = o.at("v_init");
    options.second_order = o.at("second_order");
    options.legacy_constants = o.at("legacy_constants");
    options.neuron_arithmetic = neuron;
    EngineBuilder builder(options);
    for (const auto& c : catalogues) builder.add_catalogue(c.get());
    const auto cell = make_cell(given);
    builder.add_cell(cell_gid, cell);
    for (const auto& g : given.at("globals")) {
        const std::string mechanism = g[0], name = g[1];
        builder.set_global(mechanism, name == "usetable" ? name + "_" + mechanism : name, g[2]);
    }
    for (const auto& t : given.at("tables"))
        builder.set_function_table({t[0], t[1], t[2].get<std::vector<std::vector<double>>>(), t[3].get<std::vector<double>>()});
    for (const auto& d : given.at("densities"))
        for (const auto& [name, ids] : d.at("random").items())
            for (std::size_t i = 0; i < cell->node.size(); ++i)
                builder.set_random(cell_gid, cell->node[i], d.at("mechanism"), name, ids[0], ids[1],
                                   ids[2].get<std::uint32_t>() + static_cast<std::uint32_t>(i));
    std::vector<Point> points;
    for (const auto& p : given.at("points")) {
        Values values;
        for (const auto& [name, value] : p.at("values").items()) values.emplace_back(name, value.get<double>());
        const int segment = p.at("segment");
        points.push_back(
            segment < 0 ? builder.add_artificial_cell(first_artificial + static_cast<std::int64_t>(points.size()), p.at("mechanism"), values)
                        : builder.add_point(cell_gid, cell->node[segment], p.at("mechanism"), values));
        for (const auto& [name, ids] : p.at("random").items()) builder.set_random(points.back(), name, ids[0], ids[1], ids[2]);
        for (const auto& [name, given_values] : p.at("vectors").items())
            builder.set_vector(points.back(), name, given_values.get<std::vector<double>>());
    }
    for (std::size_t i = 0; i < points.size(); ++i)
        for (const auto& [name, target] : given.at("points")[i].at("pointers").items())
            builder.set_pointer(points[i], name, probe_of(target[1], cell->node[target[0].get<int>()], points));
    for (const auto& p : given.at("density_pointers"))
        for (int node : cell->node)
            builder.set_pointer(cell_gid, node, p[0], p[1], {.variable = p[3], .point = points[p[2].get<int>()]});
    for (const auto& c : given.at("clamps")) {
        const double begin = c.at("delay"), amp = c.at("amp");
        builder.add_current_clamp(cell_gid, cell->node[c.at("segment").get<int>()],
                                  Waveform::box(begin, c.at("dur"), amp));
    }
    std::int64_t source = first_source;
    for (const auto& c : given.at("connections")) {
        builder.add_spikes(source, c.at("times").get<std::vector<double>>());
        builder.add_connection(source, points[c.at("point").get<int>()], c.at("delay"), c.at("weights").get<std::vector<double>>());
        ++source;
    }
    std::vector<std::pair<int, std::int64_t>> fired;
    for (int p : given.at("fired")) {
        const bool artificial = given.at("points")[p].at("segment").get<int>() < 0;
        fired.emplace_back(p, artificial ? first_artificial + p : 2 * first_source + p);
        if (!artificial) builder.add_net_event_source(fired.back().second, points[p]);
    }
    RecorderSpec spec;
    for (const auto& name : given.at("record")) spec.columns.push_back(probe_of(name, cell->node[given.at("at").get<int>()], points));
    const int recorder = builder.add_recorder(spec);

    auto simulation = builder.build(MPI_COMM_WORLD);
    simulation->initialise();
    simulation->advance(std::llround(o.at("tstop").get<double>() / options.dt));

    json result{{"traces", json::object()}, {"fired", json::object()}};
    const Frames frames = simulation->take_frames(recorder);
    for (std::size_t c = 0; c < frames.columns; ++c) {
        auto& trace = result["traces"][given.at("record")[c].get<std::string>()] = json::array();
        for (std::int64_t f = 0; f < frames.count; ++f) trace.push_back(frames.values[f * frames.columns + c]);
    }
    const auto spikes = simulation->take_spikes();
    for (auto [p, gid] : fired) {
        auto& times = result["fired"][std::to_string(p)] = json::array();
        for (const Spike& s : spikes)
            if (s.source == gid) times.push_back(s.time);
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int status = 0;
    try {
        bool neuron = false;
        ngv::nmodl::CatalogueOptions options;
        std::vector<std::filesystem::path> sources;
        std::vector<ngv::nmodl::Catalogue> catalogues;
        for (int i = 2; i < argc; ++i) {
            const std::string argument = argv[i];
            if (argument == "--neuron") {
                neuron = true;
                options.translation.arithmetic = ngv::nmodl::Arithmetic::neuron;
            } else if (argument == "--neuron-slopes") {
                options.translation.neuron_slopes = true;
            } else if (argument == "--own" && i + 1 < argc) {
                catalogues.push_back(ngv::nmodl::own_catalogue("base"));
                if (const std::string group = argv[++i]; group != "base") catalogues.push_back(ngv::nmodl::own_catalogue(group));
            } else {
                sources.emplace_back(argument);
            }
        }
        if (!sources.empty()) catalogues.push_back(ngv::nmodl::build_catalogue(sources, options));
        json results = json::object();
        for (const auto& given : json::parse(std::ifstream(argv[1]))) {
            try {
                results[given.at("name").get<std::string>()] = run(given, catalogues, neuron);
            } catch (const std::exception& e) {
                results[given.at("name").get<std::string>()] = {{"error", e.what()}};
            }
        }
        std::cout << results.dump() << '\n';
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        status = 1;
    }
    MPI_Finalize();
    return status;
}
