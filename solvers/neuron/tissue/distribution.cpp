#include "solvers/neuron/tissue/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/engine/cost_model.hpp"
#include "solvers/neuron/tissue/membrane.hpp"

namespace ngv::neuron::tissue {

std::vector<CellSource> list_cells(const CircuitConfig& circuit, const NodeSets& sets, const std::string& node_set) {
    std::vector<CellSource> neurons, astrocytes;
    for (const auto& entry : circuit.nodes()) {
        std::string type = entry.type;
        if (type == "virtual" || type == "vasculature") continue;
        const NodePopulation population(entry);
        const auto ids = node_set.empty() ? population.ids() : sets.resolve(node_set, population);
        if (ids.empty()) continue;
        if (type.empty()) {
            const auto types = population.texts("model_type", std::string("biophysical"));
            type = types.empty() ? "biophysical" : types.front();
            if (type == "virtual") continue;
        }
        if (type != "biophysical" && type != "astrocyte")
            throw UserError(Problem{
                entry.where,
                "population '" + entry.name + "' is of type '" + type + "', which neuron-solver does not simulate",
                "types it knows: biophysical, astrocyte, virtual, vasculature"});
        const auto names = population.texts("morphology", ids);
        std::map<std::string, std::filesystem::path> files;
        auto& list = type == "astrocyte" ? astrocytes : neurons;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            auto it = files.find(names[i]);
            if (it == files.end()) it = files.emplace(names[i], entry.morphology_file(names[i])).first;
            list.push_back({cell_id(entry.index, ids[i]), entry.index, ids[i], type == "astrocyte", it->second});
        }
    }
    if (neurons.empty() && astrocytes.empty())
        throw UserError(Problem{
            circuit.file().string(),
            node_set.empty() ? "has no biophysical neurons and no astrocytes"
                             : "has no neurons and no astrocytes in the node set",
            node_set.empty() ? "name a circuit that has some" : "the simulation's node_set is '" + node_set + "'"});
    const auto by_id = [](const CellSource& a, const CellSource& b) { return a.id < b.id; };
    std::sort(neurons.begin(), neurons.end(), by_id);
    std::sort(astrocytes.begin(), astrocytes.end(), by_id);
    neurons.insert(neurons.end(), astrocytes.begin(), astrocytes.end());
    return neurons;
}

CableOptions cable_options(const Parameters& p, bool astrocyte) {
    return {p.axial_resistivity, astrocyte ? p.astrocyte.compartment_length : p.neuron.compartment_length, {}};
}

namespace {

/// Synapses with equal kinetics on a compartment are one instance; here each counts, as kinetics mostly differ.
struct Size {
    double compartments = 0, excitatory = 0, inhibitory = 0;
};

/// Compartments of the cells of this rank's share; cells of one morphology file are looked at once, by one rank.
void count_compartments_of(const std::vector<CellSource>& cells, const Parameters& p, int rank, int ranks,
                           std::vector<Size>& sizes) {
    std::map<std::filesystem::path, std::vector<std::size_t>> of_file;
    for (std::size_t i = 0; i < cells.size(); ++i) of_file[cells[i].morphology].push_back(i);
    int turn = 0;
    for (const auto& [file, members] : of_file) {
        if (turn++ % ranks != rank) continue;
        const int n = count_compartments(read_morphology(file), cable_options(p, cells[members.front()].astrocyte));
        for (const std::size_t i : members) sizes[i].compartments = n;
    }
}

/// Chemical edges that end on the cells of this rank's share: every `ranks`-th.
void count_synapses_of(const CircuitConfig& circuit, const std::vector<CellSource>& cells,
                       const std::vector<std::string>& live, int rank, int ranks, std::vector<Size>& sizes) {
    for (const auto& entry : circuit.edges()) {
        if (entry.type != "chemical" && !entry.type.empty()) continue;
        const EdgePopulation edges(entry);
        if (std::find(live.begin(), live.end(), edges.source_population()) == live.end()) continue;
        const int target = circuit.node_population(edges.target_population()).index;
        std::vector<std::int64_t> ids;
        std::vector<std::size_t> mine;
        for (auto i = static_cast<std::size_t>(rank); i < cells.size(); i += static_cast<std::size_t>(ranks))
            if (cells[i].population == target) mine.push_back(i), ids.push_back(cells[i].node_id);
        const EdgeSelection found = edges.afferent(ids);
        const auto types = edges.integers("syn_type_id", found.edges);
        for (std::size_t k = 0; k < mine.size(); ++k)
            for (auto e = found.offsets[k]; e < found.offsets[k + 1]; ++e)
                ++(types[e] < 100 ? sizes[mine[k]].inhibitory : sizes[mine[k]].excitatory);
    }
}

}  // namespace

std::vector<int> distribute(MPI_Comm comm, const CircuitConfig& circuit, const std::vector<CellSource>& cells,
                            const std::vector<std::string>& live, const Parameters& p) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    if (size == 1) return std::vector<int>(cells.size(), 0);
    Costs seconds;  // rank 0's clock decides for all
    if (rank == 0) seconds = measure_costs(p);
    MPI_Bcast(&seconds, sizeof seconds, MPI_BYTE, 0, comm);
    std::vector<Size> sizes(cells.size());
    count_compartments_of(cells, p, rank, size, sizes);
    count_synapses_of(circuit, cells, live, rank, size, sizes);
    MPI_Allreduce(MPI_IN_PLACE, sizes.data(), 3 * static_cast<int>(sizes.size()), MPI_DOUBLE, MPI_SUM, comm);
    std::vector<double> costs;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Size& s = sizes[i];
        costs.push_back(s.compartments * (cells[i].astrocyte ? seconds.astrocyte : seconds.neuron) +
                        s.excitatory * seconds.excitatory + s.inhibitory * seconds.inhibitory);
    }
    return largest_first(costs, size);
}

}  // namespace ngv::neuron::tissue
