#include "solvers/common/model/sparse_lu.hpp"

#include <limits>

#include "ngv/error.hpp"
#include "solvers/common/model/interpret.hpp"

namespace ngv::model {

SparseLu::SparseLu(std::size_t n, const std::vector<std::pair<std::size_t, std::size_t>>& pattern)
    : n_(n), index_(n * n, -1) {
    const auto entry = [&](std::size_t i, std::size_t j) -> std::int32_t& { return index_[i * n_ + j]; };
    const auto touch = [&](std::size_t i, std::size_t j) {
        if (entry(i, j) < 0) entry(i, j) = static_cast<std::int32_t>(size_++);
    };
    for (const auto& [i, j] : pattern) touch(i, j);
    for (std::size_t i = 0; i < n; ++i) touch(i, i);

    std::vector<bool> done(n);
    for (std::size_t step = 0; step < n; ++step) {
        std::size_t best = n;
        auto fewest = std::numeric_limits<std::size_t>::max();
        for (std::size_t k = 0; k < n; ++k) {
            if (done[k]) continue;
            std::size_t in_row = 0, in_column = 0;
            for (std::size_t j = 0; j < n; ++j) {
                if (done[j] || j == k) continue;
                in_row += entry(k, j) >= 0;
                in_column += entry(j, k) >= 0;
            }
            if (in_row * in_column < fewest) {
                fewest = in_row * in_column;
                best = k;
            }
        }
        const std::size_t k = best;
        done[k] = true;
        for (std::size_t i = 0; i < n; ++i) {
            if (done[i] || entry(i, k) < 0) continue;
            lower_.push_back({entry(i, k), static_cast<std::int32_t>(i)});
            for (std::size_t j = 0; j < n; ++j) {
                if (done[j] || entry(k, j) < 0) continue;
                touch(i, j);
                updates_.push_back({entry(i, j), entry(i, k), entry(k, j)});
            }
        }
        for (std::size_t j = 0; j < n; ++j)
            if (!done[j] && entry(k, j) >= 0) upper_.push_back({entry(k, j), static_cast<std::int32_t>(j)});
        pivots_.push_back({static_cast<std::int32_t>(k), entry(k, k), static_cast<std::int32_t>(lower_.size()),
                           static_cast<std::int32_t>(upper_.size()), static_cast<std::int32_t>(updates_.size())});
    }
}

std::size_t SparseLu::at(std::size_t row, std::size_t column) const {
    const auto index = index_[row * n_ + column];
    NGV_ASSERT(index >= 0);
    return static_cast<std::size_t>(index);
}

void SparseLu::factor(Lanes* a) const {
    interpreter().factor(*this, &a[0][0]);
}

void SparseLu::solve(const Lanes* factors, Lanes* b) const {
    interpreter().solve(*this, &factors[0][0], &b[0][0]);
}

}  // namespace ngv::model
