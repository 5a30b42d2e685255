#include "solvers/common/native/simd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace ngv::simd;

struct alignas(64) Eight : std::array<double, 8> {};

Eight values_of(V8 x) {
    Eight result;
    store(result.data(), x);
    return result;
}

const Eight a{{1, -2, 0, 3.5, -0.0, 7, 1e300, -1e-300}};
const Eight b{{2, -2, 1, -3.5, 0.0, 2, 1e10, 5}};
const double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Simd, ArithmeticIsThatOfEachLane) {
    const V8 x = load(a.data()), y = load(b.data());

    const auto sum = values_of(x + y), quotient = values_of(x / y), fused = values_of(fma(x, y, x)),
               minus = values_of(fnma(x, y, x));

    for (std::size_t l = 0; l < 8; ++l) {
        EXPECT_EQ(sum[l], a[l] + b[l]);
        EXPECT_EQ(std::isnan(quotient[l]), l == 4);  // 0/0
        if (l != 4) {
            EXPECT_EQ(quotient[l], a[l] / b[l]);
        }
        EXPECT_EQ(fused[l], std::fma(a[l], b[l], a[l]));
        EXPECT_EQ(minus[l], std::fma(-a[l], b[l], a[l]));
    }
}

TEST(Simd, MasksPickLanesAndGoToBitsAndBack) {
    const V8 x = load(a.data()), y = load(b.data());
    const M8 less = x < y;

    EXPECT_EQ(bits(less), 0b10000101U);
    EXPECT_EQ(bits(x <= y), 0b10010111U);
    EXPECT_EQ(bits(x == y), 0b00010010U);
    EXPECT_EQ(bits(!less), 0b01111010U);
    EXPECT_EQ(bits(mask(0x5a)), 0x5aU);
    EXPECT_EQ(bits(truth(x)), 0b11101011U);
    const auto picked = values_of(select(less, x, y));
    for (std::size_t l = 0; l < 8; ++l) EXPECT_EQ(picked[l], a[l] < b[l] ? a[l] : b[l]);
}

TEST(Simd, MinAndMaxKeepANaNThatStandsFirst) {
    EXPECT_TRUE(std::isnan(values_of(min(broadcast(nan), broadcast(1)))[0]));
    EXPECT_EQ(values_of(min(broadcast(1), broadcast(nan)))[0], 1);
    EXPECT_TRUE(std::isnan(values_of(max(broadcast(nan), broadcast(1)))[3]));
    EXPECT_EQ(values_of(max(broadcast(1), broadcast(nan)))[3], 1);
}

TEST(Simd, GatherScatterAndMaskedStoreMoveWhatTheySay) {
    const std::array<double, 10> table{0, 10, 20, 30, 40, 50, 60, 70, 80, 90};
    const std::array<std::int32_t, 8> index{9, 0, 3, 3, 1, 2, 8, 4};

    const auto gathered = values_of(gather(table.data(), index.data()));
    for (std::size_t l = 0; l < 8; ++l) EXPECT_EQ(gathered[l], 10 * index[l]);

    std::array<double, 10> to{};
    scatter(to.data(), index.data(), load(b.data()));
    EXPECT_EQ(to[9], b[0]);
    EXPECT_EQ(to[3], b[3]);  // the later lane wins
    EXPECT_EQ(to[5], 0);

    Eight kept = a;
    store(kept.data(), load(b.data()), mask(0b110));
    EXPECT_EQ(kept[0], a[0]);
    EXPECT_EQ(kept[1], b[1]);
    EXPECT_EQ(kept[2], b[2]);
    EXPECT_EQ(kept[3], a[3]);
}

TEST(Simd, ScaleRoundsOnceIntoSubnormals) {
    const double p = 1.3333333333333333;
    const Eight n{{0, 1, -1022, -1060, -1074, -1080, 1023, 1024}};

    const auto result = values_of(scale(broadcast(p), load(n.data())));

    for (std::size_t l = 0; l < 8; ++l) EXPECT_EQ(result[l], std::ldexp(p, static_cast<int>(n[l]))) << n[l];
}

TEST(Simd, RoundingFollowsIeee) {
    const Eight x{{-1.5, -0.5, 0.5, 1.5, 2.5, 1e17, -2.5, 0.49999999999999994}};

    const auto down = values_of(floor(load(x.data()))), near = values_of(nearest(load(x.data())));

    for (std::size_t l = 0; l < 8; ++l) {
        EXPECT_EQ(down[l], std::floor(x[l]));
        EXPECT_EQ(near[l], std::nearbyint(x[l]));
    }
}

}  // namespace
