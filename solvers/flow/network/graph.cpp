#include "solvers/flow/network/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/flow/network/chains.hpp"

namespace ngv::flow {

namespace {

std::size_t find(std::vector<std::int32_t>& parent, std::size_t i) {
    while (parent[i] != static_cast<std::int32_t>(i)) i = parent[i] = parent[parent[i]];
    return i;
}

}  // namespace

Graph::Graph(MPI_Comm comm, Vessels vessels) : comm_(comm), vessels_(std::move(vessels)) {
    check();
    const auto n = vessels_.size();
    junction_id_ = vessels_.start_node;
    junction_id_.insert(junction_id_.end(), vessels_.end_node.begin(), vessels_.end_node.end());
    std::sort(junction_id_.begin(), junction_id_.end());
    junction_id_.erase(std::unique(junction_id_.begin(), junction_id_.end()), junction_id_.end());
    junction_id_.shrink_to_fit();
    const auto position = [&](std::int64_t id) {
        return static_cast<std::int32_t>(std::lower_bound(junction_id_.begin(), junction_id_.end(), id) -
                                         junction_id_.begin());
    };
    ends_.resize(n);
    degree_.assign(num_junctions(), 0);
    leaf_type_.assign(num_junctions(), VesselType::unknown);
    for (std::size_t i = 0; i < n; ++i) {
        ends_[i] = {position(vessels_.start_node[i]), position(vessels_.end_node[i])};
        for (const auto j : ends_[i]) {
            ++degree_[j];
            leaf_type_[j] = vessels_.type[i];
        }
    }
    junctions_ = std::make_unique<SharedKeys>(comm_, junction_id_);
    junctions_->combine(degree_, Combine::sum);
    order_vessels();
    find_components();
}

void Graph::order_vessels() {
    std::vector<std::uint8_t> through(num_junctions());
    for (std::size_t j = 0; j < through.size(); ++j) through[j] = degree_[j] == 2 && !junctions_->shared(j);
    for (const auto& [a, b] : ends_)
        if (a == b) through[a] = 0;  // a vessel from a junction to itself counts twice there
    auto chains = find_chains(ends_, through);
    chain_offset_ = std::move(chains.offset);
    direction_ = std::move(chains.direction);
    const auto reorder = [&](auto& values, std::size_t width) {
        auto old = std::move(values);
        values.clear();
        values.reserve(old.size());
        for (const auto i : chains.order)
            for (std::size_t k = 0; k < width; ++k) values.push_back(old[i * width + k]);
    };
    reorder(vessels_.id, 1), reorder(vessels_.start_node, 1), reorder(vessels_.end_node, 1);
    reorder(vessels_.ends, 6), reorder(vessels_.radius, 1), reorder(vessels_.length, 1), reorder(vessels_.type, 1);
    reorder(ends_, 1);
    if (!vessels_.end_diameter.empty()) reorder(vessels_.end_diameter, 2);
}

void Graph::check() const {
    // Every rank must learn of a mistake on any of them, so that all stop with the same words.
    std::vector<Problem> problems;
    const auto n = static_cast<std::int64_t>(vessels_.size());
    std::int64_t bad_length = 0, bad_radius = 0, first_length = INT64_MAX, first_radius = INT64_MAX;
    for (std::int64_t i = 0; i < n; ++i) {
        if (!(vessels_.length[i] > 0)) ++bad_length, first_length = std::min(first_length, vessels_.id[i]);
        if (!(vessels_.radius[i] > 0)) ++bad_radius, first_radius = std::min(first_radius, vessels_.id[i]);
    }
    std::array<std::int64_t, 3> counts{bad_length, bad_radius, n}, firsts{first_length, first_radius, 0};
    MPI_Allreduce(MPI_IN_PLACE, counts.data(), 3, MPI_INT64_T, MPI_SUM, comm_);
    MPI_Allreduce(MPI_IN_PLACE, firsts.data(), 2, MPI_INT64_T, MPI_MIN, comm_);
    if (counts[0])
        problems.push_back({fmt::format("vessel {}", firsts[0]),
                            fmt::format("has no length ({} such vessels of {})", counts[0], counts[2]),
                            "join its two end nodes into one, or give them different positions"});
    if (counts[1])
        problems.push_back({fmt::format("vessel {}", firsts[1]),
                            fmt::format("has no positive radius ({} such vessels of {})", counts[1], counts[2]),
                            "remove it, or correct its diameters"});
    if (counts[2] == 0) problems.push_back({"vasculature", "has no vessels", "the population needs at least one node"});
    if (!problems.empty()) throw UserError(std::move(problems));
}

// Components inside the rank by union-find; then the lowest junction id spreads from rank to rank until nothing
// changes.
void Graph::find_components() {
    std::vector<std::int32_t> parent(num_junctions());
    std::iota(parent.begin(), parent.end(), 0);
    for (const auto& [a, b] : ends_) {
        const auto x = find(parent, a), y = find(parent, b);
        parent[std::max(x, y)] = static_cast<std::int32_t>(std::min(x, y));
    }
    std::vector<std::int64_t> label = junction_id_;
    for (bool changed = true; changed;) {
        auto next = label;
        junctions_->combine(next, Combine::min);
        for (std::size_t j = 0; j < next.size(); ++j) {
            auto& root = next[find(parent, j)];
            root = std::min(root, next[j]);
        }
        for (std::size_t j = 0; j < next.size(); ++j) next[j] = next[find(parent, j)];
        int differs = next != label;
        MPI_Allreduce(MPI_IN_PLACE, &differs, 1, MPI_INT, MPI_MAX, comm_);
        changed = differs != 0;
        label.swap(next);
    }
    component_id_ = label;
    std::sort(component_id_.begin(), component_id_.end());
    component_id_.erase(std::unique(component_id_.begin(), component_id_.end()), component_id_.end());
    component_id_.shrink_to_fit();
    component_of_junction_.resize(num_junctions());
    for (std::size_t j = 0; j < label.size(); ++j)
        component_of_junction_[j] = static_cast<std::int32_t>(
            std::lower_bound(component_id_.begin(), component_id_.end(), label[j]) - component_id_.begin());
    components_ = std::make_unique<SharedKeys>(comm_, component_id_);
}

GraphSummary summarize(const Graph& graph) {
    constexpr double pi = 3.14159265358979323846;
    const auto& v = graph.vessels();
    GraphSummary s;
    std::vector<std::int64_t> counts(4 + 2 * num_vessel_types, 0);
    std::array<double, 2> sums{};
    std::array<double, 8> least;  // radius, x y z, then the same negated, so that one reduction finds both ends
    least.fill(HUGE_VAL);
    std::int64_t first_odd = INT64_MAX;
    counts[0] = static_cast<std::int64_t>(v.size());
    counts[1] = graph.junctions().num_owned();
    counts[2] = graph.components().num_owned();
    for (std::size_t i = 0; i < v.size(); ++i) {
        ++counts[4 + static_cast<int>(v.type[i])];
        const double r = v.radius[i];
        if (r < 1.0 || r > 50.0) ++counts[3], first_odd = std::min(first_odd, v.id[i]);
        sums[0] += v.length[i];
        sums[1] += pi * r * r * v.length[i];
        least[0] = std::min(least[0], r);
        least[4] = std::min(least[4], -r);
        for (int k = 0; k < 6; ++k) {
            least[1 + k % 3] = std::min(least[1 + k % 3], v.ends[6 * i + k]);
            least[5 + k % 3] = std::min(least[5 + k % 3], -v.ends[6 * i + k]);
        }
    }
    for (std::size_t j = 0; j < graph.num_junctions(); ++j)
        if (graph.is_leaf(j)) ++counts[4 + num_vessel_types + static_cast<int>(graph.leaf_type(j))];
    MPI_Allreduce(MPI_IN_PLACE, counts.data(), static_cast<int>(counts.size()), MPI_INT64_T, MPI_SUM, graph.comm());
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_DOUBLE, MPI_SUM, graph.comm());
    MPI_Allreduce(MPI_IN_PLACE, least.data(), 8, MPI_DOUBLE, MPI_MIN, graph.comm());
    MPI_Allreduce(MPI_IN_PLACE, &first_odd, 1, MPI_INT64_T, MPI_MIN, graph.comm());
    s.vessels = counts[0];
    s.junctions = counts[1];
    s.components = counts[2];
    s.loops = s.vessels - s.junctions + s.components;
    s.odd_radii = counts[3];
    s.first_odd = s.odd_radii ? first_odd : -1;
    for (int t = 0; t < num_vessel_types; ++t) {
        s.by_type[t] = counts[4 + t];
        s.leaves[t] = counts[4 + num_vessel_types + t];
    }
    s.length = sums[0];
    s.volume = sums[1];
    s.least_radius = least[0];
    s.largest_radius = -least[4];
    for (int k = 0; k < 3; ++k) {
        s.box[k] = least[1 + k];
        s.box[3 + k] = -least[5 + k];
    }
    return s;
}

std::vector<std::string> GraphSummary::lines() const {
    const auto list = [](const auto& counts) {
        std::string text;
        for (int t = 0; t < num_vessel_types; ++t)
            if (counts[t])
                text +=
                    fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[t], name_of(static_cast<VesselType>(t)));
        return text.empty() ? std::string("none") : text;
    };
    std::vector<std::string> result{
        fmt::format("{} vessels ({}), {} junctions, {} component{}, {} loop{}", vessels, list(by_type), junctions,
                    components, components == 1 ? "" : "s", loops, loops == 1 ? "" : "s"),
        fmt::format("leaves: {}; radii {:.3g} .. {:.3g} um, length {:.4g} um, blood volume {:.4g} um3", list(leaves),
                    least_radius, largest_radius, length, volume)};
    if (odd_radii)
        result.push_back(
            fmt::format("{} radii lie outside 1 .. 50 um, where viscosity laws were measured; the first is "
                        "that of vessel {}",
                        odd_radii, first_odd));
    return result;
}

}  // namespace ngv::flow
