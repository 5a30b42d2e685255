#include <algorithm>

#include "solvers/neuron/nmodl/kernel.hpp"

namespace ngv::nmodl {

std::vector<Node> eliminate(Graph& g, std::vector<std::vector<Node>> a, std::vector<Node> b, const Model& model,
                            Position at) {
    const std::size_t n = b.size();
    const auto zero = g.number(0), one = g.number(1);
    const auto empty = [&](Node x) { return g.is(x, 0); };
    std::vector<std::size_t> rows(n), pivot_row, pivot_column;
    std::vector<char> row_done(n, 0), column_done(n, 0);
    std::vector<Node> reciprocal;
    std::vector<std::size_t> wait(n, 0);  // pivots that a row has to wait for, one after the other
    for (std::size_t step = 0; step < n; ++step) {
        std::vector<std::size_t> in_row(n, 0), in_column(n, 0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (!row_done[i] && !column_done[j] && !empty(a[i][j])) ++in_row[i], ++in_column[j];
        std::pair<std::size_t, std::size_t> best{SIZE_MAX, 0};
        std::size_t r = n, c = n;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                if (row_done[i] || column_done[j] || empty(a[i][j])) continue;
                const std::pair cost{(in_row[i] - 1) * (in_column[j] - 1) + (i == j ? 0 : n * n), wait[i]};
                if (cost < best) best = cost, r = i, c = j;
            }
        if (r == n)
            model.fail(at, "these equations determine no unique solution", "each state needs an equation of its own");
        row_done[r] = column_done[c] = 1;
        pivot_row.push_back(r);
        pivot_column.push_back(c);
        const auto inverse = g.div(one, a[r][c]);
        reciprocal.push_back(inverse);
        for (std::size_t i = 0; i < n; ++i) {
            if (row_done[i] || empty(a[i][c])) continue;
            wait[i] = std::max(wait[i], wait[r] + 1);
            const auto factor = g.mul(a[i][c], inverse);
            for (std::size_t j = 0; j < n; ++j)
                if (!column_done[j] && !empty(a[r][j])) a[i][j] = g.sub(a[i][j], g.mul(factor, a[r][j]));
            if (!empty(b[r])) b[i] = g.sub(b[i], g.mul(factor, b[r]));
            a[i][c] = zero;
        }
    }
    std::vector<Node> x(n, zero);
    for (std::size_t step = n; step-- > 0;) {
        const auto r = pivot_row[step], c = pivot_column[step];
        auto sum = b[r];
        for (std::size_t later = step + 1; later < n; ++later) {
            const auto j = pivot_column[later];
            if (!empty(a[r][j]) && !empty(x[j])) sum = g.sub(sum, g.mul(a[r][j], x[j]));
        }
        x[c] = g.mul(sum, reciprocal[step]);
    }
    return x;
}

std::vector<Node> Kernel::roots() const {
    std::vector<Node> r;
    for (const auto& [slot, n] : stores) r.push_back(n);
    if (rhs >= 0) r.push_back(rhs);
    if (d >= 0) r.push_back(d);
    for (const auto& i : ions) {
        r.push_back(i.current);
        r.push_back(i.slope);
    }
    // what an iteration needs counts if its solution does
    std::vector<char> used(iterations.size(), 0);
    for (bool more = true; more;) {
        more = false;
        for (const auto n : graph.order(r)) {
            if (graph.at(n).op != Op::load || graph.leaf(n).kind != Leaf::Kind::solution) continue;
            const auto k = static_cast<std::size_t>(graph.leaf(n).index);
            if (used[k]) continue;
            used[k] = 1;
            more = true;
            r.insert(r.end(), iterations[k].start.begin(), iterations[k].start.end());
            r.insert(r.end(), iterations[k].change.begin(), iterations[k].change.end());
        }
    }
    return r;
}

std::vector<Leaf> Kernel::loads() const {
    std::vector<Leaf> list;
    for (const auto n : graph.order(roots()))
        if (graph.at(n).op == Op::load) list.push_back(graph.leaf(n));
    return list;
}

}  // namespace ngv::nmodl
