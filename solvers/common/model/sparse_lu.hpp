// LU factors of many matrices with one sparsity pattern, eight at a time.
//
// The elimination order and the fill are found once, from the pattern (Markowitz: the pivot with the fewest products,
// on the diagonal); the numbers then run through two straight programs. There is no pivoting by value: meant for
// I/(h gamma) - J of implicit integrators, whose diagonal is strong; a zero pivot shows as a non-finite solution, and
// the integrator takes a smaller step.
//
//     SparseLu lu(n, {{0, 0}, {0, 1}, {1, 1}});
//     std::vector<Lanes> a(lu.size());
//     a[lu.at(0, 1)] = ...;  lu.factor(a.data());  lu.solve(a.data(), b.data());     // b becomes the solution
//
// Markowitz, H. M. (1957) Management Science 3:255.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "solvers/common/model/lanes.hpp"

namespace ngv::model {

class SparseLu {
  public:
    SparseLu() = default;
    /// `pattern`: (row, column) of the entries that may be non-zero. The diagonal is added.
    SparseLu(std::size_t n, const std::vector<std::pair<std::size_t, std::size_t>>& pattern);

    struct Update {  ///< a[to] -= a[x] * a[y]
        std::int32_t to, x, y;
    };
    struct Pivot {
        std::int32_t row;           ///< of the matrix; its diagonal holds 1/pivot after factor()
        std::int32_t diagonal;      ///< its entry
        std::int32_t lower, upper;  ///< ends of its parts of lower_ and upper_
        std::int32_t updates;       ///< end of its part of updates_
    };
    struct Entry {
        std::int32_t index;  ///< in the array of entries
        std::int32_t line;   ///< lower: row it belongs to; upper: column
    };

    std::size_t rows() const { return n_; }
    std::size_t size() const { return size_; }  ///< entries with fill
    std::size_t at(std::size_t row, std::size_t column) const;
    /// Replaces the matrix by its factors. Entries outside the pattern (fill) must be 0 before.
    void factor(Lanes* a) const;
    void solve(const Lanes* factors, Lanes* b) const;

    /// The two programs, for who writes them out as code (emit.hpp).
    const std::vector<Pivot>& pivots() const { return pivots_; }
    const std::vector<Entry>& lower() const { return lower_; }
    const std::vector<Entry>& upper() const { return upper_; }
    const std::vector<Update>& updates() const { return updates_; }

  private:
    std::size_t n_ = 0, size_ = 0;
    std::vector<std::int32_t> index_;  ///< [n*n] place of an entry, -1 where structurally zero
    std::vector<Pivot> pivots_;
    std::vector<Entry> lower_, upper_;
    std::vector<Update> updates_;
};

}  // namespace ngv::model
