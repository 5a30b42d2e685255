#include "solvers/neuron/tissue/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/nodes.hpp"
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

std::vector<int> assign_by_cost(const std::vector<std::int64_t>& costs, int ranks) {
    std::vector<std::size_t> order(costs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
    std::vector<std::int64_t> load(ranks, 0);
    std::vector<int> owner(costs.size());
    for (std::size_t i : order) {
        owner[i] = static_cast<int>(std::min_element(load.begin(), load.end()) - load.begin());
        load[owner[i]] += costs[i];
    }
    return owner;
}

std::vector<int> distribute(MPI_Comm comm, const std::vector<CellSource>& cells, const Parameters& p) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    if (size == 1) return std::vector<int>(cells.size(), 0);
    double seconds[2] = {0, 0};  // of a compartment of a neuron, of an astrocyte; rank 0's clock decides for all
    if (rank == 0)
        for (const bool astrocyte : {false, true}) seconds[astrocyte] = measure_compartment(p, astrocyte);
    MPI_Bcast(seconds, 2, MPI_DOUBLE, 0, comm);
    std::vector<std::int64_t> costs(cells.size(), 0);
    // Cells of one morphology file are measured by one rank, once.
    std::map<std::filesystem::path, std::vector<std::size_t>> of_file;
    for (std::size_t i = 0; i < cells.size(); ++i) of_file[cells[i].morphology].push_back(i);
    int turn = 0;
    for (const auto& [file, members] : of_file) {
        if (turn++ % size != rank) continue;
        const int n = count_compartments(read_morphology(file), cable_options(p, cells[members.front()].astrocyte));
        const double cost = n * seconds[cells[members.front()].astrocyte];
        for (std::size_t i : members) costs[i] = std::max<std::int64_t>(1, std::llround(cost * 1e12));
    }
    MPI_Allreduce(MPI_IN_PLACE, costs.data(), static_cast<int>(costs.size()), MPI_INT64_T, MPI_SUM, comm);
    return assign_by_cost(costs, size);
}

}  // namespace ngv::neuron::tissue
