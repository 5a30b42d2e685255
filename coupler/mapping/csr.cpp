#include "coupler/mapping/csr.hpp"

#include <algorithm>
#include <limits>

namespace ngv::mapping {

void CsrBuilder::begin_row(std::int64_t position) {
    rows_.push_back(position);
    offsets_.push_back(static_cast<std::int64_t>(columns_.size()));
}

void CsrBuilder::add(std::int64_t column, double value) {
    columns_.push_back(column);
    values_.push_back(value);
}

Csr CsrBuilder::build() {
    offsets_.push_back(static_cast<std::int64_t>(columns_.size()));
    Csr csr;
    csr.num_rows_ = static_cast<std::int64_t>(rows_.size());
    csr.values_ = std::move(values_);
    if (!rows_.empty()) csr.first_row_ = rows_.front();
    if (rows_.size() > 1) csr.row_stride_ = rows_[1] - rows_[0];
    bool regular = true;
    for (std::size_t r = 0; r < rows_.size() && regular; ++r)
        regular = rows_[r] == csr.first_row_ + static_cast<std::int64_t>(r) * csr.row_stride_;
    if (regular) rows_.clear();

    std::int64_t highest = static_cast<std::int64_t>(columns_.size());
    for (const auto* list : {&columns_, &rows_})
        if (!list->empty()) highest = std::max(highest, *std::max_element(list->begin(), list->end()));
    csr.narrow_ = highest <= std::numeric_limits<std::int32_t>::max();
    if (csr.narrow_) {
        auto& p = csr.narrow_positions_;
        p.columns.assign(columns_.begin(), columns_.end());
        p.rows.assign(rows_.begin(), rows_.end());
        p.offsets.assign(offsets_.begin(), offsets_.end());
    } else {
        csr.wide_positions_ = {std::move(columns_), std::move(rows_), std::move(offsets_)};
    }
    return csr;
}

template <int fields, class Index>
void Csr::apply_as(const Positions<Index>& p, const double* x, double* y) const {
    const Index* const offsets = p.offsets.data();
    const Index* const columns = p.columns.data();
    const Index* const rows = p.rows.empty() ? nullptr : p.rows.data();
    const double* const values = values_.data();
    double* regular = y + first_row_;
    for (std::int64_t r = 0; r < num_rows_; ++r) {
        double sum[fields] = {};
        for (Index k = offsets[r]; k < offsets[r + 1]; ++k)
            for (int f = 0; f < fields; ++f) sum[f] += values[k] * x[columns[k] + f];
        double* const out = rows ? y + rows[r] : regular;
        for (int f = 0; f < fields; ++f) out[f] = sum[f];
        regular += row_stride_;
    }
}

template <class Index>
void Csr::apply_any(const Positions<Index>& p, const double* x, double* y, int fields) const {
    for (std::int64_t r = 0; r < num_rows_; ++r) {
        double* const out = y + (p.rows.empty() ? first_row_ + r * row_stride_ : p.rows[r]);
        std::fill(out, out + fields, 0.0);
        for (Index k = p.offsets[r]; k < p.offsets[r + 1]; ++k)
            for (int f = 0; f < fields; ++f) out[f] += values_[k] * x[p.columns[k] + f];
    }
}

template <class Index>
void Csr::apply_to(const Positions<Index>& p, const double* x, double* y, int fields) const {
    switch (fields) {
        case 1:
            return apply_as<1>(p, x, y);
        case 2:
            return apply_as<2>(p, x, y);
        case 3:
            return apply_as<3>(p, x, y);
        case 4:
            return apply_as<4>(p, x, y);
        case 6:
            return apply_as<6>(p, x, y);
        case 8:
            return apply_as<8>(p, x, y);
        default:
            return apply_any(p, x, y, fields);
    }
}

void Csr::apply(const double* x, double* y, int fields) const {
    if (narrow_)
        apply_to(narrow_positions_, x, y, fields);
    else
        apply_to(wide_positions_, x, y, fields);
}

}  // namespace ngv::mapping
