#include "solvers/neuron/tissue/tissue_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/tissue/membrane.hpp"
#include "solvers/neuron/tissue/poisson.hpp"
#include "solvers/neuron/tissue/wiring.hpp"

namespace ngv::neuron::tissue {

namespace {

std::vector<TissueCell> build_cells(const CircuitConfig& circuit, const std::vector<CellSource>& all,
                                    const std::vector<int>& owner, int rank, const Parameters& p) {
    std::vector<TissueCell> cells;
    std::map<std::pair<std::filesystem::path, bool>, std::shared_ptr<const Blueprint>> known;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (owner[i] != rank) continue;
        auto& blueprint = known[{all[i].morphology, all[i].astrocyte}];
        if (!blueprint)
            blueprint =
                make_blueprint(build_cable(read_morphology(all[i].morphology), cable_options(p, all[i].astrocyte)), p,
                               all[i].astrocyte);
        cells.push_back({all[i], blueprint, {}});
    }
    for (const auto& entry : circuit.nodes()) {
        std::vector<std::int64_t> ids;
        std::vector<std::size_t> places;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (cells[c].source.population != entry.index) continue;
            ids.push_back(cells[c].source.node_id);
            places.push_back(c);
        }
        if (ids.empty()) continue;
        const auto placements = read_placements(NodePopulation(entry), ids);
        for (std::size_t i = 0; i < ids.size(); ++i) cells[places[i]].placement = placements[i];
    }
    return cells;
}

/// The attribute that holds a virtual node's rate in Hz; empty if there is none.
std::string rate_attribute(const NodePopulation& nodes) {
    for (const char* name : {"rate", "dynamics_params/rate"})
        if (nodes.has(name)) return name;
    return {};
}

/// Poisson sources of the inputs; names of their populations go to `live`.
PoissonSources make_poisson(const CircuitConfig& circuit, const Inputs& inputs, std::uint64_t seed,
                            std::vector<std::string>& live) {
    PoissonSources result(seed);
    auto list = inputs.poisson;
    if (inputs.poisson_by_attribute) {
        for (const auto& entry : circuit.nodes()) {
            const bool named =
                std::any_of(list.begin(), list.end(), [&](const auto& i) { return i.population == entry.name; });
            if (entry.type == "virtual" && !named && !rate_attribute(NodePopulation(entry)).empty())
                list.push_back({entry.name, {}, 0, 1e300});
        }
    }
    for (const auto& input : list) {
        const auto& entry = circuit.node_population(input.population);
        if (entry.type != "virtual" && !entry.type.empty())
            throw UserError(Problem{"poisson input",
                                    "population '" + entry.name + "' is of type '" + entry.type + "', expected virtual",
                                    ""});
        const NodePopulation nodes(entry);
        const auto ids = nodes.ids();
        const auto attribute = rate_attribute(nodes);
        const auto rates = input.rate_hz ? std::vector<double>(ids.size(), *input.rate_hz)
                                         : nodes.numbers(attribute.empty() ? "rate" : attribute, ids);
        for (std::size_t i = 0; i < ids.size(); ++i)
            result.add(cell_id(entry.index, ids[i]), rates[i], input.start_ms, input.stop_ms);
        live.push_back(entry.name);
    }
    return result;
}

void add_clamps(MPI_Comm comm, const CircuitConfig& circuit, const TissueModel& model, const Inputs& inputs,
                EngineBuilder& builder) {
    for (const auto& input : inputs.clamps) {
        int found = 0;
        for (const auto& entry : circuit.nodes()) {
            if (entry.type == "virtual" || entry.type == "vasculature" || entry.type == "astrocyte") continue;
            const auto ids = model.node_sets.has(input.node_set) || input.node_set != entry.name
                                 ? model.node_sets.resolve(input.node_set, NodePopulation(entry))
                                 : NodePopulation(entry).ids();
            for (int c = 0; c < model.num_neurons; ++c) {
                const TissueCell& cell = model.cells[c];
                if (cell.source.population != entry.index ||
                    !std::binary_search(ids.begin(), ids.end(), cell.source.node_id))
                    continue;
                builder.add_current_clamp(cell.gid(), cell.blueprint->soma,
                                          Waveform::box(input.delay_ms, input.duration_ms, input.amp_nA));
                ++found;
            }
        }
        MPI_Allreduce(MPI_IN_PLACE, &found, 1, MPI_INT, MPI_SUM, comm);
        if (found == 0)
            throw UserError(Problem{"current clamp on node set '" + input.node_set + "'", "the set has no neuron",
                                    did_you_mean(input.node_set, model.node_sets.names())});
    }
}

