// Traces that NEURON 8.2.2 made (folder NGV_REFERENCE/neuron/traces; skipped without it), in the engine's neuron arithmetic and in
// its fast one.
#include <gtest/gtest.h>

#include "tests/unit/neuron/hand_mechanisms.hpp"
#include "tests/unit/neuron/traces.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

namespace {

using test::differences;
using test::TreeCell;

class Arithmetic : public testing::TestWithParam<bool> {
  protected:
    EngineBuilder builder(SimulationOptions o) {
        o.neuron_arithmetic = GetParam();
        EngineBuilder b(o);
        b.add_catalogue(test::hand_mechanisms());
        return b;
    }
    /// 0 in neuron arithmetic; the fast one orders sums differently, which a spike's upstroke amplifies.
    double bound(double fast) const { return GetParam() ? 1e-12 : fast; }
};
INSTANTIATE_TEST_SUITE_P(Engine, Arithmetic, testing::Bool(),
                         [](const auto& p) { return p.param ? "neuron" : "fast"; });

}  // namespace

TEST_P(Arithmetic, PassiveCableIsNeuronsInAllThreeOrders) {
    for (int order : {0, 1, 2}) {
        LOAD_OR_SKIP(trace, "c01_passive_cable_so" + std::to_string(order));
        TreeCell cell({{1000, 2, 101, 100}});
        cell.insert("pas", cell.nodes(0), {{"g", {1e-4}}, {"e", {-65}}});
        auto b = builder({.second_order = order});
        b.add_cell(0, cell.share());
        b.add_current_clamp(0, cell.at(0, .005), Waveform::box(1, 40, .1));
        const int r = b.add_recorder({.columns = {{.gid = 0, .node = cell.at(0, .005)},
                                                  {.gid = 0, .node = cell.at(0, .5)},
                                                  {.gid = 0, .node = cell.at(0, 1)}}});
        auto s = b.build(MPI_COMM_SELF);
        for (auto [name, worst] : differences(*s, r, {"v0", "v50", "v1"}, *trace))
            EXPECT_LE(worst, bound(1e-10)) << name << " order " << order;
    }
}

TEST_P(Arithmetic, SquidSomaIsNeurons) {
    struct Case {
        const char* name;
        double dt;
        int order;
    };
    for (const Case& c : {Case{"c02_hh_soma_notable", .025, 0},
                          {"c02_hh_soma_dt01_notable", .01, 0},
                          {"c02_hh_soma_so1_notable", .025, 1},
                          {"c02_hh_soma_so2_notable", .025, 2}}) {
        LOAD_OR_SKIP(trace, c.name);
        TreeCell cell({{20, 20, 1, 35.4}});
        cell.insert("hh", cell.nodes(0));
        auto b = builder({.dt = c.dt, .second_order = c.order});
        const int n = cell.at(0, .5);
        b.add_cell(0, cell.share());
        b.add_current_clamp(0, n, Waveform::box(5, 40, .1));
        const int r = b.add_recorder({.columns = {{.gid = 0, .node = n},
                                                  {.gid = 0, .node = n, .variable = "hh.m"},
                                                  {.gid = 0, .node = n, .variable = "n_hh"},
                                                  {.gid = 0, .node = n, .variable = "ina"}}});
        auto s = b.build(MPI_COMM_SELF);
        for (auto [name, worst] : differences(*s, r, {"v", "m", "n", "ina"}, *trace))
            EXPECT_LE(worst, bound(1e-7)) << name << " of " << c.name;
    }
}

namespace {

TreeCell ball_and_stick() {
    TreeCell cell({{12.6157, 12.6157, 1, 100}, {200, 1, 11, 100, 0}});
    cell.insert("pas", cell.nodes(1), {{"g", {.001}}, {"e", {-65}}});
    auto all = cell.nodes(0);
    std::vector<double> gna{.12}, gk{.036};
    for (int k : cell.nodes(1)) {
        all.push_back(k);
        gna.push_back(.012);
        gk.push_back(.0036);
    }
    cell.insert("hh", all, {{"gnabar", gna}, {"gkbar", gk}});
    return cell;
}

/// The cell as gid 0, with the two synapses that six spikes reach.
std::pair<Point, Point> add_with_synapses(EngineBuilder& b, const TreeCell& cell) {
    b.add_cell(0, cell.share());
    const Point es = b.add_point(0, cell.at(1, .8), "ExpSyn", {{"tau", 2}, {"e", 0}});
    const Point e2 = b.add_point(0, cell.at(1, .3), "Exp2Syn", {{"tau1", .5}, {"tau2", 5}, {"e", -70}});
    std::vector<double> times;
    for (int i = 0; i < 6; ++i) times.push_back(5 + 7 * i);
    b.add_spikes(100, times);
    b.add_connection(100, es, 1.013, {.01});
    b.add_connection(100, e2, 2.5, {.004});
    return {es, e2};
}

}  // namespace

