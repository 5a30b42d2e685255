#include "solvers/flow/core/sliced.hpp"

#include <algorithm>

namespace ngv::flow {

template <class T>
Sliced<T>::Sliced(const SparseRows<double>& rows) {
    const std::size_t n = rows.offset.size() - 1;
    offset_.push_back(0);
    for (std::size_t begin = 0; begin < n; begin += slice) {
        std::int32_t width = 0;
        for (auto i = begin; i < std::min(n, begin + slice); ++i)
            width = std::max(width, rows.offset[i + 1] - rows.offset[i]);
        offset_.push_back(offset_.back() + width * static_cast<std::int64_t>(slice));
    }
    column_.assign(offset_.back(), 0);
    value_.assign(offset_.back(), T{0});
    for (std::size_t i = 0; i < n; ++i) {
        auto at = offset_[i / slice] + static_cast<std::int64_t>(i % slice);
        for (auto k = rows.offset[i]; k < rows.offset[i + 1]; ++k, at += slice) column_[at] = rows.column[k];
    }
    refill(rows);
}

template <class T>
void Sliced<T>::refill(const SparseRows<double>& rows) {
    const std::size_t n = rows.offset.size() - 1;
    for (std::size_t i = 0; i < n; ++i) {
        auto at = offset_[i / slice] + static_cast<std::int64_t>(i % slice);
        for (auto k = rows.offset[i]; k < rows.offset[i + 1]; ++k, at += slice)
            value_[at] = static_cast<T>(rows.value[k]);
    }
}

template <class T>
void Sliced<T>::multiply(const T* x, T* y, T scale) const {
    const auto slices = offset_.size() - 1;
    for (std::size_t s = 0; s < slices; ++s) {
        T sum[slice];
        for (std::size_t i = 0; i < slice; ++i) sum[i] = scale * y[s * slice + i];
        for (auto k = offset_[s]; k < offset_[s + 1]; k += slice) {
            const T* v = &value_[k];
            const std::int32_t* c = &column_[k];
            for (std::size_t i = 0; i < slice; ++i) sum[i] += v[i] * x[c[i]];
        }
        for (std::size_t i = 0; i < slice; ++i) y[s * slice + i] = sum[i];
    }
}

template class Sliced<float>;
template class Sliced<double>;

}  // namespace ngv::flow
