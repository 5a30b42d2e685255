#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/mechanisms/hh_squid.hpp"
#include "tests/unit/neuron/test_cells.hpp"

namespace ngv::neuron {

using namespace test;

namespace {

double content(const Nodes& n, const Array& concentration) {
    double mol = 0;
    for (std::size_t k = 0; k < n.size(); ++k) mol += concentration[k] * n.volume[k] / mM_per_mol_um3;
    return mol;
}

double sum(const Array& a) {
    double s = 0;
    for (double x : a) s += x;
    return s;
}

/// A neuron and an astrocyte, at rest.
std::unique_ptr<Engine> tissue(const Parameters& p) {
    auto engine = full_engine(p, {small_neuron(), small_neuron()}, 1);
    engine->initialise();
    return engine;
}

void drive(Engine& engine, double amp, int steps) {
    for (int i = 0; i < steps; ++i) {
        engine.electrode[engine.cells()[0].soma] = amp;
        engine.step();
    }
}

/// The pump of the reference trace: a Hill law in sodium, imax 0.02 mA/cm2.
class ReferencePump : public Mechanism {
  public:
    using Mechanism::Mechanism;
    std::string_view name() const override { return "reference_pump"; }
    void current(Nodes& n, Range r) override {
        for (int k = r.begin; k < r.end; ++k) {
            const double b = 1 / (1 + 1.5 / n.k.out[k]);
            const double i = 0.02 / (1 + std::pow(10 / n.na.in[k], 3)) * b * b * n.atp[k] / (0.5 + n.atp[k]);
            n.na.i[k] += 3 * i;
            n.k.i[k] -= 2 * i;
        }
    }
};

}  // namespace

TEST(Ions, AtRestNoIonHasANetFluxAndNothingDriftsForASecond) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    const Nodes start = engine->nodes;
    for (std::size_t k = 0; k < start.size(); ++k)
        for (const Ion* ion : {&start.na, &start.k, &start.ca}) EXPECT_NEAR(ion->i[k], 0, 1e-18) << ion->name;

    drive(*engine, 0, 40000);

    for (std::size_t k = 0; k < start.size(); ++k) {
        EXPECT_NEAR(engine->nodes.v[k], start.v[k], 1e-6);
        EXPECT_NEAR(engine->nodes.na.in[k], start.na.in[k], 1e-9);
        EXPECT_NEAR(engine->nodes.k.in[k], start.k.in[k], 1e-9);
        EXPECT_NEAR(engine->nodes.ca.in[k] / start.ca.in[k], 1, 1e-7);
    }
    EXPECT_GT(sum(engine->nodes.atp_used), 0);
}

TEST(Ions, TheRestComesBackAfterASmallDisturbance) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    const int soma = engine->cells()[0].soma;

    drive(*engine, 0.01, 4000);
    const double disturbed = engine->nodes.v[soma] - p.neuron.v_init;
    drive(*engine, 0, 20000);

    EXPECT_GT(disturbed, 1);
    // The pump works on the sodium that came in for seconds, so a small afterhyperpolarisation remains.
    EXPECT_LT(std::abs(engine->nodes.v[soma] - p.neuron.v_init), 0.2 * disturbed);
}

TEST(Ions, WhatACellEmitsIsWhatItsInsideLoses) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    const double na = content(engine->nodes, engine->nodes.na.in), k = content(engine->nodes, engine->nodes.k.in);

    drive(*engine, 0.3, 8000);

    const double lost_na = na - content(engine->nodes, engine->nodes.na.in),
                 lost_k = k - content(engine->nodes, engine->nodes.k.in);
    EXPECT_GT(lost_k, 0);
    EXPECT_LT(lost_na, 0);
    EXPECT_NEAR(sum(engine->nodes.na.emitted), lost_na, 1e-12 * na);
    EXPECT_NEAR(sum(engine->nodes.k.emitted), lost_k, 1e-12 * k);
}

