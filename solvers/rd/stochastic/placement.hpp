// Where molecules are at the start, the same on any number of ranks.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/philox.hpp"

namespace ngv::rd {

/// `total` molecules over places in proportion to their sizes: the whole part of each share, and what is left over to
/// places drawn without replacement with the fractions as weights (Pareto sampling, Rosen, J. Stat. Plan. Inference 62,
/// 1997). Exactly `total` over all ranks. Collective.
std::vector<std::int64_t> placed(std::int64_t total, const std::vector<double>& sizes,
                                 const std::vector<CounterId>& ids, std::uint32_t tag, Key key, MPI_Comm comm);

}  // namespace ngv::rd
