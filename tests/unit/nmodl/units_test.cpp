#include "solvers/neuron/nmodl/units.hpp"

#include <gtest/gtest.h>

namespace ngv::nmodl {
namespace {

TEST(NmodlUnits, ConstantsAreThoseOfNeuron) {
    const Units now(Constants::codata_2018), before(Constants::legacy);

    // to the last bit, as its translator writes them
    EXPECT_EQ(now.convert("faraday", "coulomb"), 0x1.78e555060882cp+16);
    EXPECT_EQ(now.convert("k-mole", "joule/degC"), 0x1.0a1013e8990bep+3);
    EXPECT_EQ(now.convert("k", "joule/degC"), 0x1.0b0e6d55e647cp-76);
    EXPECT_EQ(now.convert("e", "coulombs"), 0x1.7a4da290c1653p-63);
    EXPECT_EQ(before.convert("faraday", "coulomb"), 96485.3);
    EXPECT_EQ(before.convert("k-mole", "joule/degC"), 8.3145);
}

TEST(NmodlUnits, FactorsOfTheUsersOwnUnits) {
    Units u(Constants::codata_2018);
    u.define("mM", "milli/liter");
    u.define("molar", "1/liter");
    u.define("mV", "millivolt");

    EXPECT_DOUBLE_EQ(*u.convert("mM", "molar"), 1e-3);
    EXPECT_DOUBLE_EQ(*u.convert("1-10 um2/ms", "cm2/s"), 1e-15);
    EXPECT_DOUBLE_EQ(*u.convert("faraday", "10000 coulomb"), 9.648533212331001);
    EXPECT_DOUBLE_EQ(*u.convert("mV", "volt"), 1e-3);
}

TEST(NmodlUnits, UnequalKindsAndUnknownNamesAreNoNumber) {
    const Units u(Constants::codata_2018);

    EXPECT_FALSE(u.convert("volt", "ampere"));
    EXPECT_FALSE(u.convert("parsnip", "ampere"));
}

}  // namespace
}  // namespace ngv::nmodl
