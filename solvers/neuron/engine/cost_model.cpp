#include "solvers/neuron/engine/cost_model.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "solvers/common/resources.hpp"
#include "solvers/neuron/engine/names_of_ranks.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

namespace {

constexpr int points_per_cell = 16, steps = 16, repeats = 5;

/// What each mechanism took in a few steps, and all of them together; the least of some runs, as others use the machine too.
struct Measured {
    std::vector<double> mechanism;
    double all = 1e300;
};

Measured measure_steps(Simulation& simulation) {
    auto& impl = simulation.impl();
    const std::size_t n = impl.mechanisms.size();
    Measured best{std::vector<double>(n, 1e300)};
    simulation.initialise();
    simulation.advance(steps);
    std::vector<double> seconds;
    for (int k = 0; k < repeats; ++k) {
        seconds.assign(n, 0.0);
        impl.profile = &seconds;
        Timer timer;
        simulation.advance(steps);
        best.all = std::min(best.all, timer.seconds());
        impl.profile = nullptr;
        for (std::size_t m = 0; m < n; ++m) best.mechanism[m] = std::min(best.mechanism[m], seconds[m]);
    }
    return best;
}

}  // namespace

CostModel::CostModel(const SimulationOptions& options, std::vector<const ngv_catalogue*> catalogues)
    : options_(options), catalogues_(std::move(catalogues)) {}

void CostModel::measure(const std::shared_ptr<const Blueprint>& cell, const std::vector<std::string>& points) {
    bool known = node_.count > 0;
    for (const auto& d : cell->densities) known = known && knows(d.mechanism);
    for (const auto& p : points) known = known && knows(p);
    if (known) return;
    EngineBuilder builder(options_);
    for (const auto* catalogue : catalogues_) builder.add_catalogue(catalogue);
    const int cells = cell->num_nodes() < options_.wide_nodes ? lanes : 1;
    for (int gid = 0; gid < cells; ++gid) {
        builder.add_cell(gid, cell);
        for (const auto& d : cell->densities) {  // pointers have to point somewhere
            const ngv_mechanism* m = builder.mechanism(d.mechanism, "cost of a cell");
            for (int p = 0; p < m->num_pointers; ++p)
                for (int node : d.nodes)
                    builder.set_pointer(gid, node, d.mechanism, m->pointers[p], {.gid = gid, .node = node});
        }
        for (const auto& p : points)
            for (int k = 0; k < points_per_cell; ++k)
                builder.add_point(
                    gid, cell->node[static_cast<std::size_t>(k * cell->num_compartments() / points_per_cell)], p);
    }
    const auto simulation = builder.build(MPI_COMM_SELF);
    const Measured took = measure_steps(*simulation);
    std::map<std::string, double> count;
    for (const auto& d : cell->densities) count[d.mechanism] += static_cast<double>(d.nodes.size()) * cells;
    for (const auto& p : points) count[p] += points_per_cell * cells;
    double rest = took.all;
    const auto& numbers = simulation->impl().mechanism_number;
    for (const auto& [name, n] : count) {
        const double seconds = took.mechanism[static_cast<std::size_t>(numbers.at(name))];
        rest -= seconds;
        if (!knows(name)) instance_[name] = {seconds / steps, n};
    }
    if (node_.count == 0) node_ = {std::max(0.0, rest) / steps, static_cast<double>(cells * cell->num_nodes())};
}

void CostModel::share(MPI_Comm comm) {
    std::set<std::string> mine;
    for (const auto& [name, sum] : instance_) mine.insert(name);
    const auto names = names_of_ranks(comm, mine);
    std::vector<double> sums{node_.seconds, node_.count};
    for (const auto& name : names) sums.insert(sums.end(), {instance_[name].seconds, instance_[name].count});
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, comm);
    node_ = {sums[0], sums[1]};
    for (std::size_t i = 0; i < names.size(); ++i) instance_[names[i]] = {sums[2 * i + 2], sums[2 * i + 3]};
}

double CostModel::of_point(const std::string& mechanism) const {
    const auto it = instance_.find(mechanism);
    return it == instance_.end() ? 0 : mean(it->second);
}

double CostModel::of(const Blueprint& cell) const {
    double seconds = of_node() * cell.num_nodes();
    for (const auto& d : cell.densities) seconds += of_point(d.mechanism) * static_cast<double>(d.nodes.size());
    return seconds;
}

std::vector<int> largest_first(std::span<const double> costs, int ranks) {
    std::vector<std::size_t> order(costs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return costs[a] > costs[b]; });
    std::vector<double> load(static_cast<std::size_t>(ranks), 0.0);
    std::vector<int> owner(costs.size());
    for (auto i : order) {
        const auto rank = std::min_element(load.begin(), load.end()) - load.begin();
        owner[i] = static_cast<int>(rank);
        load[static_cast<std::size_t>(rank)] += costs[i];
    }
    return owner;
}

double imbalance(std::span<const double> costs, std::span<const int> owner, int ranks) {
    std::vector<double> load(static_cast<std::size_t>(ranks), 0.0);
    for (std::size_t i = 0; i < costs.size(); ++i) load[static_cast<std::size_t>(owner[i])] += costs[i];
    const double sum = std::accumulate(load.begin(), load.end(), 0.0);
    return sum > 0 ? *std::max_element(load.begin(), load.end()) * ranks / sum : 1;
}

}  // namespace ngv::neuron
