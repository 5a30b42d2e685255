// Which rank simulates which cell: by what its compartments, its mechanisms and its synapses take on this machine (engine/cost_model.hpp).
// Results do not depend on it.
#include <algorithm>
#include <map>
#include <string>

#include "solvers/common/edges.hpp"
#include "solvers/neuron/engine/cost_model.hpp"
#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

namespace {

constexpr double artificial_cell = 0.1;  // of a node: it has events only

/// One cell of the simulation, whoever has it.
struct Node {
    std::size_t population;
    std::int64_t id;
    std::size_t type;
};

/// The point process that most edges of a type become; empty: edges of this type become none here.
std::string point_of(const EdgePopulationEntry& entry) {
    if (entry.type == "chemical") return "ProbAMPANMDA_EMS";
    if (entry.type == "electrical") return "Gap";
    return entry.type.empty() || entry.type == "Exp2Syn_synapse" || entry.type == "point_process" ? "Exp2Syn" : "";
}

/// Edges that can be active on some nodes of a population.
std::vector<std::int64_t> count_edges(const EdgePopulation& edges, const SimulatedPopulation& source,
                                      const std::vector<std::int64_t>& targets, const std::vector<Replay>& replays) {
    const EdgeSelection afferent = edges.afferent(targets);
    const auto sources = edges.sources(afferent.edges);
    std::vector<std::int64_t> count(targets.size(), 0);
    for (std::size_t t = 0; t < targets.size(); ++t)
        for (auto i = afferent.offsets[t]; i < afferent.offsets[t + 1]; ++i) {
            const auto id = sources[static_cast<std::size_t>(i)];
            count[t] += source.is_simulated(id) || std::any_of(replays.begin(), replays.end(), [&](const auto& r) {
                            return r.source == &source && r.times.contains(id);
                        });
        }
    return count;
}

}  // namespace

void Network::distribute(MPI_Comm comm, const std::vector<const ngv_catalogue*>& catalogues,
                         const std::vector<Replay>& replays) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    // Types in an order that all ranks agree on; each rank measures its share of them.
    std::vector<Node> nodes;
    std::vector<CellType> types;
    std::map<std::tuple<const CellDescription*, std::filesystem::path, std::map<std::string, double>>, std::size_t>
        numbers;
    for (std::size_t p = 0; p < nodes_.populations().size(); ++p) {
        const auto& population = nodes_.populations()[p];
        const auto found = library_.types(population, population.simulated);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const auto [it, added] = numbers.emplace(found[i].key(), types.size());
            if (added) types.push_back(found[i]);
            nodes.push_back({p, population.simulated[i], it->second});
        }
    }
    set_function_tables(types);  // before cells run to be measured
    std::vector<double> costs(nodes.size(), 0.0);
    if (size > 1) {
        const auto is_point = [&](std::size_t type) { return !types[type].description->point.empty(); };
        std::vector<std::string> points;
        for (const auto& entry : circuit_.edges())
            if (const auto point = point_of(entry); !point.empty()) points.push_back(point);
        CostModel model(builder_.options(), catalogues);
        std::vector<double> of_type(types.size(), 0.0);
        for (const bool measured : {false, true}) {
            if (measured) model.share(comm);
            for (auto t = static_cast<std::size_t>(rank); t < types.size(); t += static_cast<std::size_t>(size)) {
                if (is_point(t))
                    of_type[t] = artificial_cell * model.of_node();
                else if (measured)
                    of_type[t] = model.of(*library_.blueprint(types[t]));
                else
                    model.measure(library_.blueprint(types[t]), points);
            }
        }
        MPI_Allreduce(MPI_IN_PLACE, of_type.data(), static_cast<int>(of_type.size()), MPI_DOUBLE, MPI_SUM, comm);
        for (const auto& entry : circuit_.edges()) {
            const std::string point = point_of(entry);
            if (point.empty()) continue;
            const EdgePopulation edges(entry);
            const auto& source = nodes_.population(edges.source_population());
            const auto& target = nodes_.population(edges.target_population());
            std::vector<std::size_t> mine;
            std::vector<std::int64_t> ids;
            for (auto i = static_cast<std::size_t>(rank); i < nodes.size(); i += static_cast<std::size_t>(size)) {
                if (&nodes_.populations()[nodes[i].population] != &target || is_point(nodes[i].type)) continue;
                mine.push_back(i);
                ids.push_back(nodes[i].id);
            }
            const auto count = count_edges(edges, source, ids, replays);
            for (std::size_t k = 0; k < mine.size(); ++k)
                costs[mine[k]] += model.of_point(point) * static_cast<double>(count[k]);
        }
        MPI_Allreduce(MPI_IN_PLACE, costs.data(), static_cast<int>(costs.size()), MPI_DOUBLE, MPI_SUM, comm);
        for (std::size_t i = 0; i < nodes.size(); ++i) costs[i] += of_type[nodes[i].type];
        MPI_Bcast(costs.data(), static_cast<int>(costs.size()), MPI_DOUBLE, 0, comm);
    }
    const auto owner = largest_first(costs, size);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (owner[i] != rank) continue;
        auto& population = nodes_.populations()[nodes[i].population];
        population.mine.push_back(nodes[i].id);
        const auto gid = population.gid(nodes[i].id);
        cells_.emplace(gid, LocalCell{&population, nodes[i].id, gid, types[nodes[i].type]});
    }
}

}  // namespace ngv::neuron
