// A sparse matrix in slices of rows, for products in full vector registers: the k-th entries of the rows of a slice lie
// side by side, and short rows are filled up with zeros. (SELL-C, Kreutzer et al., SIAM J. Sci. Comput. 36 (2014) C401.)
//
//     rows 0..15:   v00 v10 v20 ... v15,0 | v01 v11 ... | ...
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/flow/core/sparse.hpp"

namespace ngv::flow {

template <class T>
class Sliced {
  public:
    Sliced() = default;
    explicit Sliced(const SparseRows<double>& rows);  ///< the diagonal is left out

    /// Rounded up to whole slices: vectors that rows are written to need this length.
    std::size_t padded_rows() const { return (offset_.size() - 1) * slice; }
    /// y = A x + scale * y, without the diagonal; x has as many values as there are columns.
    void multiply(const T* x, T* y, T scale) const;
    /// Other values in the same places.
    void refill(const SparseRows<double>& rows);

    static constexpr std::size_t slice = 16;

  private:
    std::vector<std::int64_t> offset_;  // of each slice
    std::vector<std::int32_t> column_;
    std::vector<T> value_;
};

}  // namespace ngv::flow