TEST_P(Arithmetic, BallAndStickWithSynapsesIsNeurons) {
    LOAD_OR_SKIP(trace, "c03_ball_stick");
    const TreeCell cell = ball_and_stick();
    auto b = builder({});
    const auto [es, e2] = add_with_synapses(b, cell);
    b.add_current_clamp(0, cell.at(0, .5), Waveform::box(30, 10, .2));
    b.add_detector(0, {.gid = 0, .node = cell.at(0, .5)}, -20);
    const int r = b.add_recorder({.columns = {{.gid = 0, .node = cell.at(0, .5)},
                                              {.gid = 0, .node = cell.at(1, .5)},
                                              {.gid = 0, .node = cell.at(1, 1)},
                                              {.variable = "g", .point = es},
                                              {.variable = "g", .point = e2}}});
    auto s = b.build(MPI_COMM_SELF);
    for (auto [name, worst] : differences(*s, r, {"vsoma", "vdend05", "vdend1", "g_exp", "g_exp2"}, *trace))
        EXPECT_LE(worst, GetParam() ? 1e-9 : 1e-7) << name;
}

TEST_P(Arithmetic, VoltageClampIsNeurons) {
    LOAD_OR_SKIP(trace, "c09_seclamp");
    const TreeCell cell = ball_and_stick();
    auto b = builder({});
    add_with_synapses(b, cell);
    b.add_voltage_clamp(0, cell.at(0, .5), {.rs = 1, .durations = {5, 10, 10}, .levels = {-65, -20, -80}});
    const int r = b.add_recorder({.columns = {{.gid = 0, .node = cell.at(0, .5)},
                                              {.gid = 0, .node = cell.at(1, .5)},
                                              {.gid = 0, .node = cell.at(0, .5), .variable = "ina"}}});
    auto s = b.build(MPI_COMM_SELF);
    for (auto [name, worst] : differences(*s, r, {"vsoma", "vdend05", "ina"}, *trace)) EXPECT_LE(worst, 1e-9) << name;
}

TEST_P(Arithmetic, PlayedCurrentsAreNeurons) {
    for (bool interpolated : {true, false}) {
        LOAD_OR_SKIP(trace, interpolated ? "c10_play_interp" : "c10_play_step");
        const TreeCell cell = ball_and_stick();
        auto b = builder({});
        add_with_synapses(b, cell);
        const std::vector<double> t{0, 3.01, 10, 10, 20.5, 40}, a{0, 0, .15, 0, .3, 0};
        b.add_current_clamp(0, cell.at(0, .5), interpolated ? Waveform::linear(t, a) : Waveform::steps(t, a));
        const int r = b.add_recorder({.columns = {{.gid = 0, .node = cell.at(0, .5)}}});
        auto s = b.build(MPI_COMM_SELF);
        EXPECT_LE(differences(*s, r, {"vsoma"}, *trace)["vsoma"], 1e-9) << interpolated;
    }
}

TEST_P(Arithmetic, MembraneCurrentIsNeurons) {
    LOAD_OR_SKIP(trace, "c15_fast_imem");
    const TreeCell cell = ball_and_stick();
    auto b = builder({});
    add_with_synapses(b, cell);
    b.add_current_clamp(0, cell.at(0, .5), Waveform::box(0, 1e9, .2));
    RecorderSpec spec;
    spec.columns = {{.gid = 0, .node = cell.at(0, .5)}};
    for (int n : {cell.at(0, .5), cell.at(1, .5), cell.at(1, .9)})
        spec.columns.push_back({.gid = 0, .node = n, .variable = "i_membrane"});
    const int r = b.add_recorder(spec);
    auto s = b.build(MPI_COMM_SELF);
    for (auto [name, worst] : differences(*s, r, {"vsoma", "im_soma", "im_d05", "im_d09"}, *trace))
        EXPECT_LE(worst, 1e-9) << name;
}

TEST_P(Arithmetic, EventsArriveInNeuronsStep) {
    LOAD_OR_SKIP(trace, "c17_event_delivery");
    for (std::size_t row = 0; row < trace->rows.size(); ++row) {
        const double delay = trace->value(row, "netcon_delay");
        TreeCell cell({{10, 10, 1, 35.4}});
        cell.insert("pas", cell.nodes(0), {{"e", {-65}}});
        auto b = builder({});
        b.add_cell(0, cell.share());
        const Point p = b.add_point(0, cell.at(0, .5), "ExpSyn", {{"tau", 1e9}});
        b.add_spikes(1, {1.0});
        b.add_connection(1, p, delay, {1});
        const int r = b.add_recorder({.columns = {{.variable = "g", .point = p}, {.gid = 0, .node = cell.at(0, .5)}}});
        auto s = b.build(MPI_COMM_SELF);
        s->initialise();
        s->advance(100);
        const Frames f = s->take_frames(r);
        int effect = 0;
        while (std::abs(f.values[2 * (effect + 1) + 1] + 65) < 1e-6) ++effect;
        EXPECT_EQ(effect, trace->value(row, "first_step_with_v_effect")) << "delay " << delay;
    }
}

