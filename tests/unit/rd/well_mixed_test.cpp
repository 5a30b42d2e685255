// Reactions in well-stirred vessels against their analytic solutions: cases V1 to V11 of the STEPS validation suite, each
// vessel a tetrahedron of its own, in the tolerances of that suite: |2 (a - b) / (a + b)| <= tol.
//
// NGV_LONG takes the numbers of runs of the suite, otherwise as many as fit into seconds. Seeds are fixed; every case says
// how many standard deviations its tolerance is, from which its failure probability follows for another seed
// (4 deviations: 6e-5 a comparison).
#include <cstdlib>
#include <map>

#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm self = MPI_COMM_SELF;

bool is_long() {
    return std::getenv("NGV_LONG") != nullptr;
}
int runs(int brief, int full) {
    return is_long() ? full : brief;
}

/// `n` vessels with the same model.
struct Vessels {
    LocalMesh mesh;
    StochasticEngine engine;
    Vessels(int n, double volume_um3, const std::string& species, const std::string& reactions, double step_s = 0.1)
        : mesh(vessels(self, n, volume_um3)),
          engine(self, mesh, model(species, reactions, step_s), RegionMap{whole(), {}, {}}) {}

    static Model model(const std::string& species, const std::string& reactions, double step_s) {
        std::string text = fmt::format("step: {} us\ncompartments: {{vessel: {{}}}}\nspecies:\n", 1e6 * step_s);
        for (const char s : species) text += fmt::format("  {}: {{diffusion: 0 um2/s, in: [vessel]}}\n", s);
        return stochastic(text + "reactions:\n  vessel:\n" + reactions);
    }
    std::vector<std::int16_t> whole() const { return std::vector<std::int16_t>(mesh.ids.size(), 0); }

    double mean(int species) const { return moments(engine, species).mean; }
    /// Calls `check` at 0.1, 0.2 ... 1 s.
    void sample(const std::function<void(double)>& check) {
        for (int k = 0; k < 10; ++k) {
            engine.advance(k * seconds(0.1), (k + 1) * seconds(0.1));
            check(0.1 * (k + 1));
        }
    }
};

constexpr double volume = 9.0;  // um3, in the suite 9e-18 m3
const double per_uM = 1e-3 * molecules_per_mM_um3 * volume;

