#include "solvers/flow/rheology/viscosity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "ngv/error.hpp"
#include "solvers/flow/network/csv_table.hpp"
#include "tests/unit/reference.hpp"

namespace ngv::flow {
namespace {

Blood blood(ViscosityLaw law, double hematocrit = 0.45) {
    Blood b;
    b.law = law;
    b.hematocrit = hematocrit;
    return b;
}

TEST(Viscosity, LawInVivoHasThePublishedValueAtFiveMicrons) {
    // D = 10 um, H = 0.45: mu45* = 6 e^-0.85 + 3.2 - 2.44 e^(-0.06 10^0.645), w = (10 / 8.9)^2.
    const double mu = 6 * std::exp(-0.85) + 3.2 - 2.44 * std::exp(-0.06 * std::pow(10.0, 0.645));
    const double w = std::pow(10 / 8.9, 2);

    EXPECT_NEAR(relative_viscosity(blood(ViscosityLaw::pries_in_vivo_1994), 10.0), (1 + (mu - 1) * w) * w, 1e-13);
}

TEST(Viscosity, FixedLawOfAstroVascPyHasItsMinimumNearTwoAndAHalfMicrons) {
    const auto b = blood(ViscosityLaw::astrovascpy);

    EXPECT_NEAR(relative_viscosity(b, 2 * 2.57), 1.1885, 1e-4);
    EXPECT_NEAR(relative_viscosity(b, 2 * 1.0), 7.150, 1e-3);
    EXPECT_NEAR(relative_viscosity(b, 2 * 50.0), 3.895, 1e-3);
}

TEST(Viscosity, PlasmaAloneIsOneInEveryLawWithoutRedCells) {
    for (const auto law : {ViscosityLaw::pries_in_vitro_1992, ViscosityLaw::newtonian})
        EXPECT_DOUBLE_EQ(relative_viscosity(blood(law, 0.0), 12.0), 1.0);
}

TEST(Viscosity, SmallerRedCellsMakeAVesselSeemWider) {
    auto rat = blood(ViscosityLaw::pries_in_vivo_1994);
    rat.red_cell_volume = 55.0;

    EXPECT_DOUBLE_EQ(relative_viscosity(rat, 6.0),
                     relative_viscosity(blood(ViscosityLaw::pries_in_vivo_1994), 6.0 * std::cbrt(92.0 / 55.0)));
    EXPECT_NEAR(least_diameter(rat), 1.1 / 1.187, 1e-3);
}

TEST(Viscosity, BoundHoldsForThinnerVesselsOnly) {
    auto b = blood(ViscosityLaw::pries_in_vivo_1994);
    const double at_bound = relative_viscosity(b, 3.0), above = relative_viscosity(b, 4.0);
    b.smallest_diameter = 3.0;

    EXPECT_DOUBLE_EQ(relative_viscosity(b, 0.7), at_bound);
    EXPECT_DOUBLE_EQ(relative_viscosity(b, 4.0), above);
}

TEST(Viscosity, UnknownNameIsAnErrorWithTheNearestOne) {
    try {
        viscosity_law("pries_in_vivo_1995");
        FAIL();
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("pries_in_vivo_1994"), std::string::npos);
    }
}

TEST(Viscosity, ConductanceOfANewtonianPipeIsPoiseuilles) {
    auto b = blood(ViscosityLaw::newtonian);
    b.plasma_viscosity = 2e-3;

    EXPECT_DOUBLE_EQ(conductance(b, 3.0, 50.0), M_PI * 81.0 / (8.0 * 2e-3 * 50.0));
}

TEST(Viscosity, LawsAgreeWithTheReferenceTable) {
    NGV_REFERENCE_OR_SKIP(file, "flow/viscosity_table.csv");
    const CsvTable table(file);
    int compared = 0;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const double d = table.number(row, "diameter_um");
        EXPECT_NEAR(relative_viscosity(blood(ViscosityLaw::astrovascpy), d) / table.number(row, "astrovascpy_factor"),
                    1.0, 1e-12);
        for (const char* h : {"0.2", "0.3", "0.45", "0.6"})
            for (const auto& [name, law] : {std::pair{"vitro1992_H", ViscosityLaw::pries_in_vitro_1992},
                                            {"vivo1994_H", ViscosityLaw::pries_in_vivo_1994},
                                            {"esl2005_H", ViscosityLaw::pries_surface_2005}}) {
                const auto column = std::string(name) + h;
                if (table.empty(row, column)) continue;
                EXPECT_NEAR(relative_viscosity(blood(law, std::stod(h)), d) / table.number(row, column), 1.0, 1e-12)
                    << column << " at " << d << " um";
                ++compared;
            }
    }
    EXPECT_GT(compared, 50);
}

}  // namespace
}  // namespace ngv::flow
