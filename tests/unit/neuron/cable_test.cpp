#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/cable/compartments.hpp"
#include "solvers/neuron/constants.hpp"
#include "tests/unit/neuron/test_cells.hpp"

namespace ngv::neuron {

using namespace test;

namespace {

/// A leak that no tracked ion carries: g (v - e).
class Passive : public Mechanism {
  public:
    Passive(Range nodes, double g, double e) : Mechanism(nodes), g_(g), e_(e) {}
    std::string_view name() const override { return "passive"; }
    void current(Nodes& n, Range r) override {
        for (int k = r.begin; k < r.end; ++k) {
            n.other_i[k] += g_ * (n.v[k] - e_);
            n.other_didv[k] += g_;
        }
    }

  private:
    double g_, e_;
};

}  // namespace

TEST(Compartments, OfACylinderHaveTheAreasVolumesAndResistancesOfCylinders) {
    const auto parts = discretise(cylinder(3, -1, 0, 100, 2).points, 5, 150);

    ASSERT_EQ(parts.size(), 5u);
    for (const auto& c : parts) {
        EXPECT_NEAR(c.area, pi * 2 * 20, 1e-10);
        EXPECT_NEAR(c.volume, pi * 20, 1e-10);
        EXPECT_NEAR(c.diameter, 2, 1e-12);
        EXPECT_NEAR(c.ri_left, 1e-2 * 150 * 10 / pi, 1e-10);
        EXPECT_NEAR(c.ri_right, c.ri_left, 1e-10);
    }
}

TEST(Compartments, OfAConeSumToTheConeWhateverTheirNumber) {
    const Section cone{3, -1, {{0, 0, 0, 4}, {60, 80, 0, 1}}};
    const double slant = std::sqrt(100 * 100 + 1.5 * 1.5), area = pi * 2.5 * slant,
                 volume = pi / 12 * 100 * (16 + 4 + 1);
    const double resistance = 1e-2 * 100 * 4 * 100 / (pi * 4 * 1);  // int 4 Ra dx / (pi d^2)

    for (int nseg : {1, 3, 7}) {
        double a = 0, v = 0, r = 0;
        for (const auto& c : discretise(cone.points, nseg, 100)) {
            a += c.area;
            v += c.volume;
            r += c.ri_left + c.ri_right;
        }
        EXPECT_NEAR(a / area, 1, 1e-12);
        EXPECT_NEAR(v / volume, 1, 1e-12);
        EXPECT_NEAR(r / resistance, 1, 1e-12);
    }
}

TEST(Compartments, PiecesCoverTheSectionWithoutGaps) {
    const Section bent{3, -1, {{0, 0, 0, 1}, {10, 0, 0, 1}, {10, 25, 0, 1}, {10, 25, 7, 1}}};

    double x = 0, y = 0, z = 0, length = 0;
    for (const auto& c : discretise(bent.points, 3, 100)) {
        for (std::size_t i = 0; i < c.pieces.size(); i += 6) {
            const double* p = &c.pieces[i];
            EXPECT_NEAR(std::abs(p[0] - x) + std::abs(p[1] - y) + std::abs(p[2] - z), 0, 1e-12);
            x = p[3], y = p[4], z = p[5];
            length += std::hypot(p[3] - p[0], p[4] - p[1], p[5] - p[2]);
        }
    }
    EXPECT_NEAR(length, 42, 1e-12);
    EXPECT_NEAR(z, 7, 1e-12);
}

TEST(Compartments, TheirNumberIsOddAndFollowsTheLength) {
    EXPECT_EQ(compartments_of_section(39.9, 40), 1);
    EXPECT_EQ(compartments_of_section(40, 40), 3);
    EXPECT_EQ(compartments_of_section(125, 40), 7);
}

TEST(CableCell, ForksAreNodesWithoutMembraneAndParentsComeFirst) {
    const CableCell cell = build_cable(small_neuron(), {100, 40, {}});

    EXPECT_EQ(cell.num_nodes(), cell.num_compartments() + 1);
    for (int i = 1; i < cell.num_nodes(); ++i) EXPECT_LT(cell.parent[i], i);
    EXPECT_EQ(cell.compartment_at(1, 1.0), cell.compartment_at(1, 0.99));
    EXPECT_EQ(cell.compartment_at(1, 0.0), cell.first_compartment[1]);
}

TEST(Cable, SteadyStateOfASealedCableIsTheHyperbolicCosine) {
    // V(x) = I r_inf cosh((L - x)/lambda) / sinh(L/lambda); second order in the compartment length.
    const double length = 1000, d = 2, ra = 100, g = 1e-4, amp = 0.1;
    const double lambda = 1e4 * std::sqrt(d * 1e-4 / (4 * ra * g));
    const double r_inf = ra * lambda * 1e-4 / (pi * d * d * 1e-8 / 4) * 1e-6;  // MOhm
    double error[2];
    int i = 0;
    for (int nseg : {51, 153}) {
        Morphology m;
        m.sections = {cylinder(3, -1, 0, length, d)};
        const CableCell cable = build_cable(m, {ra, 40, {nseg}});
        auto engine =
            bare_engine(cable, 1e9, 6.3, 0);  // one step of implicit Euler over a very long time is the steady state
        engine->add(std::make_unique<Passive>(Range{0, cable.num_nodes()}, g, 0.0));
        engine->initialise();
        engine->electrode[0] = amp;
        engine->step();
        error[i] = 0;
        for (int k = 0; k < nseg; ++k) {
            const double x = (k + 0.5) * length / nseg;
            const double exact = amp * r_inf * std::cosh((length - x) / lambda) / std::sinh(length / lambda);
            if (k > 0) error[i] = std::max(error[i], std::abs(engine->nodes.v[k] / exact - 1));
        }
        ++i;
    }

    EXPECT_LT(error[1], 2e-5);
    EXPECT_NEAR(std::log(error[0] / error[1]) / std::log(3.0), 2, 0.25);
}

TEST(Cable, AnIsopotentialCellDecaysExponentiallyAndImplicitEulerIsFirstOrder) {
    Morphology m;
    m.sections = {cylinder(1, -1, 0, 20, 20)};
    const CableCell cable = build_cable(m, {100, 40, {}});
    double error[2];
    int i = 0;
    for (double dt : {0.1, 0.05}) {
        auto engine = bare_engine(cable, dt, 6.3, -40);
        engine->add(std::make_unique<Passive>(Range{0, 1}, 1e-4, -65.0));
        engine->initialise();
        while (engine->time() < 10 - 1e-9) engine->step();
        error[i++] = std::abs(engine->nodes.v[0] - (-65 + 25 * std::exp(-10.0 / 10)));  // tau = cm/g = 10 ms
    }

    EXPECT_LT(error[1], 0.03);
    EXPECT_NEAR(std::log2(error[0] / error[1]), 1, 0.05);
}

TEST(Cable, ChargeInjectedIsChargeStoredInASealedCell) {
    const CableCell cable = build_cable(small_neuron(), {100, 10, {}});
    auto engine = bare_engine(cable, 0.025, 6.3, -65);
    engine->initialise();
    engine->electrode[cable.soma_node()] = 0.05;
    for (int i = 0; i < 400; ++i) engine->step();

    double charge = 0;  // pC: uF/cm2 um2 mV = 1e-17 C
    for (int k = 0; k < cable.num_nodes(); ++k) charge += 1e-5 * cable.area[k] * (engine->nodes.v[k] + 65);
    EXPECT_NEAR(charge / (0.05 * 10), 1, 1e-12);
}

TEST(Cable, PassiveCableEqualsTheReferenceTrace) {
    const auto ref = reference("c01_passive_cable_so0.csv");
    NEED_REFERENCE(ref);
    Morphology m;
    m.sections = {cylinder(3, -1, 0, 1000, 2)};
    const CableCell cable = build_cable(m, {100, 40, {101}});
    auto engine = bare_engine(cable, 0.025, 6.3, -65);
    engine->add(std::make_unique<Passive>(Range{0, 101}, 1e-4, -65.0));
    engine->initialise();
    double worst = 0;
    for (std::size_t i = 1; i < ref.at("t").size(); ++i) {
        const double t = engine->time() + 0.0125;
        engine->electrode[0] = t >= 1 && t < 41 ? 0.1 : 0;
        engine->step();
        worst = std::max(
            {worst, std::abs(engine->nodes.v[0] - ref.at("v0")[i]), std::abs(engine->nodes.v[50] - ref.at("v50")[i])});
    }
    // NEURON differences currents numerically (1e-3 mV steps): round-off of about 1e-11 mV a step.
    EXPECT_LT(worst, 1e-9);
}

TEST(Cable, SegmentsOfABranchedMorphologyEqualTheReference) {
    const auto points = reference("c04_pt3d.csv"), ref = reference("c04_geometry_40um.csv");
    NEED_REFERENCE(ref);
    std::map<int, Section> sections;
    for (std::size_t i = 0; i < points.at("sec").size(); ++i) {
        auto& s = sections[static_cast<int>(points.at("sec")[i])];
        s.points.push_back({points.at("x")[i], points.at("y")[i], points.at("z")[i], points.at("d")[i]});
    }
    for (const auto& [id, section] : sections) {
        std::vector<std::size_t> rows;
        for (std::size_t r = 0; r < ref.at("sec").size(); ++r)
            if (static_cast<int>(ref.at("sec")[r]) == id) rows.push_back(r);
        EXPECT_EQ(compartments_of_section(section.length(), 40), static_cast<int>(rows.size()));
        const auto parts = discretise(section.points, static_cast<int>(rows.size()), 100);
        double previous = 0;
        for (std::size_t c = 0; c < parts.size(); ++c) {
            // Points are single precision in NEURON, so is the arc length.
            EXPECT_NEAR(parts[c].area / ref.at("area_um2")[rows[c]], 1, 1e-6);
            EXPECT_NEAR((previous + parts[c].ri_left) / ref.at("ri_MOhm")[rows[c]], 1, 1e-6);
            EXPECT_NEAR(parts[c].diameter / ref.at("diam_um")[rows[c]], 1, 1e-6);
            previous = parts[c].ri_right;
        }
    }
}

}  // namespace ngv::neuron
