#include "solvers/flow/supply/supply_account.hpp"

#include <array>
#include <cmath>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

constexpr double mol_per_um3_mM = 1e-18;

}  // namespace

SupplyAccount::SupplyAccount(std::string substance, double arterial, const Graph& graph)
    : substance_(std::move(substance)), arterial_(arterial), graph_(graph) {}

void SupplyAccount::add(std::span<const double> consumed, std::span<const double> inflow, double length_ms) {
    const auto n = graph_.num_components();
    NGV_ASSERT(consumed.size() == graph_.num_vessels() && inflow.size() == n);
    std::vector<double> taken(n, 0.0);
    for (std::size_t i = 0; i < consumed.size(); ++i) taken[graph_.component_of_vessel(i)] += consumed[i];
    graph_.components().combine(taken, Combine::sum);

    std::array<double, 3> sums{};  // consumed, delivered, consumed where the flow is unknown
    double worst = 0.0;
    std::int64_t where = INT64_MAX;
    for (std::size_t c = 0; c < n; ++c) {
        const bool known = inflow[c] > 0;
        const double brought = known ? inflow[c] * arterial_ * mol_per_um3_mM * length_ms * 1e-3 : 0.0;
        if (graph_.components().owned(c)) {
            sums[0] += taken[c];
            sums[1] += brought;
            if (!known) sums[2] += taken[c];
        }
        if (known && taken[c] / brought > worst) worst = taken[c] / brought, where = graph_.component_id()[c];
    }
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 3, MPI_DOUBLE, MPI_SUM, graph_.comm());
    const double mine = worst;
    MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, graph_.comm());
    if (mine < worst) where = INT64_MAX;
    MPI_Allreduce(MPI_IN_PLACE, &where, 1, MPI_INT64_T, MPI_MIN, graph_.comm());
    consumed_ += sums[0];
    delivered_ += sums[1];
    without_flow_ += sums[2];
    latest_ = worst;
    component_ = where == INT64_MAX ? -1 : where;
}

double SupplyAccount::extraction() const {
    return delivered_ > 0 ? consumed_ / delivered_ : 0.0;
}

}  // namespace ngv::flow