TEST_P(Arithmetic, SpikeTimesCarryNeuronsStamp) {
    LOAD_OR_SKIP(trace, "c17_spike_time");
    TreeCell cell({{20, 20, 1, 35.4}});
    cell.insert("hh", cell.nodes(0));
    auto b = builder({});
    b.add_cell(0, cell.share());
    b.add_current_clamp(0, cell.at(0, .5), Waveform::box(1, 1, .5));
    b.add_detector(5, {.gid = 0, .node = cell.at(0, .5)}, 0);
    auto s = b.build(MPI_COMM_SELF);
    s->initialise();
    s->advance(400);
    const auto spikes = s->take_spikes();
    ASSERT_FALSE(spikes.empty());
    EXPECT_EQ(spikes[0].time, trace->value(0, "recorded_spike_time"));
    EXPECT_EQ(spikes[0].source, 5);
}

namespace {

TreeCell ring_cell() {
    TreeCell cell({{12.6157, 12.6157, 1, 100}, {200, 1, 5, 100, 0}});
    cell.insert("hh", cell.nodes(0));
    cell.insert("pas", cell.nodes(1), {{"g", {.001}}, {"e", {-65}}});
    return cell;
}

}  // namespace

TEST_P(Arithmetic, RingOfEightSpikesWhenNeuronsDoes) {
    LOAD_OR_SKIP(trace, "c06_ring8_spikes_n1");
    auto b = builder({});
    const auto cell = ring_cell();
    const auto shared = cell.share();
    for (int g = 0; g < 8; ++g) {
        b.add_cell(g, shared);
        b.add_detector(g, {.gid = g, .node = cell.at(0, .5)}, 10);
        const Point p = b.add_point(g, cell.at(1, .5), "ExpSyn", {{"tau", 2}, {"e", 0}});
        b.add_connection((g + 7) % 8, p, 5, {.01});
        if (g == 0) b.add_connection(100, p, 1, {.01});
    }
    b.add_spikes(100, {9.0});
    const int r = b.add_recorder({.columns = {{.gid = 0, .node = cell.at(0, .5)}}});
    auto s = b.build(MPI_COMM_SELF);
    LOAD_OR_SKIP(voltage, "c06_ring8_v0_n1");
    for (auto [name, worst] : differences(*s, r, {"v0"}, *voltage)) EXPECT_LE(worst, GetParam() ? 1e-9 : 1e-7) << name;
    ASSERT_LE(s->steps(), 8000);
    s->advance(8000 - s->steps());
    const auto spikes = s->take_spikes();
    ASSERT_EQ(spikes.size(), trace->rows.size());
    for (std::size_t i = 0; i < spikes.size(); ++i) {
        EXPECT_NEAR(spikes[i].time, trace->value(i, "t"), 1e-9);
        EXPECT_EQ(spikes[i].source, trace->value(i, "gid"));
    }
}

TEST_P(Arithmetic, GapJunctionPairIsNeurons) {
    LOAD_OR_SKIP(trace, "c08_gap_pair_n1");
    auto b = builder({});
    const auto cell = ring_cell();
    const auto shared = cell.share();
    RecorderSpec spec;
    for (int g : {0, 1}) {
        b.add_cell(g, shared);
        const Point gap = b.add_point(g, cell.at(1, .9), "Gap", {{"g", .002}});
        b.add_transfer({.variable = "vgap", .point = gap}, 1 - g, cell.at(1, .9));
        if (g == 0) b.add_current_clamp(g, cell.at(0, .5), Waveform::box(2, 40, .15));
        spec.columns.insert(
            spec.columns.end(),
            {{.gid = g, .node = cell.at(0, .5)}, {.gid = g, .node = cell.at(1, .9)}, {.variable = "i", .point = gap}});
    }
    const int r = b.add_recorder(spec);
    auto s = b.build(MPI_COMM_SELF);
    for (auto [name, worst] : differences(*s, r, {"v0", "vd0", "ig0", "v1", "vd1", "ig1"}, *trace))
        EXPECT_LE(worst, GetParam() ? 1e-9 : 1e-7) << name;
}

}  // namespace ngv::neuron
