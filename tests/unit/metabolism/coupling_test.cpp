// What other solvers may say to each model, and what it says to them: every named field reaches the equations, with its sign.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {
namespace {

struct Coupled {
    explicit Coupled(const std::string& name)
        : model(ModelFile::shipped_or_file(name)), system(model, {.variant = model.coupling.variant}) {}
    /// Cell 0 as the model has it, cell 1 with `input` times `factor`, after `seconds`.
    Cells with(const std::string& input, double factor, double seconds = 2) const {
        Cells cells(system, {0, 1}, {.rtol = 1e-7});
        cells.input(system.input(input), 1) *= factor;
        cells.advance(0, seconds);
        return cells;
    }
    double change(const std::string& input, double factor, const std::string& shown, double seconds = 2) const {
        const Cells cells = with(input, factor, seconds);
        const auto values = cells.observe(system.observe({shown}), seconds);
        return values[1] - values[0];
    }
    ModelFile model;
    OdeSystem system;
};

/// Fields that change the solution, and those that the published equations do not read.
std::pair<std::set<std::string>, std::set<std::string>> fields_by_effect(const Coupled& coupled) {
    std::set<std::string> read, not_read;
    for (const auto& [field, role] : coupled.model.coupling.states) {
        Cells cells(coupled.system, {0, 1}, {});
        const auto at = coupled.system.input(role.input);
        cells.input(at, 1) = 1.05 * cells.input(at, 1) + (cells.input(at, 1) == 0 ? 0.01 : 0);
        if (role.linked.size() > 0)
            for (const std::size_t cell : {0, 1}) cells.input(coupled.system.input(role.linked), cell) = 1;
        cells.advance(0, 0.5);
        bool same = true;
        for (std::size_t q = 0; q < coupled.system.size(); ++q) same = same && cells.value(q, 0) == cells.value(q, 1);
        (same ? not_read : read).insert(field);
    }
    return {read, not_read};
}

TEST(Coupling, EveryFieldIsReadOrKnownNotToBe) {
    using testing::ElementsAre;
    const auto effect = [](const char* name) { return fields_by_effect(Coupled(name)); };
    const auto jolivet = effect("jolivet2015"), calvetti = effect("calvetti2018"), full = effect("shichkova2025");
    EXPECT_THAT(jolivet.first, ElementsAre("Na_i", "blood_volume_fraction", "perfusion"));
    EXPECT_THAT(jolivet.second, ElementsAre("K_o_mean", "i_K", "i_Na"));
    EXPECT_THAT(calvetti.first, ElementsAre("K_o_mean", "Na_i", "i_K", "i_Na", "perfusion"));
    EXPECT_THAT(calvetti.second, ElementsAre("blood_volume_fraction"));
    EXPECT_THAT(full.first, ElementsAre("K_o_mean", "astrocyte_Ca", "astrocyte_K", "astrocyte_Na", "astrocyte_V",
                                        "blood_volume_fraction", "glutamate_cleft", "perfusion"));
    EXPECT_THAT(full.second, ElementsAre("Na_i", "i_K", "i_Na"));
}

TEST(Coupling, PerfusionBringsOxygenAndGlucose) {
    const Coupled full("shichkova2025");
    EXPECT_GT(full.change("Fin", 1.5, "O2_blood"), 0.1);
    EXPECT_GT(full.change("Fin", 1.5, "glucose_blood"), 0.01);
    EXPECT_LT(full.change("Fin", 1.5, "dHb"), 0);
}

TEST(Coupling, MitochondriaOfALayerDecideWhatActivityCosts) {
    // The density of layer 1 against that of layer 4, at ten times the use at rest.
    const Coupled full("shichkova2025");
    const double share = 0.0459 / 0.0774;
    Cells cells(full.system, {0, 1}, {});
    for (const std::size_t cell : {0, 1}) {
        cells.input(full.system.input("ATP_linked"), cell) = 1;
        cells.input(full.system.input("ATP_use"), cell) = 0.25;
    }
    cells.input(full.system.input("mito_scale"), 1) = share;
    cells.advance(0, 10);
    const auto atp = full.system.state("atp_c_n");
    EXPECT_LT(cells.value(atp, 1), cells.value(atp, 0) - 0.05);
    const auto& layers = full.model.coupling.layers;
    ASSERT_TRUE(layers);
    EXPECT_EQ(layers->of[0] / layers->relative_to, share);
    EXPECT_EQ(layers->of[3] / layers->relative_to, 1);
}

TEST(Coupling, EveryModelShowsItsEnergyAndGivesWhatItTakesFromTheBlood) {
    for (const char* name : {"jolivet2015", "shichkova2025"}) {
        const Coupled coupled(name);
        Cells cells(coupled.system, {0}, {});
        cells.advance(0, 1);
        const auto shown = coupled.system.observe({"ATP", "ADP", "lactate", "glucose", "O2", "NADH"});
        const auto values = cells.observe(shown, 1);
        for (std::size_t k = 0; k < values.size(); ++k) {
            EXPECT_GT(values[k], 0) << name << " " << shown.quantities[k].name;
            EXPECT_EQ(shown.quantities[k].unit, "mM") << name << " " << shown.quantities[k].name;
        }
        for (const auto& [field, total] : coupled.model.coupling.amounts)
            EXPECT_GT(cells.value(coupled.system.integral(total), 0), 0) << name << " " << field;
        ASSERT_EQ(coupled.model.coupling.amounts.size(), 2u);
        // Six molecules of oxygen burn one of glucose; lactate that comes or goes moves the ratio.
        const double glucose = cells.value(coupled.system.integral("glucose_uptake"), 0);
        const double oxygen = cells.value(coupled.system.integral("O2_uptake"), 0);
        EXPECT_GT(oxygen / glucose, 1) << name;
        EXPECT_LT(oxygen / glucose, 20) << name;
    }
}

}  // namespace
}  // namespace ngv::metabolism
