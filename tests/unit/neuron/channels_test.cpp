#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/mechanisms/hh_squid.hpp"
#include "tests/unit/neuron/test_cells.hpp"

namespace ngv::neuron {

using namespace test;

namespace {

/// The squid soma of the references: 20 um, 0.1 nA from 5 to 45 ms, E_Na 50, E_K -77 mV.
std::unique_ptr<Engine> squid_soma(double dt, double celsius) {
    Morphology m;
    m.sections = {cylinder(1, -1, 0, 20, 20)};
    const CableCell cable = build_cable(m, {35.4, 40, {}});
    auto engine = bare_engine(cable, dt, celsius, -65);
    engine->nodes.na.e[0] = 50;
    engine->nodes.k.e[0] = -77;
    engine->add(std::make_unique<HhSquid>(Range{0, 1}));
    engine->initialise();
    return engine;
}

std::vector<double> run(Engine& engine, double until) {
    std::vector<double> v{engine.nodes.v[0]};
    const double dt = engine.options().dt;
    const auto steps = std::llround(until / dt);
    for (long long i = 0; i < steps; ++i) {
        const double t = (static_cast<double>(i) + 0.5) * dt;
        engine.electrode[0] = t >= 5 && t < 45 ? 0.1 : 0;
        engine.step();
        v.push_back(engine.nodes.v[0]);
    }
    return v;
}

double first_crossing(const std::vector<double>& v, double dt) {
    for (std::size_t i = 1; i < v.size(); ++i)
        if (v[i - 1] < 0 && v[i] >= 0) return dt * (static_cast<double>(i) - v[i] / (v[i] - v[i - 1]));
    return -1;
}

}  // namespace

TEST(Channels, SquidSpikesEqualTheReferenceTraces) {
    for (auto [file, dt, celsius] : {std::tuple{"c02_hh_soma_notable.csv", 0.025, 6.3},
                                     {"c02_hh_soma_dt01_notable.csv", 0.01, 6.3},
                                     {"c02_hh_soma_c20_notable.csv", 0.025, 20.0}}) {
        const auto ref = reference(file);
        NEED_REFERENCE(ref);
        auto engine = squid_soma(dt, celsius);
        const auto v = run(*engine, 60);
        double worst = 0;
        for (std::size_t i = 0; i < ref.at("v").size(); ++i) worst = std::max(worst, std::abs(v[i] - ref.at("v")[i]));
        // Round-off of NEURON's numeric di/dv, amplified on the flank of a spike.
        EXPECT_LT(worst, 1e-7) << file;
    }
}

TEST(Channels, TheSpikeTimeConvergesWithFirstOrderInTheTimeStep) {
    std::vector<double> times;
    for (double dt : {0.02, 0.01, 0.005}) times.push_back(first_crossing(run(*squid_soma(dt, 6.3), 20), dt));

    ASSERT_GT(times[0], 5);
    EXPECT_NEAR(std::log2((times[0] - times[1]) / (times[1] - times[2])), 1, 0.1);
}

TEST(Channels, ACorticalNeuronIsSilentAtRestAndFiresWhenDriven) {
    const Parameters p = default_parameters();
    for (double amp : {0.0, 0.3}) {
        auto engine = full_engine(p, {small_neuron()}, 1);
        engine->initialise();
        const int soma = engine->cells()[0].soma;
        int spikes = 0;
        double before = engine->nodes.v[soma];
        for (int i = 0; i < 8000; ++i) {
            engine->electrode[soma] = amp;
            engine->step();
            spikes += before < 0 && engine->nodes.v[soma] >= 0;
            before = engine->nodes.v[soma];
        }
        if (amp == 0) EXPECT_EQ(spikes, 0);
        if (amp > 0) EXPECT_GT(spikes, 5);
        engine->check_ranges();
    }
}

}  // namespace ngv::neuron
