#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/circuit.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/flow/network/read_network.hpp"

namespace ngv::flow {

namespace {

NodePopulationEntry vasculature(const CircuitConfig& circuit, const std::string& population) {
    if (!population.empty()) return circuit.node_population(population);
    auto found = circuit.nodes_of_type("vasculature");
    if (found.size() == 1) return found.front();
    std::string names;
    for (const auto& p : found.empty() ? circuit.nodes() : found)
        names += (names.empty() ? "" : ", ") + p.name + (p.type.empty() ? "" : " (" + p.type + ")");
    throw UserError({circuit.file().string(),
                     found.empty() ? "has no node population of type vasculature; it has " + names
                                   : "has several node populations of type vasculature: " + names,
                     found.empty()
                         ? "give the population of the vessels the type 'vasculature', or name it (population: ...)"
                         : "name the one to use (population: ...)"});
}

}  // namespace

SonataNetwork read_sonata(MPI_Comm comm, const std::filesystem::path& circuit_config, const std::string& population) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const auto entry = vasculature(CircuitConfig::load(circuit_config), population);
    const NodePopulation nodes(entry);
    const auto all = nodes.ids();
    const std::size_t begin = all.size() * rank / size, end = all.size() * (rank + 1) / size;

    Vessels v;
    v.id.assign(all.begin() + begin, all.begin() + end);
    const auto named = [&](const char* name, const char* legacy) {
        return nodes.integers(nodes.has(name) || !nodes.has(legacy) ? name : legacy, v.id);
    };
    v.start_node = named("start_node", "start_node_id");
    v.end_node = named("end_node", "end_node_id");
    v.ends.resize(6 * v.size());
    const char* const axes[] = {"start_x", "start_y", "start_z", "end_x", "end_y", "end_z"};
    for (int k = 0; k < 6; ++k) {
        const auto x = nodes.numbers(axes[k], v.id);
        for (std::size_t i = 0; i < v.size(); ++i) v.ends[6 * i + k] = x[i];
    }
    const auto first = nodes.numbers("start_diameter", v.id), last = nodes.numbers("end_diameter", v.id);
    const auto type = nodes.integers("type", v.id, 0);
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double* e = &v.ends[6 * i];
        v.length.push_back(std::hypot(e[3] - e[0], e[4] - e[1], e[5] - e[2]));
        v.radius.push_back(0.25 * (first[i] + last[i]));
        v.end_diameter.insert(v.end_diameter.end(), {static_cast<float>(first[i]), static_cast<float>(last[i])});
        if (type[i] < 0 || type[i] >= num_vessel_types)
            throw UserError({entry.file.string(),
                             "vessel " + std::to_string(v.id[i]) + " of population " + entry.name + " has type " +
                                 std::to_string(type[i]),
                             "types are 0 .. 7"});
        v.type.push_back(static_cast<VesselType>(type[i]));
    }
    return {entry.name, std::move(v)};
}

}  // namespace ngv::flow