TEST(Ions, ChargeInIsIonsOutPlusChargeOfTheMembrane) {
    // C dv = (electrode - all ion currents) dt holds step by step, so it holds for sums: what the voltage feels is in
    // the budgets.
    Parameters p = default_parameters();
    p.neuron.gcl = 0;  // chloride is not tracked
    auto engine = full_engine(p, {small_neuron()}, 1);
    engine->initialise();
    const Nodes start = engine->nodes;
    const int steps = 4000;

    drive(*engine, 0.3, steps);

    double stored = 0;  // C
    for (std::size_t k = 0; k < start.size(); ++k) stored += 1e-17 * start.area[k] * (engine->nodes.v[k] - start.v[k]);
    const double out =
        faraday * (sum(engine->nodes.na.emitted) + sum(engine->nodes.k.emitted) + 2 * sum(engine->nodes.ca.emitted));
    const double injected = 0.3e-9 * steps * p.dt * 1e-3;
    EXPECT_NEAR((injected - out) / injected, stored / injected, 1e-10);
}

TEST(Ions, ReversalPotentialsAreNernstPotentialsOfTheMoment) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    std::fill(engine->nodes.k.out.begin(), engine->nodes.k.out.end(), 6.0);
    engine->evaluate_currents();

    const double kt = 1e3 * gas_constant * (p.celsius + 273.15) / faraday;
    EXPECT_NEAR(engine->nodes.k.e[0], kt * std::log(6.0 / p.neuron.k_i), 1e-10);
    EXPECT_NEAR(engine->nodes.ca.e[0], kt / 2 * std::log(p.ca_o / p.ca_i), 1e-10);
}

TEST(Ions, RaisedPotassiumOutsideDepolarises) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    std::fill(engine->nodes.k.out.begin(), engine->nodes.k.out.end(), 6.0);

    drive(*engine, 0, 2000);

    EXPECT_GT(engine->nodes.v[engine->cells()[0].soma], p.neuron.v_init + 1);
    EXPECT_GT(engine->nodes.v[engine->cells()[1].soma], p.astrocyte.v_init + 5);  // glia follow E_K more closely
}

TEST(Ions, AnAstrocyteTakesUpPotassium) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    const Range glia = engine->cells()[1].nodes;
    for (int k = glia.begin; k < glia.end; ++k) engine->nodes.k.out[k] = 8;

    drive(*engine, 0, 4000);

    double emitted = 0;
    for (int k = glia.begin; k < glia.end; ++k) emitted += engine->nodes.k.emitted[k];
    EXPECT_LT(emitted, 0);
}

TEST(Ions, AShareOfExtracellularSpaceFeelsItsOwnEmissionAtOnce) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    Nodes& n = engine->nodes;
    const double capacity = 50;  // um3
    std::fill(n.k.mM_per_mol_out.begin(), n.k.mM_per_mol_out.end(), mM_per_mol_um3 / capacity);

    drive(*engine, 0.3, 2000);

    const int soma = engine->cells()[0].soma;
    EXPECT_GT(n.k.out[soma], p.k_o);
    EXPECT_NEAR(n.k.out[soma] - p.k_o, n.k.emitted[soma] * mM_per_mol_um3 / capacity, 1e-10);
}

TEST(Ions, AtpFallsWhereThePumpIsDrivenAndThePumpSlowsAsItFalls) {
    const Parameters p = default_parameters();
    auto engine = tissue(p);
    Nodes& n = engine->nodes;
    for (std::size_t k = 0; k < n.size(); ++k) n.mM_per_mol_atp[k] = n.volume[k] > 0 ? mM_per_mol_um3 / n.volume[k] : 0;
    const int soma = engine->cells()[0].soma;
    const double resting_use = n.atp_flux[soma];

    drive(*engine, 0.3, 20000);

    EXPECT_LT(n.atp[soma], p.atp);
    EXPECT_GT(n.atp_flux[soma], 1.05 * resting_use);  // sodium came in
    EXPECT_NEAR(content(n, n.atp) + content(n, n.adp), content(n, Array(n.size(), p.atp + p.adp)),
                1e-12 * content(n, n.atp));
    const double driven = n.atp_flux[soma];
    n.atp[soma] = 0.1;
    engine->evaluate_currents();
    EXPECT_NEAR(n.atp_flux[soma] / driven, (0.1 / 0.6) / (p.atp / (p.atp + 0.5)), 0.1);
}

