// The tissue's membrane: rest, budgets of charge, ions and energy, potassium.
#include <gtest/gtest.h>

#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/constants.hpp"
#include "tests/unit/neuron/tissue_cells.hpp"

namespace ngv::neuron {

using namespace test;
using tissue::Parameters;
using tissue::TissueModel;

namespace {

/// mol of an ion inside a cell.
double content(TissueModel& m, int cell, const std::string& concentration) {
    const auto c = values(m, cell, concentration);
    const Blueprint& b = *m.cells[cell].blueprint;
    double mol = 0;
    for (std::size_t i = 0; i < c.size(); ++i) mol += c[i] * b.volume[b.node[i]] / mM_per_mol_um3;
    return mol;
}

/// A neuron driven at the soma, and an astrocyte.
TissueModel driven(const Parameters& p, double amp, double until_ms = 1e9) {
    return make_tissue(p, 2, 1, [&](TissueModel& m, EngineBuilder& b) {
        if (amp != 0) b.add_current_clamp(0, m.cells[0].blueprint->soma, Waveform::box(0, until_ms, amp));
    });
}

}  // namespace

TEST(Tissue, AtRestNoIonHasANetFluxAndNothingDriftsForASecond) {
    const Parameters p = tissue::default_parameters();
    auto m = driven(p, 0);
    for (int c : {0, 1})
        for (const char* ion : {"ina", "ik", "ica"})
            for (double i : values(m, c, ion)) EXPECT_NEAR(i, 0, 1e-16) << ion;
    const std::vector<double> na[] = {values(m, 0, "nai"), values(m, 1, "nai")};

    m.simulation->advance(40000);

    for (int c : {0, 1}) {
        for (double v : values(m, c, "v")) EXPECT_NEAR(v, c == 0 ? p.neuron.v_init : p.astrocyte.v_init, 1e-6);
        for (double x : values(m, c, "nai")) EXPECT_NEAR(x, na[c][0], 1e-9);
        for (double x : values(m, c, "cai")) EXPECT_NEAR(x / p.ca_i, 1, 1e-7);
        EXPECT_GT(efflux(m, c, "atp"), 0);
    }
}

TEST(Tissue, ANeuronIsSilentAtRestAndFiresWhenDriven) {
    for (double amp : {0.0, 0.3}) {
        auto m = make_tissue(tissue::default_parameters(), 1, 1, [&](TissueModel& t, EngineBuilder& b) {
            b.add_current_clamp(0, t.cells[0].blueprint->soma, Waveform::box(0, 1e9, amp));
            b.add_detector(0, {.gid = 0, .node = t.cells[0].blueprint->soma}, 0);
        });
        m.simulation->advance(8000);
        const auto spikes = m.simulation->take_spikes().size();
        EXPECT_EQ(spikes > 5, amp > 0) << spikes;
        EXPECT_EQ(spikes == 0, amp == 0) << spikes;
        m.simulation->check_ranges();
    }
}

TEST(Tissue, WhatACellEmitsIsWhatItsInsideLoses) {
    auto m = driven(tissue::default_parameters(), 0.3);
    const double na = content(m, 0, "nai"), k = content(m, 0, "ki");

    m.simulation->advance(8000);

    const double lost_na = na - content(m, 0, "nai"), lost_k = k - content(m, 0, "ki");
    EXPECT_GT(lost_k, 0);
    EXPECT_LT(lost_na, 0);
    EXPECT_NEAR(efflux(m, 0, "na"), lost_na, 1e-12 * na);
    EXPECT_NEAR(efflux(m, 0, "k"), lost_k, 1e-12 * k);
}

TEST(Tissue, ChargeInIsIonsOutPlusChargeOfTheMembrane) {
    // C dv = (electrode - all ion currents) dt holds step by step, so it holds for sums: what the voltage feels is in
    // the budgets.
    Parameters p = tissue::default_parameters();
    p.neuron.gcl = 0;  // chloride is not tracked
    auto m = driven(p, 0.3);
    const auto before = values(m, 0, "v");
    const int steps = 4000;

    m.simulation->advance(steps);

    const auto after = values(m, 0, "v");
    const Blueprint& b = *m.cells[0].blueprint;
    double stored = 0;  // C
    for (std::size_t i = 0; i < after.size(); ++i)
        stored += 1e-17 * b.cm[b.node[i]] * b.area[b.node[i]] * (after[i] - before[i]);
    const double out = faraday * (efflux(m, 0, "na") + efflux(m, 0, "k") + 2 * efflux(m, 0, "ca"));
    const double injected = 0.3e-9 * steps * p.dt * 1e-3;
    EXPECT_NEAR((injected - out) / injected, stored / injected, 1e-10);
}

TEST(Tissue, RaisedPotassiumOutsideDepolarisesAndAstrocytesTakeItUp) {
    const Parameters p = tissue::default_parameters();
    auto m = driven(p, 0);
    for (int c : {0, 1}) set(m, c, "ko", 6);

    m.simulation->advance(4000);

    EXPECT_GT(soma(m, 0, "v"), p.neuron.v_init + 1);
    EXPECT_GT(soma(m, 1, "v"), p.astrocyte.v_init + 5);  // glia follow E_K more closely
    EXPECT_LT(efflux(m, 1, "k"), 0);
    EXPECT_NEAR(soma(m, 0, "ek"), thermal_voltage(p.celsius) * std::log(6 / soma(m, 0, "ki")), 1e-6);
}

TEST(Tissue, SettingAnyConcentrationOfAnyCellMovesItsReversalPotential) {
    const Parameters p = tissue::default_parameters();
    for (int cell : {0, 1})  // a neuron, an astrocyte
        for (const auto& [ion, valence] : {std::pair("na", 1.0), {"k", 1.0}, {"ca", 2.0}})
            for (const char* side : {"i", "o"}) {
                auto m = driven(p, 0);
                const std::string name = ion + std::string(side), e = "e" + std::string(ion);
                const auto nernst = [&] {
                    return thermal_voltage(p.celsius) / valence *
                           std::log(soma(m, cell, ion + std::string("o")) / soma(m, cell, ion + std::string("i")));
                };
                const double before = soma(m, cell, e);
                set(m, cell, name, 1.25 * soma(m, cell, name));

                m.simulation->update_reversals();  // at once
                EXPECT_NEAR(soma(m, cell, e), nernst(), 1e-9) << name << " of cell " << cell;
                EXPECT_GT(std::abs(soma(m, cell, e) - before), 2) << name;

                set(m, cell, name, soma(m, cell, name) / 1.25 * 0.8);
                const double asked = nernst();
                m.simulation->advance(1);  // and in the next step without being asked
                EXPECT_NEAR(soma(m, cell, e), asked, 1e-9) << name << " of cell " << cell;
            }
}

TEST(Tissue, HeldReversalPotentialsStayWhenConcentrationsAreSet) {
    Parameters p = tissue::default_parameters();
    p.reversals_follow = false;
    auto m = driven(p, 0);
    const double ek = soma(m, 0, "ek");
    set(m, 0, "ko", 6);

    m.simulation->advance(400);

    EXPECT_EQ(soma(m, 0, "ek"), ek);
    EXPECT_NEAR(soma(m, 0, "v"), p.neuron.v_init, 1);  // the pump alone feels it
}

TEST(Tissue, AShareOfExtracellularSpaceFeelsItsOwnEmissionAtOnce) {
    const Parameters p = tissue::default_parameters();
    auto m = driven(p, 0.3);
    const Blueprint& b = *m.cells[0].blueprint;
    const double capacity = 50;  // um3
    const auto room = m.simulation->addresses(0, "ion_pools.per_out_k");
    for (std::size_t i = 0; i < room.size(); ++i) *room[i] = b.area[b.node[i]] / capacity;

    m.simulation->advance(2000);

    const auto out = values(m, 0, "ko");
    const auto emitted = m.simulation->efflux(0, "k");
    for (std::size_t i = 0; i < out.size(); ++i)
        EXPECT_NEAR(out[i] - p.k_o, *emitted[i] * mM_per_mol_um3 / capacity, 1e-9);
    EXPECT_GT(soma(m, 0, "ko"), p.k_o);
    EXPECT_EQ(soma(m, 0, "nao"), p.na_o);  // nobody keeps it: held
}

TEST(Tissue, AtpFallsWhereThePumpIsDrivenAndBecomesAdp) {
    const Parameters p = tissue::default_parameters();
    auto rest = driven(p, 0), m = driven(p, 0.3);
    const Blueprint& b = *m.cells[0].blueprint;
    const auto room = m.simulation->addresses(0, "ion_pools.per_in_energy");
    for (std::size_t i = 0; i < room.size(); ++i) *room[i] = b.area[b.node[i]] / b.volume[b.node[i]];

    rest.simulation->advance(20000);
    m.simulation->advance(20000);

    EXPECT_LT(soma(m, 0, "atpi"), p.atp);
    EXPECT_GT(efflux(m, 0, "atp"), 1.05 * efflux(rest, 0, "atp"));  // sodium came in
    const auto atp = values(m, 0, "atpi"), adp = values(m, 0, "adpi");
    for (std::size_t i = 0; i < atp.size(); ++i) EXPECT_NEAR(atp[i] + adp[i], p.atp + p.adp, 1e-11);
}

TEST(Tissue, APumpTooWeakForTheRestIsTheUsersErrorWithItsNumbers) {
    Parameters p = tissue::default_parameters();
    p.squid_channels = true;  // their potassium current at rest is larger than what the pump brings back
    p.gk = {0.036, 0.036, 0.036};
    p.gna = {0, 0, 0};
    p.neuron.v_init = -65;
    try {
        driven(p, 0);
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("no k leak can hold the rest at -65 mV"), std::string::npos) << e.what();
    }
}

TEST(Tissue, AConcentrationOutOfRangeIsAPhysicsErrorThatNamesTheCell) {
    auto m = driven(tissue::default_parameters(), 0);
    set(m, 1, "ko", -1);
    try {
        m.simulation->check_ranges();
        FAIL() << "expected a PhysicsError";
    } catch (const PhysicsError& e) {
        EXPECT_NE(std::string(e.what()).find("[k]o of -1 mM"), std::string::npos) << e.what();
        EXPECT_EQ(e.element, m.cells[1].gid());
    }
}

}  // namespace ngv::neuron
