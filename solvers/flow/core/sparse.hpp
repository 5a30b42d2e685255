// A symmetric sparse matrix by rows, diagonal apart. Small: 32-bit places.
#pragma once

#include <cstdint>
#include <vector>

namespace ngv::flow {

template <class T>
struct SparseRows {
    std::vector<std::int32_t> offset;  ///< [n + 1]
    std::vector<std::int32_t> column;  ///< without the diagonal, ascending within a row
    std::vector<T> value;
    std::vector<T> diagonal;  ///< [n]

    std::size_t size() const { return diagonal.size(); }
};

}  // namespace ngv::flow
