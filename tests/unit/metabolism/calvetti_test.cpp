// The 37-variable model against the reference's equations as it writes them, read by our parser.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/metabolism/reference.hpp"
#include "tests/unit/metabolism/written_rates.hpp"

namespace ngv::metabolism {
namespace {

const ModelFile& calvetti() {
    static const ModelFile model = ModelFile::shipped_or_file("calvetti2018");
    return model;
}

TEST(Calvetti2018, HasTheRatesOfTheReferenceEquations) {
    NGV_REFERENCE_OR_SKIP(file, "metabolism/calvetti2018.yaml");
    const auto yaml = YAML::LoadFile(file.string());
    const OdeSystem system(calvetti(), {});
    EXPECT_EQ(system.num_states(), yaml["odes"].size());
    const auto theirs = written_rates(yaml, system);
    auto x = system.rates().registers(), y = theirs.registers();
    for (std::size_t k = 0; k < system.size() + system.inputs().size(); ++k) {
        const auto& q = k < system.size() ? system.integrated()[k] : system.inputs()[k - system.size()];
        for (std::size_t l = 0; l < model::lane_width; ++l) {
            const double value = q.name.ends_with("_density") ? 3.0 : q.start;
            const bool varies = q.name != "K_linked" && q.name != "ATP_linked" && q.name != "ATP_use";
            x[k][l] = y[k][l] = value * (varies ? 1 + 0.1 * std::sin(static_cast<double>(7 * k + 3 * l)) : 1);
        }
    }

    system.rates().run(x.data());
    theirs.run(y.data());

    for (std::size_t i = 0; i < system.num_states(); ++i)
        for (std::size_t l = 0; l < model::lane_width; ++l) {
            const double expected = y[theirs.output(i)][l];
            EXPECT_NEAR(x[system.rates().output(i)][l], expected, 1e-11 * std::max(1e3, std::fabs(expected)))
                << system.integrated()[i].name;  // creatine kinase turns over 1e3 mM/s each way
        }
}

TEST(Calvetti2018, AtpFallsWithTheMembranesUse) {
    const OdeSystem system(calvetti(), {.variant = "coupled"});
    Cells cells(system, {0, 1}, {});
    for (std::size_t i = 0; i < 2; ++i) cells.input(system.input("ATP_linked"), i) = 1;
    cells.input(system.input("ATP_use"), 1) = 0.3;
    for (int w = 0; w < 20; ++w) cells.advance(0.1 * w, 0.1);
    const auto atp = system.state("atp_n");
    EXPECT_LT(cells.value(atp, 1), cells.value(atp, 0));
    EXPECT_GT(cells.value(atp, 1), 0);
}

}  // namespace
}  // namespace ngv::metabolism
