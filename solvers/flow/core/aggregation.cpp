#include "solvers/flow/core/aggregation.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::flow {

namespace {

constexpr double damping = 2.0 / 3.0;  // 4/3 over the largest eigenvalue of D^-1 A, which is 2 for a network

// The aggregate of each unknown: a root with all that is tied to it; then the rest joins the neighbour it is tied to most.
std::vector<std::int32_t> aggregate(const SparseRows<double>& a, double strong, std::int32_t& count) {
    const auto n = static_cast<std::int32_t>(a.size());
    std::vector<std::int32_t> of(n, -1);
    const auto tied = [&](std::int32_t k) { return std::abs(a.value[k]) > strong; };
    count = 0;
    for (std::int32_t i = 0; i < n; ++i) {
        if (of[i] >= 0) continue;
        bool free = true;
        for (auto k = a.offset[i]; k < a.offset[i + 1] && free; ++k) free = of[a.column[k]] < 0 || !tied(k);
        if (!free) continue;
        of[i] = count;
        for (auto k = a.offset[i]; k < a.offset[i + 1]; ++k)
            if (tied(k)) of[a.column[k]] = count;
        ++count;
    }
    const auto roots = of;
    for (std::int32_t i = 0; i < n; ++i) {
        if (of[i] >= 0) continue;
        double most = 0.0;
        for (auto k = a.offset[i]; k < a.offset[i + 1]; ++k)
            if (const auto j = a.column[k]; roots[j] >= 0 && tied(k) && std::abs(a.value[k]) > most)
                most = std::abs(a.value[k]), of[i] = roots[j];
        if (of[i] < 0) of[i] = count++;
    }
    return of;
}

SparseRows<double> smoothed(const SparseRows<double>& a, const std::vector<std::int32_t>& of,
                            std::span<const double> smooth, std::int32_t count) {
    const auto n = static_cast<std::int32_t>(a.size());
    SparseRows<double> p;
    p.offset.push_back(0);
    std::vector<std::int32_t> place(count, -1);
    for (std::int32_t i = 0; i < n; ++i) {
        const auto begin = static_cast<std::int32_t>(p.column.size());
        const auto add = [&](std::int32_t c, double v) {
            if (place[c] < begin) {
                place[c] = static_cast<std::int32_t>(p.column.size());
                p.column.push_back(c);
                p.value.push_back(0.0);
            }
            p.value[place[c]] += v;
        };
        add(of[i], (1.0 - damping) * smooth[i]);
        for (auto k = a.offset[i]; k < a.offset[i + 1]; ++k)
            add(of[a.column[k]], -damping * a.value[k] * smooth[a.column[k]]);
        p.offset.push_back(static_cast<std::int32_t>(p.column.size()));
    }
    return p;
}

// P^T A P, row after row; no product of the whole is kept in between.
SparseRows<double> triple_product(const SparseRows<double>& a, const SparseRows<double>& p, std::int32_t count) {
    const auto t = transposed(p, count);
    SparseRows<double> c;
    c.offset.push_back(0);
    c.diagonal.resize(count);
    std::vector<double> fine(a.size(), 0.0), coarse(count, 0.0);  // a row of P^T A, a row of P^T A P
    std::vector<std::int32_t> touched, columns;
    std::vector<std::int32_t> seen(a.size(), -1), seen_coarse(count, -1);
    for (std::int32_t r = 0; r < count; ++r) {
        touched.clear(), columns.clear();
        const auto add = [&](std::int32_t j, double v) {
            if (seen[j] != r) seen[j] = r, touched.push_back(j), fine[j] = 0.0;
            fine[j] += v;
        };
        for (auto k = t.offset[r]; k < t.offset[r + 1]; ++k) {
            const auto i = t.column[k];
            add(i, t.value[k] * a.diagonal[i]);
            for (auto m = a.offset[i]; m < a.offset[i + 1]; ++m) add(a.column[m], t.value[k] * a.value[m]);
        }
        for (const auto j : touched)
            for (auto k = p.offset[j]; k < p.offset[j + 1]; ++k) {
                const auto col = p.column[k];
                if (seen_coarse[col] != r) seen_coarse[col] = r, columns.push_back(col), coarse[col] = 0.0;
                coarse[col] += fine[j] * p.value[k];
            }
        std::sort(columns.begin(), columns.end());
        for (const auto col : columns) {
            if (col == r) {
                c.diagonal[r] = coarse[col];
                continue;
            }
            c.column.push_back(col);
            c.value.push_back(coarse[col]);
        }
        c.offset.push_back(static_cast<std::int32_t>(c.column.size()));
    }
    return c;
}

}  // namespace

SparseRows<double> transposed(const SparseRows<double>& p, std::size_t columns) {
    SparseRows<double> t;
    t.offset.assign(columns + 1, 0);
    for (const auto c : p.column) ++t.offset[c + 1];
    for (std::size_t c = 0; c < columns; ++c) t.offset[c + 1] += t.offset[c];
    t.column.resize(p.column.size());
    t.value.resize(p.column.size());
    auto next = t.offset;
    for (std::int32_t i = 0; i + 1 < static_cast<std::int32_t>(p.offset.size()); ++i)
        for (auto k = p.offset[i]; k < p.offset[i + 1]; ++k) {
            const auto at = next[p.column[k]]++;
            t.column[at] = i;
            t.value[at] = p.value[k];
        }
    return t;
}

Coarsening coarsen(const SparseRows<double>& fine, std::span<const double> smooth, double strong) {
    std::int32_t count = 0;
    const auto of = aggregate(fine, strong, count);
    Coarsening result{smoothed(fine, of, smooth, count), {}};
    result.matrix = triple_product(fine, result.prolongation, count);
    return result;
}

}  // namespace ngv::flow
