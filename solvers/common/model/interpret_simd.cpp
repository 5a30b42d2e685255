// Compiled once for each instruction set (CMakeLists.txt).
#include "solvers/common/model/interpret.hpp"
#include "solvers/common/native/dispatch.hpp"
#include "solvers/common/native/vector_math.hpp"

namespace ngv::model {

using namespace ngv::simd;

namespace {

void run(std::span<const Tape::Instruction> program, double* registers) {
    for (const auto& i : program) {
        double* const to = registers + 8 * static_cast<std::ptrdiff_t>(i.to);
        const V8 a = load(registers + 8 * static_cast<std::ptrdiff_t>(i.a));
        const V8 b = load(registers + 8 * static_cast<std::ptrdiff_t>(i.b));
        switch (i.op) {
            case Op::add:
                store(to, a + b);
                break;
            case Op::sub:
                store(to, a - b);
                break;
            case Op::mul:
                store(to, a * b);
                break;
            case Op::div:
                store(to, a / b);
                break;
            case Op::neg:
                store(to, -a);
                break;
            case Op::sqrt:
                store(to, sqrt(a));
                break;
            case Op::abs:
                store(to, abs(a));
                break;
            case Op::floor:
                store(to, floor(a));
                break;
            case Op::min:
                store(to, min(a, b));
                break;
            case Op::max:
                store(to, max(a, b));
                break;
            case Op::less:
                store(to, number(a < b));
                break;
            case Op::less_equal:
                store(to, number(a <= b));
                break;
            case Op::equal:
                store(to, number(a == b));
                break;
            case Op::logical_not:
                store(to, number(!truth(a)));
                break;
            case Op::logical_and:
                store(to, number(truth(a) & truth(b)));
                break;
            case Op::logical_or:
                store(to, number(truth(a) | truth(b)));
                break;
            case Op::select:
                store(to, select(truth(a), b, load(registers + 8 * static_cast<std::ptrdiff_t>(i.c))));
                break;
            case Op::exp:
                store(to, exp(a));
                break;
            case Op::expm1:
                store(to, expm1(a));
                break;
            case Op::log:
                store(to, log(a));
                break;
            case Op::log10:
                store(to, log10(a));
                break;
            case Op::sin:
                store(to, sin(a));
                break;
            case Op::cos:
                store(to, cos(a));
                break;
            case Op::tan:
                store(to, tan(a));
                break;
            case Op::atan:
                store(to, atan(a));
                break;
            case Op::tanh:
                store(to, tanh(a));
                break;
            case Op::sinh:
                store(to, sinh(a));
                break;
            case Op::cosh:
                store(to, cosh(a));
                break;
            case Op::factorial:
                store(to, factorial(a));
                break;
            case Op::pow:
                store(to, pow(a, b));
                break;
            case Op::constant:
            case Op::symbol:
                break;
        }
    }
}

V8 entry(const double* a, std::int32_t k) {
    return load(a + 8 * static_cast<std::ptrdiff_t>(k));
}
void put(double* a, std::int32_t k, V8 x) {
    store(a + 8 * static_cast<std::ptrdiff_t>(k), x);
}

void factor(const SparseLu& lu, double* a) {
    std::size_t lower = 0, update = 0;
    for (const auto& pivot : lu.pivots()) {
        const V8 inverse = broadcast(1) / entry(a, pivot.diagonal);
        put(a, pivot.diagonal, inverse);
        for (; lower < static_cast<std::size_t>(pivot.lower); ++lower)
            put(a, lu.lower()[lower].index, entry(a, lu.lower()[lower].index) * inverse);
        for (; update < static_cast<std::size_t>(pivot.updates); ++update) {
            const auto& u = lu.updates()[update];
            put(a, u.to, fnma(entry(a, u.x), entry(a, u.y), entry(a, u.to)));
        }
    }
}

void solve(const SparseLu& lu, const double* factors, double* b) {
    const auto& pivots = lu.pivots();
    std::size_t lower = 0;
    for (const auto& pivot : pivots) {
        const V8 x = entry(b, pivot.row);
        for (; lower < static_cast<std::size_t>(pivot.lower); ++lower) {
            const auto& e = lu.lower()[lower];
            put(b, e.line, fnma(entry(factors, e.index), x, entry(b, e.line)));
        }
    }
    for (std::size_t p = pivots.size(); p-- > 0;) {
        const auto& pivot = pivots[p];
        V8 x = entry(b, pivot.row);
        for (auto u = p == 0 ? 0 : pivots[p - 1].upper; u < pivot.upper; ++u) {
            const auto& e = lu.upper()[static_cast<std::size_t>(u)];
            x = fnma(entry(factors, e.index), entry(b, e.line), x);
        }
        put(b, pivot.row, x * entry(factors, pivot.diagonal));
    }
}

#define NGV_TEXT_OF(x) #x
#define NGV_TEXT(x) NGV_TEXT_OF(x)

}  // namespace

NGV_SIMD_TABLE(Interpreter, interpreter_table){NGV_TEXT(NGV_SIMD_SET), run, factor, solve};

}  // namespace ngv::model
