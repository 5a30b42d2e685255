#include "solvers/flow/network/sections.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

std::vector<int> starts_of(const std::vector<int>& counts) {
    std::vector<int> starts(counts.size());
    std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
    return starts;
}

std::vector<int> counts_on_root(MPI_Comm comm, std::size_t mine) {
    int size = 1, count = static_cast<int>(mine);
    MPI_Comm_size(comm, &size);
    std::vector<int> counts(size);
    MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, comm);
    return counts;
}

std::vector<int> times(std::vector<int> counts, int width) {
    for (auto& c : counts) c *= width;
    return counts;
}

}  // namespace

Sections::Sections(const Graph& graph, const Boundary& boundary) : graph_(graph) {
    MPI_Comm_rank(graph.comm(), &rank_);
    const auto& chain = graph.chain_offset();
    const auto far = [&](std::int32_t i) { return graph.ends()[i][graph.direction()[i] > 0 ? 1 : 0]; };
    const auto near = [&](std::int32_t i) { return graph.ends()[i][graph.direction()[i] > 0 ? 0 : 1]; };
    std::vector<std::int64_t> ids, vessels, solved, owned;
    for (std::size_t c = 0; c + 1 < chain.size(); ++c)
        for (auto i = chain[c]; i < chain[c + 1];) {
            const auto first = i++;
            while (i < chain[c + 1] && boundary.at(far(i - 1)).condition == Condition::closed) ++i;
            offset_.push_back(first);
            ends_.push_back({near(first), far(i - 1)});
            solved_.push_back(boundary.solved(graph.component_of_vessel(first)));
            for (const auto j : ends_.back()) ids.push_back(graph.junction_id()[j]);
            vessels.insert(vessels.end(), {graph.vessels().id[first], graph.vessels().id[i - 1]});
            solved.push_back(solved_.back());
        }
    offset_.push_back(static_cast<std::int32_t>(graph.num_vessels()));

    for (std::size_t j = 0; j < graph.num_junctions(); ++j) {
        const auto& b = boundary.at(j);
        if (b.condition == Condition::closed || !graph.junctions().owned(j)) continue;
        boundary_junctions_.push_back(static_cast<std::int32_t>(j));
        owned.push_back(graph.junction_id()[j]);
    }

    counts_ = counts_on_root(comm(), size());
    boundary_counts_ = counts_on_root(comm(), owned.size());
    const auto all_ids = gather_any<std::int64_t>(ids, 2, counts_);
    const auto all_vessels = gather_any<std::int64_t>(vessels, 2, counts_);
    const auto all_solved = gather_any<std::int64_t>(solved, 1, counts_);
    const auto all_owned = gather_any<std::int64_t>(owned, 1, boundary_counts_);
    if (is_root()) make_network(all_ids, all_vessels, all_solved, all_owned);
    update(boundary);
}

void Sections::make_network(const std::vector<std::int64_t>& all_ids, const std::vector<std::int64_t>& all_vessels,
                            const std::vector<std::int64_t>& all_solved, const std::vector<std::int64_t>& all_owned) {
    auto& net = network_;
    net.node_id = all_ids;
    std::sort(net.node_id.begin(), net.node_id.end());
    net.node_id.erase(std::unique(net.node_id.begin(), net.node_id.end()), net.node_id.end());
    net.node_id.shrink_to_fit();
    const auto node = [&](std::int64_t id) {
        return static_cast<std::int32_t>(std::lower_bound(net.node_id.begin(), net.node_id.end(), id) -
                                         net.node_id.begin());
    };
    for (std::size_t s = 0; s < all_solved.size(); ++s) {
        net.ends.push_back({node(all_ids[2 * s]), node(all_ids[2 * s + 1])});
        net.vessel.push_back({all_vessels[2 * s], all_vessels[2 * s + 1]});
        net.solved.push_back(all_solved[s] != 0);
    }
    net.boundary.resize(net.node_id.size());
    for (const auto id : all_owned) boundary_node_.push_back(node(id));
}

void Sections::update(const Boundary& boundary) {
    std::vector<double> values;
    for (const auto j : boundary_junctions_) {
        const auto& b = boundary.at(j);
        values.insert(values.end(), {static_cast<double>(b.condition), b.value, b.resistance, b.hematocrit});
    }
    const auto all = gather_any<double>(values, 4, boundary_counts_);
    for (std::size_t k = 0; k < boundary_node_.size(); ++k) {
        const double* v = &all[4 * k];
        network_.boundary[boundary_node_[k]] = {
            .condition = static_cast<Condition>(v[0]), .value = v[1], .resistance = v[2], .hematocrit = v[3]};
    }
}

template <class T>
std::vector<T> Sections::gather_any(std::span<const T> local, int width, const std::vector<int>& counts) const {
    const MPI_Datatype type = std::is_same_v<T, double> ? MPI_DOUBLE : MPI_INT64_T;
    const auto scaled = times(counts, width), starts = starts_of(scaled);
    std::vector<T> all(is_root() ? starts.back() + scaled.back() : 0);
    MPI_Gatherv(local.data(), static_cast<int>(local.size()), type, all.data(), scaled.data(), starts.data(), type, 0,
                comm());
    return all;
}

std::vector<double> Sections::scatter_any(std::span<const double> all, int width, const std::vector<int>& counts,
                                          std::size_t mine) const {
    const auto scaled = times(counts, width), starts = starts_of(scaled);
    std::vector<double> local(mine * width);
    MPI_Scatterv(all.data(), scaled.data(), starts.data(), MPI_DOUBLE, local.data(), static_cast<int>(local.size()),
                 MPI_DOUBLE, 0, comm());
    return local;
}

std::vector<double> Sections::gather(std::span<const double> local, int width) const {
    NGV_ASSERT(local.size() == size() * width);
    return gather_any<double>(local, width, counts_);
}

std::vector<double> Sections::scatter(std::span<const double> all, int width) const {
    return scatter_any(all, width, counts_, size());
}

std::vector<double> Sections::scatter_boundary(std::span<const double> node_values) const {
    std::vector<double> all;
    for (const auto n : boundary_node_) all.push_back(node_values[n]);
    return scatter_any(all, 1, boundary_counts_, boundary_junctions_.size());
}

}  // namespace ngv::flow
