#include "solvers/flow/parallel/partition.hpp"

#include <metis.h>

#include <algorithm>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/flow/network/graph.hpp"
#include "solvers/flow/parallel/on_root.hpp"

namespace ngv::flow {

namespace {

struct Chain {
    std::int64_t a, b, vessels;
};

// The rank of each chain: junctions are the vertices, chains the edges, and a junction weighs half of its vessels.
std::vector<int> parts_of(const std::vector<Chain>& chains, int ranks) {
    std::vector<std::int64_t> node;
    for (const auto& c : chains) node.insert(node.end(), {c.a, c.b});
    std::sort(node.begin(), node.end());
    node.erase(std::unique(node.begin(), node.end()), node.end());
    const auto place = [&](std::int64_t id) {
        return static_cast<idx_t>(std::lower_bound(node.begin(), node.end(), id) - node.begin());
    };
    const auto n = static_cast<idx_t>(node.size());
    std::vector<idx_t> offset(n + 1, 0), weight(n, 0), part(n, 0);
    std::vector<std::array<idx_t, 2>> ends;
    for (const auto& c : chains) {
        ends.push_back({place(c.a), place(c.b)});
        for (const auto e : ends.back()) weight[e] += static_cast<idx_t>(c.vessels);
        if (ends.back()[0] != ends.back()[1])
            for (const auto e : ends.back()) ++offset[e + 1];
    }
    std::partial_sum(offset.begin(), offset.end(), offset.begin());
    std::vector<idx_t> neighbour(offset.back());
    auto next = offset;
    for (const auto& [a, b] : ends)
        if (a != b) neighbour[next[a]++] = b, neighbour[next[b]++] = a;
    idx_t vertices = n, constraints = 1, parts = ranks, cut = 0, options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1;
    if (n >= parts) {
        const int code = METIS_PartGraphKway(&vertices, &constraints, offset.data(), neighbour.data(), weight.data(),
                                             nullptr, nullptr, &parts, nullptr, nullptr, options, &cut, part.data());
        if (code != METIS_OK) throw std::runtime_error("METIS could not partition the vessel network");
    }
    std::vector<int> result;
    for (const auto& [a, b] : ends) result.push_back(static_cast<int>(part[a]));
    return result;
}

template <class T>
std::vector<T> exchange(MPI_Comm comm, const std::vector<T>& values, int width, const std::vector<int>& target) {
    int size = 1;
    MPI_Comm_size(comm, &size);
    std::vector<int> send(size, 0), receive(size), from(size), to(size);
    for (const auto t : target) send[t] += width * static_cast<int>(sizeof(T));
    MPI_Alltoall(send.data(), 1, MPI_INT, receive.data(), 1, MPI_INT, comm);
    std::exclusive_scan(send.begin(), send.end(), to.begin(), 0);
    std::exclusive_scan(receive.begin(), receive.end(), from.begin(), 0);
    std::vector<T> out(values.size()), in((from.back() + receive.back()) / sizeof(T));
    auto next = to;
    for (std::size_t i = 0; i < target.size(); ++i) {
        std::copy_n(values.begin() + i * width, width, out.begin() + next[target[i]] / sizeof(T));
        next[target[i]] += width * static_cast<int>(sizeof(T));
    }
    MPI_Alltoallv(out.data(), send.data(), to.data(), MPI_BYTE, in.data(), receive.data(), from.data(), MPI_BYTE, comm);
    return in;
}

}  // namespace

Vessels partition(MPI_Comm comm, Vessels vessels) {
    int size = 1;
    MPI_Comm_size(comm, &size);
    if (size == 1) return vessels;
    const Graph graph(comm, std::move(vessels));
    const auto& chain = graph.chain_offset();
    std::vector<std::int64_t> mine;
    for (std::size_t c = 0; c + 1 < chain.size(); ++c) {
        const auto first = chain[c], last = chain[c + 1] - 1;
        const auto a = graph.ends()[first][graph.direction()[first] > 0 ? 0 : 1];
        const auto b = graph.ends()[last][graph.direction()[last] > 0 ? 1 : 0];
        mine.insert(mine.end(), {graph.junction_id()[a], graph.junction_id()[b], last - first + 1});
    }
    const int count = static_cast<int>(mine.size());
    std::vector<int> counts(size), starts(size);
    MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, comm);
    std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
    std::vector<std::int64_t> all(starts.back() + counts.back());
    MPI_Gatherv(mine.data(), count, MPI_INT64_T, all.data(), counts.data(), starts.data(), MPI_INT64_T, 0, comm);
    std::vector<int> parts;
    on_root(comm, [&] {
        std::vector<Chain> chains;
        for (std::size_t k = 0; k < all.size(); k += 3) chains.push_back({all[k], all[k + 1], all[k + 2]});
        parts = parts_of(chains, size);
        for (auto& c : counts) c /= 3;
        for (auto& s : starts) s /= 3;
    });
    std::vector<int> part(count / 3), target;
    MPI_Scatterv(parts.data(), counts.data(), starts.data(), MPI_INT, part.data(), count / 3, MPI_INT, 0, comm);
    for (std::size_t c = 0; c + 1 < chain.size(); ++c) target.insert(target.end(), chain[c + 1] - chain[c], part[c]);

    const auto& v = graph.vessels();
    int diameters = !v.end_diameter.empty();
    MPI_Allreduce(MPI_IN_PLACE, &diameters, 1, MPI_INT, MPI_MAX, comm);
    Vessels result;
    result.id = exchange(comm, v.id, 1, target);
    result.start_node = exchange(comm, v.start_node, 1, target);
    result.end_node = exchange(comm, v.end_node, 1, target);
    result.ends = exchange(comm, v.ends, 6, target);
    result.radius = exchange(comm, v.radius, 1, target);
    result.length = exchange(comm, v.length, 1, target);
    result.type = exchange(comm, v.type, 1, target);
    if (diameters) result.end_diameter = exchange(comm, v.end_diameter, 2, target);
    return result;
}

}  // namespace ngv::flow
