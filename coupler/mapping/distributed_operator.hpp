// A sparse operator whose rows live with their targets, applied to several interleaved fields at once.
//
//        rank 0 | rank 1           x: values of sources homed here, at positions of a buffer that the caller names
//   y0   local  | halo  |   x0     y: values of targets homed here, likewise
//   y1   halo   | local |   x1     halo: sources homed on other coupler ranks, exchanged by start()/finish()
//
// Rows are summed in the order of global source ids, so the result does not depend on the number of ranks.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// Where the value of field 0 of each homed element stands in a buffer of doubles; field f follows at +f.
struct Layout {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> positions;
};

class DistributedOperator {
  public:
    /// `entries`: rows homed here, sorted by (target, source). Collective. `scale` multiplies every weight (unit
    /// conversion).
    DistributedOperator(MPI_Comm comm, std::span<const Entry> entries, const Layout& source, const Layout& target,
                        int fields, double scale = 1.0);
    ~DistributedOperator();
    DistributedOperator(DistributedOperator&&) noexcept;

    /// Begins the exchange of halo values; x must stay unchanged until finish() returns.
    void start(const double* x);
    /// Computes all rows. Targets without any entry get 0.
    void finish(double* y);

    std::int64_t nonzeros() const;
    /// 1 for each target (order of the target layout) that has an entry.
    const std::vector<std::uint8_t>& covered() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::mapping