TEST(WellMixed, V1FirstOrderIrreversible) {
    Vessels v(100'000, volume, "A", "  - A -> 0 : 5 1/s\n");
    set_all(v.engine, 0, 50);

    v.sample([&](double t) {
        const double p = std::exp(-5.0 * t);
        const auto m = moments(v.engine, 0);
        EXPECT_LT(relative(m.mean, 50 * p), 0.02) << t;  // at 1 s: 3.6 deviations, before: more
        EXPECT_LT(relative(m.deviation, std::sqrt(50 * p * (1 - p))), 0.02) << t;  // 5
    });
}

TEST(WellMixed, V2FirstOrderReversible) {
    Vessels v(12, volume, "AB", "  - A <-> B : 10 1/s, 2 1/s\n");
    set_all(v.engine, 0, 100'000);

    v.sample([&](double t) {
        if (t < 0.65) return;
        const double a = 1e5 * (0.2 / 1.2) * (1 + 5 * std::exp(-12 * t));
        EXPECT_LT(relative(v.mean(0), a), 0.01) << t;  // 118 molecules' deviation in a run: 5 deviations
        EXPECT_LT(relative(v.mean(1), 1e5 - a), 0.01) << t;
    });
}

TEST(WellMixed, V3SecondOrderOfOneSpecies) {
    Vessels v(runs(120, 1000), volume, "AC", "  - 2 A -> C : 10e6 1/(M s)\n");
    const double a0 = std::round(10.0 * per_uM);
    set_all(v.engine, 0, std::llround(a0));

    v.sample([&](double t) {
        const double exact = 1.0 / (1.0 / a0 + 2.0 * 10.0 / per_uM * t);
        EXPECT_LT(relative(v.mean(0), exact), 0.01) << t;  // deviation of the mean below 0.15 %
    });
}

TEST(WellMixed, V4SecondOrderOfEqualAmounts) {
    Vessels v(runs(240, 1000), volume, "ABC", "  - A + B -> C : 50e6 1/(M s)\n");
    const double a0 = std::round(20.0 * per_uM);
    set_all(v.engine, 0, std::llround(a0));
    set_all(v.engine, 1, std::llround(a0));

    v.sample([&](double t) {
        // At 1 s 108 molecules are left, 7 % in a run: 4 deviations either way.
        EXPECT_LT(relative(v.mean(0), 1.0 / (1.0 / a0 + 50.0 / per_uM * t)), is_long() ? 0.01 : 0.02) << t;
    });
}

TEST(WellMixed, V5SecondOrderOfUnequalAmounts) {
    Vessels v(runs(300, 1000), volume, "ABC", "  - A + B -> C : 5e6 1/(M s)\n");
    const double a0 = std::round(1.0 * per_uM), b0 = std::round(0.5 * per_uM), k = 5.0 / per_uM;
    set_all(v.engine, 0, std::llround(a0));
    set_all(v.engine, 1, std::llround(b0));

    v.sample([&](double t) {
        const double ratio = b0 / a0 * std::exp(-(a0 - b0) * k * t), a = (a0 - b0) / (1 - ratio);
        EXPECT_LT(relative(v.mean(0), a), 0.01) << t;
        EXPECT_LT(relative(v.mean(1), a * ratio), 0.01) << t;  // at 1 s 220 molecules: 3 % in a run, 5 deviations
    });
}

TEST(WellMixed, V6ThirdOrderOfOneSpecies) {
    Vessels v(runs(18, 1000), volume, "AC", "  - 3 A -> C : 1e12 1/(M2 s)\n");
    const double a0 = std::round(100.0 * per_uM);
    set_all(v.engine, 0, std::llround(a0));

    v.sample([&](double t) {
        const double exact = 1.0 / std::sqrt(1.0 / (a0 * a0) + 6.0 * 1.0 / (per_uM * per_uM) * t);
        EXPECT_LT(relative(v.mean(0), exact), 0.01) << t;  // per run 0.5 % at 1 s: 8 deviations
    });
}

TEST(WellMixed, V7ThirdOrderOfTwoSpecies) {
    Vessels v(runs(60, 1000), volume, "ABC", "  - 2 A + B -> C : 0.1e12 1/(M2 s)\n");
    const double a0 = std::round(30.0 * per_uM), b0 = std::round(20.0 * per_uM), k = 0.1 / (per_uM * per_uM);
    set_all(v.engine, 0, std::llround(a0));
    set_all(v.engine, 1, std::llround(b0));

    v.sample([&](double t) {
        // The solution gives the time at which the mean numbers are reached; that is judged, as the suite does.
        const double a = v.mean(0), b = v.mean(1);
        const double kt =
            -1.0 / (a0 - 2 * b0) * (-1.0 / (2 * b0 - a0) * std::log((b / a) / (b0 / a0)) + 1.0 / a - 1.0 / a0);
        EXPECT_LT(relative(kt, k * t), 0.01) << t;
    });
}

TEST(WellMixed, V8SecondOrderOnASurface) {
    // Each vessel has a face of its own: four vessels' faces are at the box' side.
    TetMesh whole = box_mesh(6, 6, 6.0 * runs(200, 1000), 1, 1, runs(200, 1000), 0.0);
    const auto neighbours = face_neighbours(whole);
    std::vector<std::int64_t> faces, all;
    for (std::int64_t i = 0; i < whole.num_tetrahedra(); ++i) {
        all.push_back(i);
        for (int k = 0; k < 4; ++k)
            if (neighbours[4 * i + k] < 0) {
                faces.push_back(4 * i + k);
                break;
            }
    }
    add_surface(whole, "wall", faces);
    const LocalMesh mesh = distribute(self, [&] { return whole; });
    const double area = 18.0;  // um2, half of a cube's side; the suite has 10 um2, so k is 1.8 times its 10e10
    const Model model = stochastic(R"(
step: 100 ms
compartments: {vessel: {}}
patches: {wall: {inside: vessel}}
species: {A: {diffusion: 0 um2/s}, B: {diffusion: 0 um2/s}, C: {diffusion: 0 um2/s}}
reactions: {wall: [A + B -> C : 18e10 m2/(mol s)]}
)");
    StochasticEngine engine(self, mesh, model, regions_of(mesh, model, self));
    const auto n = static_cast<std::int32_t>(engine.elements().triangles.size());
    ASSERT_GE(n, runs(200, 1000));
    for (std::int32_t t = 0; t < n; ++t) {
        ASSERT_NEAR(engine.elements().triangles[t].area, area, 1e-9);
        engine.set_surface_count(t, 0, 100);
        engine.set_surface_count(t, 1, 50);
    }
    for (int step = 1; step <= 10; ++step) {
        engine.advance((step - 1) * seconds(0.1), step * seconds(0.1));
        double a = 0.0, b = 0.0;
        for (std::int32_t t = 0; t < n; ++t) {
            a += static_cast<double>(engine.surface_count(t, 0)) / n;
            b += static_cast<double>(engine.surface_count(t, 1)) / n;
        }
        const double k = 18e10 / (avogadro * area * 1e-12), t = 0.1 * step;
        const double ratio = 0.5 * std::exp(-50 * k * t), exact = 50.0 / (1 - ratio);
        // The mean of a bimolecular reaction of 50 molecules lies about 0.3 % off its deterministic limit.
        EXPECT_LT(relative(a, exact), 0.02) << t;
        EXPECT_LT(relative(b, exact * ratio), 0.02) << t;
    }
}

// Stationary distribution of 0 <-> A: Poisson. `sample` is called for vessels and times.
void expect_poisson(const std::map<std::int64_t, double>& found, double total, double mean, int low, int high,
                    double tol) {
    for (int m = low; m <= high; ++m) {
        const double p = std::exp(-mean + m * std::log(mean) - std::lgamma(m + 1.0));
        EXPECT_LT(relative(found.count(m) ? found.at(m) / total : 0.0, p), tol) << m;
    }
}

TEST(WellMixed, V9ProductionAndDegradation) {
    // 2000 vessels for 100 s have seen as much as one for the suite's 2e5 s.
    Vessels v(2000, 1.0, "A", fmt::format("  - 0 <-> A : {:.17g} M/s, 10 1/s\n", 100.0 / (avogadro * 1e-15)));
    std::map<std::int64_t, double> found;
    double total = 0.0;
    v.engine.advance(0, seconds(2));
    const int samples = runs(200, 1000);
    for (int k = 0; k < samples; ++k) {
        v.engine.advance(seconds(2 + 0.1 * k), seconds(2 + 0.1 * (k + 1)));
        for (std::int32_t i = 0; i < v.mesh.num_owned; ++i) ++found[v.engine.count(i, 0)], ++total;
    }

    // With 4e5 samples, half of them independent, 5 and 15 (p 0.036) deviate by 1.1 %; the long run by 0.5 %.
    expect_poisson(found, total, 10.0, 5, 15, is_long() ? 0.015 : 0.05);
}

TEST(WellMixed, V11ZeroOrderAloneStarts) {
    Vessels v(6, 1.0, "A", "  - 0 -> A : 1e-3 M/s\n");

    v.engine.advance(0, seconds(1));

    EXPECT_NEAR(v.mean(0), 602214, 5 * std::sqrt(602214 / 6.0));  // five deviations
}

TEST(WellMixed, LeapsKeepMeanAndDeviationWithinTheirError) {
    const auto run = [](double leap) {
        const Model model = [&] {
            Model m = Vessels::model("AB", "  - A <-> B : 10 1/s, 2 1/s\n  - 2 A -> B : 1e4 1/(M s)\n", 0.05);
            m.leap_error = leap;
            return m;
        }();
        const LocalMesh mesh = vessels(self, 90, volume);
        StochasticEngine engine(self, mesh, model, RegionMap{std::vector<std::int16_t>(mesh.ids.size(), 0), {}, {}});
        set_all(engine, 0, 100'000);
        engine.advance(0, seconds(0.2));
        EXPECT_EQ(leap > 0.0, engine.statistics().leaps > 0);
        return moments(engine, 0);
    };
    const auto exact = run(0.0), leaping = run(0.03);

    EXPECT_LT(relative(exact.mean, leaping.mean), 0.03);
    EXPECT_LT(relative(exact.deviation, leaping.deviation), 0.4);  // of 90 runs each: 10 % deviation of the ratio
}

// What `leap_error` states, leap by leap: propensities change by at most that part of themselves, in the mean and as a
// deviation (Cao, Gillespie & Petzold 2006, eq. 33), for reactants of any order.
TEST(WellMixed, ALeapChangesNoPropensityByMoreThanItsError) {
    const Model model = Vessels::model("ABC",
                                       "  - A + B <-> C : 1e6 1/(M s), 1 1/s\n"
                                       "  - 2 A -> B : 2e6 1/(M s)\n"
                                       "  - 3 B -> C : 1e12 1/(M2 s)\n",
                                       0.1);
    const LocalMesh mesh = vessels(self, 3000, volume);
    const RegionMap regions{std::vector<std::int16_t>(mesh.ids.size(), 0), {}, {}};
    const Elements elements(mesh, model, regions);
    const LawBook laws(model);
    Populations populations(3, laws, elements);
    const Drives drives(model, elements);
    const HeldNumbers held;
    Tally tally{std::vector<std::int64_t>(laws.extents.size(), 0), {}, 0, 0};
    Vessel vessel(elements, populations, drives, held, tally);
    vessel.set_laws(laws);
    std::vector<Move> moves;
    for (const double error : {0.03, 0.1}) {
        std::vector<double> mean(4, 0.0), square(4, 0.0);
        const int n = elements.num_owned;
        for (std::int32_t e = 0; e < n; ++e) {
            populations.volume[0][e] = 5000;
            populations.volume[1][e] = 3000;
            populations.volume[2][e] = 8000;
            vessel.open(e);
            const auto before = vessel.propensities();
            Draws draws({1, 2}, elements.id[e], 0, 0);
            ASSERT_GT(vessel.leap(1e9, error, draws, moves), 0.0);
            for (std::size_t k = 0; k < 4; ++k) {
                const double change = vessel.propensities()[k] / before[k] - 1.0;
                mean[k] += change / n;
                square[k] += change * change / n;
            }
        }
        double largest = 0.0;
        for (std::size_t k = 0; k < 4; ++k) {
            const double deviation = std::sqrt(square[k] - mean[k] * mean[k]);
            // The second order of the change, 3 (error / 4)^2 of 3 B, and five deviations of the mean.
            const double slack = 0.2 * error * error + 5.0 * deviation / std::sqrt(n);
            EXPECT_LT(std::abs(mean[k]), error + slack) << k;
            EXPECT_LT(deviation, error * 1.05) << k;
            largest = std::max(largest, std::abs(mean[k]) + deviation);
        }
        EXPECT_GT(largest, 0.3 * error) << "leaps shorter than they need be";
    }
}

// And over a run: a nonlinear decay that leaps take too fast is off by less than their error, in proportion to it.
TEST(WellMixed, TheErrorOfARunIsBelowThatOfItsLeaps) {
    const auto run = [](double leap) {
        Model model = Vessels::model("AB", "  - 2 A -> B : 1e4 1/(M s)\n", 1.0);
        model.leap_error = leap;
        const LocalMesh mesh = vessels(self, 12, volume);
        StochasticEngine engine(self, mesh, model, RegionMap{std::vector<std::int16_t>(mesh.ids.size(), 0), {}, {}});
        set_all(engine, 0, 100'000'000);
        engine.advance(0, seconds(1));
        EXPECT_GT(engine.statistics().leaps, 12);
        return moments(engine, 0).mean;
    };
    const double exact = 1.0 / (1e-8 + 2.0 * 1e4 / (1e6 * per_uM));  // of 1e8: deviations below 1e-4
    double previous = 1.0;
    for (const double error : {0.2, 0.06, 0.02}) {
        const double off = std::abs(run(error) / exact - 1.0);
        EXPECT_LT(off, error) << error;
        EXPECT_LT(off, 0.5 * previous) << error;
        previous = off;
    }
}

TEST(WellMixed, MichaelisMentenAndClearanceFollowTheirEquations) {
    // Many molecules, so that the mean is the equation's: dc/dt = -k (c - rest) - Vmax c / (Km + c).
    Model model = Vessels::model("A", "  - 0 -> A : 0 M/s\n", 0.01);
    model.reactions.clear();
    model.species[0].clearance_rate = 0.002;
    model.species[0].rest = 0.5;
    model.species[0].uptake_max = 0.006;
    model.species[0].uptake_half = 0.02;
    const LocalMesh mesh = vessels(self, 6, 0.1 * volume);
    StochasticEngine engine(self, mesh, model, RegionMap{std::vector<std::int16_t>(mesh.ids.size(), 0), {}, {}});
    set_all(engine, 0, std::llround(100 * per_uM));
    engine.advance(0, seconds(0.1));

    double c = 1.0;
    for (int i = 0; i < 100'000; ++i) c += 1e-3 * (-0.002 * (c - 0.5) - 0.006 * c / (0.02 + c));
    EXPECT_NEAR(moments(engine, 0).mean / (100 * per_uM), c, 3e-3);  // five deviations
}

}  // namespace
}  // namespace rd_test
