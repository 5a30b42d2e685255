// One step of smoothed aggregation: from a level of the multigrid to the next coarser one.
#pragma once

#include <span>

#include "solvers/flow/core/sparse.hpp"

namespace ngv::flow {

struct Coarsening {
    SparseRows<double> prolongation;  ///< from coarse to fine, one row a fine unknown; no diagonal
    SparseRows<double> matrix;        ///< P^T A P
};

/// `fine`: symmetric and positive definite, with a diagonal of ones. Unknowns with |a_ij| > strong are tied together.
/// `smooth`: what the coarse level must represent, the vector that the fine one hardly changes.
Coarsening coarsen(const SparseRows<double>& fine, std::span<const double> smooth, double strong);

/// Of a matrix without diagonal.
SparseRows<double> transposed(const SparseRows<double>& p, std::size_t columns);

}  // namespace ngv::flow
