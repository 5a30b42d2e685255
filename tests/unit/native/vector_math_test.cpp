// Accuracy against the C library's long double (64-bit mantissa), special values, and the same bits on every
// instruction set that this machine has.
#include "solvers/common/native/vector_math.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "solvers/common/native/build.hpp"

namespace {

using namespace ngv::simd;

constexpr double inf = std::numeric_limits<double>::infinity();

/// Distance in units of the last place of the exact value.
double ulps(double got, long double want) {
    if (std::isnan(got) || std::isnan(want)) return std::isnan(got) == std::isnan(want) ? 0 : inf;
    const auto rounded = static_cast<double>(want);
    if (got == rounded) return 0;
    if (std::isinf(got) || std::isinf(rounded))  // at the end of the range: one step too far is one unit
        return std::fabs(got) == std::numeric_limits<double>::max() ||
                       std::fabs(rounded) == std::numeric_limits<double>::max()
                   ? 1
                   : inf;
    int exponent = 0;
    std::frexp(rounded, &exponent);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - want)) /
           std::ldexp(1.0, std::max(exponent - 53, -1074));
}

struct Case {
    const char* name;
    V8 (*function)(V8);
    long double (*exact)(long double);
    double from, to;
    bool decades;  ///< `from` and `to` are powers of ten of either sign
    double most_ulps;
};

// Thin wrappers: the functions themselves are always inlined.
#define NGV_CASE(name, ...)                                                                            \
    Case {                                                                                             \
#name, +[](V8 x) { return name(x); }, +[](long double x) { return std::name(x); }, __VA_ARGS__ \
    }

TEST(VectorMath, ErrorsAreAFewUnitsInTheLastPlace) {
    const Case cases[] = {
        NGV_CASE(exp, -750, 711, false, 1.1),  NGV_CASE(exp, -1, 1, false, 1.1),
        NGV_CASE(exp, -300, 2, true, 1.1),     NGV_CASE(expm1, -1, 1, false, 1.6),
        NGV_CASE(expm1, -50, 711, false, 1.6), NGV_CASE(expm1, -310, 2, true, 1.6),
        NGV_CASE(log, 0.5, 2, false, 1.0),     NGV_CASE(log, -320, 308, true, 1.0),
        NGV_CASE(log10, 0.5, 2, false, 0.6),   NGV_CASE(log10, -320, 308, true, 0.6),
        NGV_CASE(sin, -1e5, 1e5, false, 1.0),  NGV_CASE(sin, -300, 8, true, 1.0),
        NGV_CASE(cos, -1e5, 1e5, false, 1.0),  NGV_CASE(cos, -300, 8, true, 1.0),
        NGV_CASE(tan, -1e5, 1e5, false, 2.5),  NGV_CASE(tan, -300, 8, true, 2.5),
        NGV_CASE(atan, -3, 3, false, 2.0),     NGV_CASE(atan, -300, 300, true, 2.0),
        NGV_CASE(tanh, -2, 2, false, 2.7),     NGV_CASE(tanh, -300, 3, true, 2.7),
        NGV_CASE(sinh, -2, 2, false, 3.0),     NGV_CASE(sinh, -711, 711, false, 3.0),
        NGV_CASE(cosh, -711, 711, false, 2.0),
    };
    std::mt19937_64 random(1);
    for (const auto& c : cases) {
        std::uniform_real_distribution<double> draw(c.from, c.to);
        double worst = 0, at = 0;
        for (int i = 0; i < 1000; ++i) {
            alignas(64) std::array<double, 8> x, y;
            for (double& value : x) {
                value = draw(random);
                if (c.decades) value = std::pow(10.0, value) * (random() & 1 ? 1 : -1);
            }
            store(y.data(), c.function(load(x.data())));
            for (std::size_t l = 0; l < 8; ++l) {
                const double error = ulps(y[l], c.exact(static_cast<long double>(x[l])));
                if (error > worst) {
                    worst = error;
                    at = x[l];
                }
            }
        }
        EXPECT_LE(worst, c.most_ulps) << c.name << " on [" << c.from << ", " << c.to << "], worst at " << at;
    }
}

TEST(VectorMath, PowerIsWithinTwoUnitsOverTheWholeRange) {
    std::mt19937_64 random(2);
    std::uniform_real_distribution<double> decade(-300, 300), part(-1, 1);
    double worst = 0;
    for (int i = 0; i < 2000; ++i) {
        alignas(64) std::array<double, 8> x, y, z;
        for (std::size_t l = 0; l < 8; ++l) {
            x[l] = std::pow(10.0, decade(random) / (i % 3 ? 1 : 100));
            y[l] = part(random) * 700 / std::log(x[l]);
            if (i % 5 == 0) {
                x[l] = -x[l];
                y[l] = std::floor(y[l]);
            }
        }
        store(z.data(), pow(load(x.data()), load(y.data())));
        for (std::size_t l = 0; l < 8; ++l)
            worst = std::max(worst, ulps(z[l], std::pow(static_cast<long double>(x[l]), y[l])));
    }
    EXPECT_LE(worst, 2.0);
}

