// Compiled once for each instruction set (ngv_simd_sources).
#include "solvers/common/native/dispatch.hpp"
#include "solvers/common/native/vector_math.hpp"
#include "solvers/metabolism/integrate/step.hpp"

namespace ngv::metabolism {

using namespace ngv::simd;

namespace {

/// Coefficients that are not zero, and the stages they belong to.
struct Terms {
    double factor[Tableau::max_stages];
    const double* stage[Tableau::max_stages];
    int count = 0;
};

Terms terms(const Tableau::Row& row, int stages, const StepData& data, int first = 0) {
    Terms t;
    for (int j = first; j < stages; ++j) {
        if (row[static_cast<std::size_t>(j)] == 0) continue;
        t.factor[t.count] = row[static_cast<std::size_t>(j)];
        t.stage[t.count++] = data.stages + 8 * data.size * j;
    }
    return t;
}

NGV_SIMD V8 add(V8 sum, const Terms& t, std::int64_t i) {
    for (int j = 0; j < t.count; ++j) sum = fma(broadcast(t.factor[j]), load(t.stage[j] + 8 * i), sum);
    return sum;
}

/// True if row `s` repeats row `s - 1` and adds its own last entry: then its place is the last one plus one stage.
bool extends(const Tableau::Row& row, const Tableau::Row& before, int s) {
    for (int j = 0; j < s - 1; ++j)
        if (row[static_cast<std::size_t>(j)] != before[static_cast<std::size_t>(j)]) return false;
    return true;
}

void prepare(const StepData& data, const Tableau& table, int s) {
    const auto& a = table.a[static_cast<std::size_t>(s)];
    const Terms c = terms(table.c[static_cast<std::size_t>(s)], s, data);
    const bool goes_on = s > 1 && extends(a, table.a[static_cast<std::size_t>(s - 1)], s);
    const Terms t = terms(a, s, data, goes_on ? s - 1 : 0);
    const double* const from = goes_on ? data.at : data.y;
    for (std::int64_t i = 0; i < data.size; ++i) {
        store(data.at + 8 * i, add(load(from + 8 * i), t, i));
        store(data.sums + 8 * i, add(broadcast(0), c, i));
    }
}

void combine(const StepData& data, const double* f, const double* per_h, int s) {
    double* const u = data.stages + 8 * data.size * s;
    const V8 factor = load(per_h);
    for (std::int64_t i = 0; i < data.size; ++i)
        store(u + 8 * i, s == 0 ? load(f + 8 * i) : fma(load(data.sums + 8 * i), factor, load(f + 8 * i)));
}

void finish(const StepData& data, const Tableau& table, StepVerdict& verdict) {
    const int s = table.stages;
    const bool goes_on = extends(table.m, table.a[static_cast<std::size_t>(s - 1)], s);
    const Terms m = terms(table.m, s, data, goes_on ? s - 1 : 0), e = terms(table.e, s, data);
    const double* const from = goes_on ? data.at : data.y;
    const V8 rtol = broadcast(data.rtol), huge = broadcast(1.7976931348623157e308);
    M8 finite = mask(0xff), in_range = mask(0xff);
    V8 sum = broadcast(0);
    for (std::int64_t i = 0; i < data.size; ++i) {
        const V8 y = add(load(from + 8 * i), m, i);
        const V8 error = add(broadcast(0), e, i);
        store(data.y_new + 8 * i, y);
        store(data.error + 8 * i, error);
        finite = finite & (abs(y) <= huge);
        if (i >= data.num_states) continue;
        in_range = in_range & (broadcast(data.min[i]) <= y) & (y <= broadcast(data.max[i]));
        const V8 largest = max(abs(y), abs(load(data.y + 8 * i)));
        const V8 scaled = error / fma(rtol, largest, broadcast(data.rtol_scale[i]));
        sum = fma(scaled, scaled, sum);
    }
    const V8 error = sqrt(sum / broadcast(static_cast<double>(data.num_states)));
    finite = finite & (error <= huge);
    const V8 power = pow(max(error, broadcast(1e-12)), broadcast(-1.0 / (table.error_order + 1)));
    verdict.finite = bits(finite);
    verdict.in_range = bits(in_range);
    store(verdict.error, error);
    store(verdict.factor, min(max(broadcast(0.9) * power, broadcast(0.2)), broadcast(6)));
}

void accept(const StepData& data, double* y, unsigned accepted) {
    const M8 lanes = mask(accepted);
    for (std::int64_t i = 0; i < data.size; ++i) store(y + 8 * i, load(data.y_new + 8 * i), lanes);
}

}  // namespace

NGV_SIMD_TABLE(StepArithmetic, step_table){prepare, combine, finish, accept};

}  // namespace ngv::metabolism