/// Chooses the leaks so that no ion has a net flux at rest; the simulation stands at t = 0 without leaks of Na+, K+, Ca2+.
void balance_leaks(const TissueModel& model, const TissueCell& cell) {
    Simulation& s = *model.simulation;
    const auto v = s.addresses(cell.gid(), "v");
    for (auto [ion, conductance] : {std::pair{"na", "gna"}, {"k", "gk"}, {"ca", "gca"}}) {
        const auto e = s.addresses(cell.gid(), std::string("e") + ion),
                   i = s.addresses(cell.gid(), std::string("i") + ion);
        const auto g = s.addresses(cell.gid(), std::string("ion_leak.") + conductance);
        for (std::size_t c = 0; c < v.size(); ++c) {
            *g[c] = -*i[c] / (*v[c] - *e[c]);
            if (*g[c] >= 0) continue;
            throw UserError(Problem{
                fmt::format("compartment {} of {}", c, model.name_of(cell.gid())),
                fmt::format(
                    "no {} leak can hold the rest at {} mV: the other mechanisms carry {:.3g} mA/cm2 of {}, which a "
                    "leak at a reversal potential of {:.4g} mV would have to push uphill",
                    ion, *v[c], *i[c], ion, *e[c]),
                "raise the pump's largest current, lower the resting voltage or the channel densities"});
        }
    }
}

}  // namespace

const ngv_catalogue* tissue_mechanisms() {
    static const nmodl::Catalogue own = nmodl::own_catalogue("base");
    return own.get();
}

std::string TissueModel::name_of(std::int64_t gid) const {
    return fmt::format("node {} of population '{}'", node_of(gid), population_names.at(population_of(gid)));
}

void TissueModel::initialise() {
    for (const TissueCell& cell : cells)
        for (const char* conductance : {"gna", "gk", "gca"})
            for (double* g : simulation->addresses(cell.gid(), std::string("ion_leak.") + conductance)) *g = 0;
    simulation->initialise();
    for (const TissueCell& cell : cells) balance_leaks(*this, cell);
    simulation->initialise();
    for (const Endfoot& e : endfeet)
        if (*simulation->address({.variable = "found", .point = e.wall}) == 0)
            throw UserError(Problem{
                fmt::format("vessel of radius {:.4g} um under an endfoot", e.radius),
                fmt::format("its wall has no equilibrium at a pressure of {:.4g} Pa", parameters.glia.vessel_pressure),
                "check the vessel's diameters and the wall's parameters"});
}

TissueModel build_tissue(MPI_Comm comm, const CircuitConfig& circuit, const Parameters& parameters,
                         const Inputs& inputs, std::uint64_t seed,
                         const std::function<void(const TissueModel&, EngineBuilder&)>& before_build) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    refuse_unknown_edges(circuit);
    TissueModel model;
    model.parameters = parameters;
    for (const auto& entry : circuit.nodes()) model.population_names.push_back(entry.name);
    if (!circuit.node_sets_file().empty()) model.node_sets = NodeSets::load(circuit.node_sets_file());

    std::vector<std::string> live;
    auto poisson = std::make_shared<PoissonSources>(make_poisson(circuit, inputs, seed, live));
    for (const auto& entry : circuit.nodes())
        if (entry.type == "biophysical" || entry.type.empty()) live.push_back(entry.name);
    const auto all = list_cells(circuit);
    model.cells = build_cells(circuit, all, distribute(comm, circuit, all, live, parameters), rank, parameters);
    model.num_neurons = static_cast<int>(
        std::count_if(model.cells.begin(), model.cells.end(), [](const TissueCell& c) { return !c.source.astrocyte; }));
    EngineBuilder builder = make_builder(parameters);
    for (const TissueCell& cell : model.cells) {
        builder.add_cell(cell.gid(), cell.blueprint);
        if (cell.source.astrocyte) {
            for (int k = 0; k < cell.blueprint->num_nodes(); ++k)
                builder.set_value(cell.gid(), k, "v", parameters.astrocyte.v_init);
        } else {
            builder.add_detector(cell.gid(), {.gid = cell.gid(), .node = cell.blueprint->soma},
                                 parameters.spike_threshold);
        }
    }
    builder.add_spike_generator([poisson](double begin, double end, auto& out) { poisson->spikes(begin, end, out); },
                                poisson->ids());
    wire_synapses(circuit, live, model, builder);
    wire_contacts(circuit, live, model, builder);
    wire_endfeet(circuit, model, builder);
    add_clamps(comm, circuit, model, inputs, builder);
    if (before_build) before_build(model, builder);
    model.simulation = builder.build(comm);
    return model;
}

}  // namespace ngv::neuron::tissue