TEST(VectorMath, SpecialValuesAreThoseOfC) {
    alignas(64) const std::array<double, 8> special{0.0, -0.0, inf, -inf, std::nan(""), 1, -1, 5e-324};
    const auto same = [](double x, double y) {
        return (std::isnan(x) && std::isnan(y)) ||
               (std::signbit(x) == std::signbit(y) && (x == y || std::fabs(x - y) < 1e-15 * std::fabs(y)));
    };
    const auto check = [&](const char* name, V8 (*ours)(V8), double (*theirs)(double)) {
        alignas(64) std::array<double, 8> y;
        store(y.data(), ours(load(special.data())));
        for (std::size_t l = 0; l < 8; ++l)
            EXPECT_TRUE(same(y[l], theirs(special[l]))) << name << "(" << special[l] << ") = " << y[l];
    };
#define NGV_CHECK(name) \
    check(              \
        #name, +[](V8 x) { return name(x); }, +[](double x) { return std::name(x); })
    NGV_CHECK(exp);
    NGV_CHECK(expm1);
    NGV_CHECK(log);
    NGV_CHECK(log10);
    NGV_CHECK(sin);
    NGV_CHECK(cos);
    NGV_CHECK(tan);
    NGV_CHECK(atan);
    NGV_CHECK(tanh);
    NGV_CHECK(sinh);
    NGV_CHECK(cosh);
    for (const double exponent : special) {
        alignas(64) std::array<double, 8> y;
        store(y.data(), pow(load(special.data()), broadcast(exponent)));
        for (std::size_t l = 0; l < 8; ++l)
            EXPECT_TRUE(same(y[l], std::pow(special[l], exponent)))
                << "pow(" << special[l] << ", " << exponent << ") = " << y[l];
    }
}

TEST(VectorMath, FactorialIsExactWhereADoubleIs) {
    alignas(64) const std::array<double, 8> n{0, 1, 5, 18, 170, 171, -1, 3.0000001};
    alignas(64) std::array<double, 8> y;
    store(y.data(), factorial(load(n.data())));
    EXPECT_EQ(y[0], 1);
    EXPECT_EQ(y[2], 120);
    EXPECT_EQ(y[3], 6402373705728000);
    EXPECT_NEAR(y[4] / 7.257415615307994e306, 1, 1e-13);
    EXPECT_EQ(y[5], inf);
    EXPECT_TRUE(std::isnan(y[6]));
    EXPECT_EQ(y[7], 6);
}

// One source, compiled for each instruction set (and with the C library's functions); all print their results' bits.
TEST(VectorMath, TheSameBitsOnEveryInstructionSet) {
    const std::string text = R"(
#include "solvers/common/native/vector_math.hpp"
using namespace ngv::simd;
static void some(const double* x, double* y) {
    const V8 a = load(x);
    const V8 f[] = {exp(a), expm1(a), log(abs(a)), log10(abs(a)), sin(a), cos(a), tan(a), atan(a), tanh(a), sinh(a), cosh(a),
                    pow(abs(a), broadcast(2.73)), pow(broadcast(0.9), a), sqrt(abs(a)) / a, fma(a, a, floor(a))};
    for (int i = 0; i < 15; ++i) store(y + 8 * i, f[i]);
}
extern "C" void all(const double* x, double* y) {
    for (int k = 0; k < passes; ++k) some(x + k * computed, y + k * computed);
})";
    const auto results = [&](const std::string& flags) {
        const auto library = ngv::native::build(
            {.name = "same_bits", .sources = {{"all.cpp", text}}, .flags = "-O1 " + flags, .for_this_machine = false});
        const auto all = library.function<void(const double*, double*)>("all");
        std::vector<std::uint64_t> bits;
        std::mt19937_64 random(3);
        std::uniform_real_distribution<double> draw(-40, 40);
        for (int i = 0; i < 200; ++i) {
            alignas(64) std::array<double, 8> x;
            alignas(64) std::array<double, 120> y;
            for (double& value : x) value = draw(random) * (i % 7 == 0 ? 1e4 : 1);
            all(x.data(), y.data());
            for (const double value : y) bits.push_back(std::isnan(value) ? 0 : std::bit_cast<std::uint64_t>(value));
        }
        return bits;
    };

    const auto portable = results("-march=x86-64");
    EXPECT_NE(portable, results("-march=x86-64 -DNGV_VECTOR_LIBM"));
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        EXPECT_EQ(results("-march=x86-64-v3"), portable);
        EXPECT_EQ(results("-march=x86-64-v3 -DNGV_SIMD_HALF"), portable);
    }
    if (__builtin_cpu_supports("avx512dq")) {
        EXPECT_EQ(results("-march=x86-64-v4"), portable);
    }
}

}  // namespace