TEST(Ions, APumpTooWeakForTheRestIsTheUsersErrorWithItsNumbers) {
    Parameters p = default_parameters();
    p.squid_channels = true;  // their potassium current at rest is larger than what the pump brings back
    p.gk = {0.036, 0.036, 0.036};
    p.gna = {0, 0, 0};
    p.neuron.v_init = -65;
    auto engine = full_engine(p, {small_neuron()}, 1);

    try {
        engine->initialise();
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("no K leak can hold the rest at -65 mV"), std::string::npos) << e.what();
    }
}

TEST(Ions, AVoltageOutOfRangeIsAPhysicsErrorThatNamesTheCell) {
    auto engine = tissue(default_parameters());
    engine->nodes.k.out[2] = -1;

    try {
        engine->check_ranges();
        FAIL() << "expected a PhysicsError";
    } catch (const PhysicsError& e) {
        EXPECT_NE(std::string(e.what()).find("[K]o -1 mM is not positive"), std::string::npos) << e.what();
        EXPECT_EQ(e.element, engine->cells()[0].id);
    }
}

TEST(Ions, AccumulationWithPumpEqualsTheReferenceTrace) {
    // NEURON: hh, napump imax 0.02, nai and ki by the current at the begin of a step, ko with a bath (done here between
    // steps).
    const auto ref = reference("c05_ions.csv");
    NEED_REFERENCE(ref);
    Morphology m;
    m.sections = {cylinder(3, -1, 0, 20, 20), cylinder(3, 0, 20, 150, 1.5)};
    const CableCell cable = build_cable(m, {100, 40, {1, 3}});
    Nodes nodes(4);
    nodes.parent = cable.parent;
    nodes.g_parent = cable.g_parent;
    nodes.area = cable.area;
    nodes.volume = cable.volume;
    for (int k = 0; k < 4; ++k) {
        nodes.cm[k] = 1;
        nodes.v[k] = -70;
        nodes.na.in[k] = 10, nodes.na.out[k] = 140, nodes.k.in[k] = 120, nodes.k.out[k] = 3, nodes.atp[k] = 1;
        nodes.na.mM_per_mol_in[k] = nodes.k.mM_per_mol_in[k] = mM_per_mol_um3 / nodes.volume[k];
    }
    EngineOptions options;
    options.celsius = 6.3;
    options.corrected_currents = false;
    Engine engine(options, std::move(nodes), {{0, {0, 4}, 0}});
    engine.add(std::make_unique<HhSquid>(Range{0, 4}));
    engine.add(std::make_unique<ReferencePump>(Range{0, 4}));
    engine.initialise();
    double worst_v = 0, worst_na = 0, worst_ko = 0;
    for (std::size_t i = 1; i < ref.at("t").size(); ++i) {
        const double t = engine.time() + 0.0125, dt = options.dt;
        engine.electrode[0] = t >= 5 && t < 85 ? 0.25 : 0;
        engine.step();
        for (int k = 0; k < 4; ++k) {
            const double factor = 1e4 * engine.nodes.area[k] / engine.nodes.volume[k] / faraday;
            const double a = -1 / 20.0, b = engine.nodes.k.i[k] * factor / 0.25 + 3 / 20.0;
            engine.nodes.k.out[k] += (1 - std::exp(dt * a)) * (-b / a - engine.nodes.k.out[k]);
        }
        worst_v = std::max(
            {worst_v, std::abs(engine.nodes.v[0] - ref.at("s_v")[i]), std::abs(engine.nodes.v[3] - ref.at("d3_v")[i])});
        worst_na = std::max(worst_na, std::abs(engine.nodes.na.in[0] - ref.at("s_nai")[i]));
        worst_ko = std::max(worst_ko, std::abs(engine.nodes.k.out[0] - ref.at("s_ko")[i]));
    }
    EXPECT_LT(worst_v, 1e-7);
    EXPECT_LT(worst_na, 1e-10);
    EXPECT_LT(worst_ko, 1e-10);
}

}  // namespace ngv::neuron
