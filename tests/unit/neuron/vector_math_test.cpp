#include "solvers/neuron/vector_math.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ngv::neuron {

TEST(VectorMath, ExpAgreesWithTheLibraryToThreeUnitsInTheLastPlace) {
    for (double x = -700; x < 700; x += 0.0137) EXPECT_NEAR(vector_exp(x) / std::exp(x), 1, 7e-16) << x;
    EXPECT_EQ(vector_exp(0), 1);
}

TEST(VectorMath, LogAgreesWithTheLibrary) {
    for (double x = 1e-12; x < 1e12; x *= 1.00173)
        EXPECT_NEAR(vector_log(x), std::log(x), 4e-16 * std::max(1.0, std::abs(std::log(x)))) << x;
    EXPECT_EQ(vector_log(1), 0);
}

TEST(VectorMath, TheLinearExponentialRatePassesThroughZeroSmoothly) {
    EXPECT_EQ(linear_exponential(0), 1);
    EXPECT_NEAR(linear_exponential(1e-6), linear_exponential(0.9999e-6), 1e-9);
    EXPECT_NEAR(linear_exponential(2), 2 / std::expm1(2.0), 1e-15);
    EXPECT_NEAR(linear_exponential(-2), -2 / std::expm1(-2.0), 1e-15);
}

}  // namespace ngv::neuron
