#include "solvers/neuron/synapses/synapses.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/network/connections.hpp"
#include "tests/unit/neuron/test_cells.hpp"

namespace ngv::neuron {

using namespace test;

namespace {

Nodes one_node(double v) {
    Nodes n(1);
    n.area[0] = 100;
    n.v[0] = v;
    n.na.e[0] = 70;
    n.k.e[0] = -90;
    return n;
}

/// Peak of the potassium and sodium conductance together, nS.
double peak_conductance(Synapses& s, Nodes& n, double dt) {
    double peak = 0;
    for (int i = 0; i < 4000; ++i) {
        n.na.didv[0] = n.k.didv[0] = n.other_didv[0] = 0;
        s.currents(n, {0, 1});
        peak = std::max(peak, 10 * n.area[0] * (n.na.didv[0] + n.k.didv[0] + n.other_didv[0]));
        s.advance({0, 1});
    }
    (void)dt;
    return peak;
}

}  // namespace

TEST(Synapses, ThePeakConductanceIsTheWeight) {
    SynapseParameters p;
    p.nmda_ratio = 0;
    Synapses s(p);
    const int e = s.excitatory(0, 1.7), i = s.inhibitory(0, 8);
    s.initialise(0.001, 1);
    Nodes n = one_node(-60);

    s.deliver(e, 0.5);
    EXPECT_NEAR(peak_conductance(s, n, 0.001), 0.5, 1e-5);
    s.initialise(0.001, 1);
    s.deliver(i, 0.8);
    EXPECT_NEAR(peak_conductance(s, n, 0.001), 0.8, 1e-5);
}

TEST(Synapses, ExcitatoryCurrentReversesAtZeroAndIsCarriedBySodiumAndPotassium) {
    SynapseParameters p;
    p.sodium_share = Synapses::sodium_share(0, 70, -90);
    Synapses s(p);
    const int e = s.excitatory(0, 1.7);
    s.initialise(0.025, 1);
    s.deliver(e, 1);
    s.advance({0, 1});
    Nodes n = one_node(0);

    s.currents(n, {0, 1});

    EXPECT_LT(n.na.i[0], 0);
    EXPECT_GT(n.k.i[0], 0);
    EXPECT_NEAR(n.na.i[0] + n.k.i[0], 0, 1e-12);
    EXPECT_EQ(n.other_i[0], 0);
}

TEST(Synapses, MagnesiumBlocksNmdaAtNegativeVoltages) {
    SynapseParameters p;
    Synapses s(p);
    const int e = s.excitatory(0, 1.7);
    double late[2];
    int i = 0;
    for (double v : {-80.0, 20.0}) {
        s.initialise(0.025, 1);
        s.deliver(e, 1);
        for (int k = 0; k < 2400; ++k) s.advance({0, 1});  // 60 ms: AMPA is over
        Nodes n = one_node(v);
        s.currents(n, {0, 1});
        late[i++] = n.na.didv[0] + n.k.didv[0];
    }

    EXPECT_NEAR(late[0] / late[1], (1 + std::exp(-0.062 * 20) / 3.57) / (1 + std::exp(0.062 * 80) / 3.57), 1e-9);
}

TEST(Synapses, EqualKineticsOnANodeShareAnInstance) {
    Synapses s;
    const int a = s.excitatory(3, 1.7), b = s.excitatory(3, 1.7), c = s.excitatory(3, 1.8), d = s.excitatory(2, 1.7),
              e = s.inhibitory(3, 1.7);

    EXPECT_EQ(a, b);
    EXPECT_EQ(s.num_instances(), 4);
    EXPECT_NE(a, c);
    s.initialise(0.025, 5);
    EXPECT_EQ(s.node(d), 2);
    EXPECT_TRUE(Synapses::is_inhibitory(e));
}

TEST(Connections, TsodyksMarkramDepressesAndRecovers) {
    Connection c;
    c.use = 0.5f;
    c.depression = 200;
    Connections list({c}, true);

    EXPECT_NEAR(list.release(0, 0), 0.5, 1e-6);
    EXPECT_NEAR(list.release(0, 10), 0.5 * (1 - 0.5 * std::exp(-10.0 / 200)), 1e-6);
    EXPECT_NEAR(list.release(0, 1e5), 0.5, 1e-6);
}

TEST(Connections, TsodyksMarkramFacilitates) {
    Connection c;
    c.use = 0.2f;
    c.facilitation = 500;
    Connections list({c}, true);

    list.release(0, 0);
    EXPECT_NEAR(list.release(0, 20), 0.2 + 0.8 * 0.2 * std::exp(-20.0 / 500), 1e-6);
}

TEST(Connections, AreFoundBySource) {
    Connection a, b, c;
    a.source = 7, a.order = 2, b.source = 3, b.order = 9, c.source = 7, c.order = 1;
    Connections list({a, b, c});

    const auto [begin, end] = list.of(7);
    ASSERT_EQ(end - begin, 2);
    EXPECT_EQ(list[begin].order, 1);
    EXPECT_EQ(list.of(5).first, list.of(5).second);
}

}  // namespace ngv::neuron
