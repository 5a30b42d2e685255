#include "coupler/config/units.hpp"

#include <gtest/gtest.h>

#include "ngv/error.hpp"

namespace {

TEST(Units, MolarAndItsPrefixesAreConcentrations) {
    EXPECT_EQ(ngv::unit_factor("mM", "mol/m3"), 1.0);
    EXPECT_EQ(ngv::unit_factor("M", "mM"), 1000.0);
    EXPECT_EQ(ngv::unit_factor("uM", "mM"), 1e-3);
}

TEST(Units, PowersOfTenAreExact) {
    EXPECT_EQ(ngv::unit_factor("um2/ms", "m2/s"), 1e-9);
    EXPECT_EQ(ngv::unit_factor("um3", "m3"), 1e-18);
    EXPECT_EQ(ngv::parse_quantity("0.025 ms", "s"), 0.025e-3);
    EXPECT_EQ(ngv::parse_quantity("3 mM", "mM"), 3.0);
}

TEST(Units, DifferentDimensionsAreRefusedWithBothNames) {
    try {
        ngv::unit_factor("ms", "mM");
        FAIL();
    } catch (const ngv::UserError& error) {
        EXPECT_NE(std::string(error.what()).find("'ms'"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("'mM'"), std::string::npos);
    }
    EXPECT_FALSE(ngv::same_dimension("mol", "mM"));
    EXPECT_TRUE(ngv::same_dimension("mmHg", "Pa"));
    EXPECT_FALSE(ngv::same_dimension("parsnip", "Pa"));
}

TEST(Units, ANumberWithoutUnitIsRefusedWhereOneIsNeeded) {
    EXPECT_THROW(ngv::parse_quantity("3", "mM"), ngv::UserError);
    EXPECT_EQ(ngv::parse_quantity("0.2", "1"), 0.2);
    EXPECT_THROW(ngv::parse_quantity("three mM", "mM"), ngv::UserError);
    EXPECT_THROW(ngv::parse_quantity("", "mM"), ngv::UserError);
    EXPECT_THROW(ngv::parse_quantity("nan mM", "mM"), ngv::UserError);
}

TEST(Ticks, AreExactNanoseconds) {
    EXPECT_EQ(ngv::parse_ticks("0.025 ms"), 25'000);
    EXPECT_EQ(ngv::parse_ticks("1 s"), 1'000'000'000);
    EXPECT_EQ(ngv::parse_ticks("2.5e-2 ms"), 25'000);
    EXPECT_EQ(ngv::parse_ticks("1 h"), 3'600'000'000'000);
    EXPECT_EQ(ngv::parse_ticks("100 ns"), 100);
    EXPECT_EQ(ngv::parse_ticks("0 ms"), 0);
}

TEST(Ticks, RefuseWhatIsNotAWholeNanosecond) {
    EXPECT_THROW(ngv::parse_ticks("0.5 ns"), ngv::UserError);
    EXPECT_THROW(ngv::parse_ticks("1"), ngv::UserError);
    EXPECT_THROW(ngv::parse_ticks("3 mM"), ngv::UserError);
    EXPECT_THROW(ngv::parse_ticks("1e30 s"), ngv::UserError);
}

}  // namespace
