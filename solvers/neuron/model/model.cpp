#include "solvers/neuron/model/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/model/wiring.hpp"

namespace ngv::neuron {

namespace {

std::vector<ModelCell> build_cells(const CircuitConfig& circuit, const std::vector<CellSource>& all,
                                   const std::vector<int>& owner, int rank, const Parameters& p) {
    std::vector<ModelCell> cells;
    std::map<std::pair<std::filesystem::path, bool>, std::shared_ptr<const CableCell>> known;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (owner[i] != rank) continue;
        auto& cable = known[{all[i].morphology, all[i].astrocyte}];
        if (!cable)
            cable = std::make_shared<const CableCell>(
                build_cable(read_morphology(all[i].morphology), cable_options(p, all[i].astrocyte)));
        cells.push_back({all[i], cable, {}, 0});
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
PoissonSources make_poisson(const CircuitConfig& circuit, const Inputs& inputs, std::uint64_t seed, double dt,
                            std::vector<std::string>& live) {
    PoissonSources result(seed, dt);
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

std::vector<CurrentClamp> make_clamps(MPI_Comm comm, const CircuitConfig& circuit, const Model& model,
                                      const Inputs& inputs) {
    std::vector<CurrentClamp> result;
    for (const auto& input : inputs.clamps) {
        int found = 0;
        for (const auto& entry : circuit.nodes()) {
            if (entry.type == "virtual" || entry.type == "vasculature" || entry.type == "astrocyte") continue;
            const auto ids = model.node_sets.has(input.node_set) || input.node_set != entry.name
                                 ? model.node_sets.resolve(input.node_set, NodePopulation(entry))
                                 : NodePopulation(entry).ids();
            for (int c = 0; c < model.num_neurons; ++c) {
                const auto& source = model.cells[c].source;
                if (source.population != entry.index || !std::binary_search(ids.begin(), ids.end(), source.node_id))
                    continue;
                result.push_back(input.clamp);
                result.back().node = model.cells[c].first_node + model.cells[c].cable->soma_node();
                ++found;
            }
        }
        MPI_Allreduce(MPI_IN_PLACE, &found, 1, MPI_INT, MPI_SUM, comm);
        if (found == 0)
            throw UserError(Problem{"current clamp on node set '" + input.node_set + "'", "the set has no neuron",
                                    did_you_mean(input.node_set, model.node_sets.names())});
    }
    return result;
}

/// Connections whose source never fires cost nothing: only these sources do.
void keep_live_sources(const Inputs& inputs, std::vector<std::string>& live, const CircuitConfig& circuit) {
    for (const auto& entry : circuit.nodes())
        if (entry.type == "biophysical" || entry.type.empty()) live.push_back(entry.name);
    for (const auto& r : inputs.replay) live.push_back(r.population);
}

}  // namespace

Model build_model(MPI_Comm comm, const CircuitConfig& circuit, const Parameters& parameters, const Inputs& inputs,
                  std::uint64_t seed) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    refuse_unknown_edges(circuit);
    Model model;
    model.parameters = parameters;
    for (const auto& entry : circuit.nodes()) model.population_names.push_back(entry.name);
    if (!circuit.node_sets_file().empty()) model.node_sets = NodeSets::load(circuit.node_sets_file());

    if (!inputs.node_sets_file.empty()) model.node_sets.extend(NodeSets::load(inputs.node_sets_file));

    const auto all = list_cells(circuit, model.node_sets, inputs.node_set);
    model.cells = build_cells(circuit, all, distribute(comm, all, parameters), rank, parameters);
    model.num_neurons = static_cast<int>(
        std::count_if(model.cells.begin(), model.cells.end(), [](const ModelCell& c) { return !c.source.astrocyte; }));
    auto engine = build_engine(parameters, model.cells, model.num_neurons);

    std::vector<std::string> live;
    PoissonSources poisson = make_poisson(circuit, inputs, seed, parameters.dt, live);
    keep_live_sources(inputs, live, circuit);
    std::vector<Connection> connections;
    wire_synapses(circuit, model, *engine, live, connections);
    wire_contacts(circuit, model, live, connections);

    const Range glia{model.num_neurons < static_cast<int>(model.cells.size())
                         ? model.cells[model.num_neurons].first_node
                         : static_cast<int>(engine->nodes.size()),
                     static_cast<int>(engine->nodes.size())};
    Astrocytes astrocytes(parameters.pathway, glia, parameters.axial_resistivity, find_endfeet(circuit, model));
    NetworkOptions options = parameters.network;
    options.num_spiking_cells = model.num_neurons;
    model.network = std::make_unique<Network>(
        comm, options, std::move(engine), Connections(std::move(connections), parameters.plasticity),
        std::move(poisson), std::move(astrocytes), make_clamps(comm, circuit, model, inputs));
    if (!inputs.replay.empty()) {
        std::vector<SpikeEvent> events;
        for (const auto& r : inputs.replay) {
            const int index = circuit.node_population(r.population).index;
            for (auto [t, id] : r.spikes)
                events.push_back({static_cast<std::int64_t>(std::ceil(t / parameters.dt - 1e-9)), cell_id(index, id)});
        }
        model.network->schedule(std::move(events));
    }
    return model;
}

}  // namespace ngv::neuron
