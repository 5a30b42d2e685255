// Molecules that spread, against analytic solutions: cases D1, D2, D3, D5 and V10 of the STEPS validation suite, in its
// tolerances, |2 (a - b) / (a + b)| <= tol, on meshes of the same shapes and sizes made by Gmsh.
//
// Briefly by default; NGV_LONG takes the suite's meshes and numbers of runs. Seeds are fixed.
#include <cstdlib>
#include <map>

#include "solvers/rd/bench/shapes.hpp"
#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm self = MPI_COMM_SELF;

bool is_long() {
    return std::getenv("NGV_LONG") != nullptr;
}

RegionMap everywhere(const LocalMesh& mesh) {
    return {std::vector<std::int16_t>(mesh.ids.size(), 0), {}, {}};
}

Model one_diffusing(double um2_per_s, double step_ms, std::uint64_t seed) {
    return stochastic(fmt::format(
        "step: {} ns\nseed: {}\ncompartments: {{all: {{}}}}\nspecies: {{A: {{diffusion: {} um2/s, in: [all]}}}}\n",
        std::llround(1e6 * step_ms), seed, um2_per_s));
}

// Concentrations (molecules per um3) in bins of some coordinate, averaged over runs.
class Bins {
  public:
    Bins(const LocalMesh& mesh, int n, double low, double high, const std::function<double(const Point&)>& coordinate)
        : volume_(n, 0.0), middle_(n, 0.0) {
        for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
            const double x = coordinate(mesh.centroid(i));
            const int b = x < low || x >= high ? -1 : static_cast<int>((x - low) / (high - low) * n);
            bin_.push_back(b);
            if (b < 0) continue;
            volume_[b] += mesh.volumes[i];
            middle_[b] += x * mesh.volumes[i];
        }
    }
    void add(double time, const StochasticEngine& engine, int species) {
        auto& sums = sums_[std::llround(1e6 * time)];
        sums.resize(volume_.size(), 0.0);
        for (std::size_t i = 0; i < bin_.size(); ++i)
            if (bin_[i] >= 0) sums[bin_[i]] += static_cast<double>(engine.count(static_cast<std::int32_t>(i), species));
    }
    /// `exact(x, t)` of the mean place of each bin.
    void expect(int runs, double tol, const std::function<double(double, double)>& exact) const {
        double worst = 0.0;
        for (const auto& [key, sums] : sums_)
            for (std::size_t b = 0; b < sums.size(); ++b) {
                if (volume_[b] == 0.0) continue;
                const double c = sums[b] / runs / volume_[b], x = middle_[b] / volume_[b],
                             t = 1e-6 * static_cast<double>(key);
                worst = std::max(worst, relative(c, exact(x, t)));
                EXPECT_LT(relative(c, exact(x, t)), tol)
                    << "x " << x << ", t " << t << ": " << c << " for " << exact(x, t);
            }
        testing::Test::RecordProperty("worst", fmt::format("{:.4f}", worst));
        fmt::print("    worst {:.2f} % of {:.1f} %\n", 100 * worst, 100 * tol);
    }

  private:
    std::vector<int> bin_;
    std::vector<double> volume_, middle_;
    std::map<std::int64_t, std::vector<double>> sums_;
};

std::int32_t containing_centre(const LocalMesh& mesh) {
    std::int32_t best = 0;
    for (std::int32_t i = 1; i < mesh.num_owned; ++i)
        if (norm(mesh.centroid(i)) < norm(mesh.centroid(best))) best = i;
    return best;
}

TEST(Spreading, D1FromAPoint) {
    const LocalMesh mesh =
        distribute(self, [] { return is_long() ? gmsh_sphere(10, 0.2, 1.05) : gmsh_sphere(10, 0.4, 1.5); });
    const int runs = is_long() ? 10 : 2;
    const double d = 20.0;  // um2/s
    Bins bins(mesh, is_long() ? 20 : 8, 2, 6, [](const Point& p) { return norm(p); });
    std::int64_t sub_steps = 0;
    for (int run = 0; run < runs; ++run) {
        StochasticEngine engine(self, mesh, one_diffusing(d, 1.0, run + 1), everywhere(mesh));
        engine.set_count(containing_centre(mesh), 0, 100'000);
        double now = 0.0;
        for (const double t : {0.1, 0.15, 0.2}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins.add(t, engine, 0);
        }
        EXPECT_EQ(engine.total(0), 100'000);
        sub_steps = engine.statistics().sub_steps;
    }
    fmt::print("    {} tetrahedra, {} sub-steps of the smallest a step\n", mesh.num_global, sub_steps);

    bins.expect(runs, is_long() ? 0.05 : 0.15, [&](double r, double t) {
        return 1e5 / std::pow(4 * std::numbers::pi * d * t, 1.5) * std::exp(-r * r / (4 * d * t));
    });
}

TEST(Spreading, D2InABoundedTube) {
    const LocalMesh mesh = distribute(self, [] { return gmsh_cylinder(1, 10, 0.553); });
    const int runs = is_long() ? 10 : 4;
    const double d = 200.0, length = 10.0;
    double volume = 0.0;
    std::vector<std::int32_t> at_end;
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        volume += mesh.volumes[i];
        int touching = 0;
        for (int k = 0; k < 4; ++k) touching += mesh.corner(i, k)[2] < 1e-9;
        if (touching == 3) at_end.push_back(i);
    }
    Bins bins(mesh, 5, 2, 8, [](const Point& p) { return p[2]; });
    std::int64_t released = 0;
    for (int run = 0; run < runs; ++run) {
        StochasticEngine engine(self, mesh, one_diffusing(d, 0.5, run + 1), everywhere(mesh));
        for (const auto i : at_end) engine.set_count(i, 0, 10'000 / static_cast<std::int64_t>(at_end.size()));
        released = engine.total(0);
        double now = 0.0;
        for (const double t : {0.06, 0.08, 0.10}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins.add(t, engine, 0);
        }
    }
    fmt::print("    {} tetrahedra\n", mesh.num_global);

    bins.expect(runs, is_long() ? 0.05 : 0.08, [&](double x, double t) {
        double sum = 1.0;
        for (int n = 1; n < 60; ++n) {
            const double k = n * std::numbers::pi / length;
            sum += 2 * std::exp(-d * k * k * t) * std::cos(k * x);
        }
        return static_cast<double>(released) / volume * sum;
    });
}

TEST(Spreading, D3FromAClampedEnd) {
    const LocalMesh mesh = distribute(self, [] { return gmsh_cylinder(0.2, 10, is_long() ? 0.0844 : 0.18); });
    const int runs = is_long() ? 10 : 2;
    const double d = 100.0, c0 = 0.05 * molecules_per_mM_um3;
    Bins bins(mesh, is_long() ? 10 : 4, 1, 4, [](const Point& p) { return p[2]; });
    for (int run = 0; run < runs; ++run) {
        StochasticEngine engine(self, mesh, one_diffusing(d, 0.5, run + 1), everywhere(mesh));
        for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
            int touching = 0;
            for (int k = 0; k < 4; ++k) touching += mesh.corner(i, k)[2] < 1e-9;
            if (touching < 3) continue;
            engine.set_count(i, 0, std::llround(c0 * mesh.volumes[i]));
            engine.clamp(i, 0);
        }
        double now = 0.0;
        for (const double t : {0.03, 0.04}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins.add(t, engine, 0);
        }
    }
    fmt::print("    {} tetrahedra\n", mesh.num_global);

    bins.expect(runs, is_long() ? 0.05 : 0.12,
                [&](double x, double t) { return c0 * std::erfc(x / std::sqrt(4 * d * t)); });
}

TEST(Spreading, D5SeparatedReactantsThatAnnihilate) {
    TetMesh brick = meshed("brick", 1.46, [] {
        const int left = gmsh::model::occ::addBox(-20, -2, -2, 20, 4, 4),
                  right = gmsh::model::occ::addBox(0, -2, -2, 20, 4, 4);
        std::vector<std::pair<int, int>> out;
        std::vector<std::vector<std::pair<int, int>>> map;
        gmsh::model::occ::fragment({{3, left}}, {{3, right}}, out, map);
        gmsh::model::occ::synchronize();
    });
    std::vector<std::int64_t> sides[2];
    for (std::int64_t i = 0; i < brick.num_tetrahedra(); ++i) {
        double x = 0.0;
        for (int k = 0; k < 4; ++k) x += brick.points[3 * brick.corners[4 * i + k]];
        sides[x > 0].push_back(i);
    }
    brick.groups = {{"left", 3, sides[0]}, {"right", 3, sides[1]}};
    const LocalMesh mesh = distribute(self, [&] { return brick; });
    const int runs = is_long() ? 50 : 12;
    const double d = 400.0, length = 20.0;
    Bins a(mesh, 10, -20, -5, [](const Point&p) { return p[0]; }),
        b(mesh, 10, 5, 20, [](const Point&p) { return p[0]; });
    for (int run = 0; run < runs; ++run) {
        const Model model = stochastic(fmt::format(R"(
step: 0.5 ms
seed: {}
compartments: {{left: {{}}, right: {{}}}}
diffusion_boundaries: {{middle: {{between: [left, right], species: [A, B]}}}}
species: {{A: {{diffusion: 400 um2/s}}, B: {{diffusion: 400 um2/s}}}}
reactions:
  left: [A + B -> 0 : 1e11 1/(M s)]
  right: [A + B -> 0 : 1e11 1/(M s)]
contents: {{left: {{A: 1000}}, right: {{B: 1000}}}}
)",
                                                   run + 1));
        StochasticEngine engine(self, mesh, model, regions_of(mesh, model, self));
        double now = 0.0;
        for (const double t : {0.1, 0.2}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            a.add(t, engine, 0);
            b.add(t, engine, 1);
        }
        EXPECT_EQ(engine.total(0), engine.total(1));
    }
    fmt::print("    {} tetrahedra\n", mesh.num_global);

    const auto exact = [&](double x, double t) {
        double sum = 0.0;
        for (int n = 0; n < 60; ++n) {
            const double k = (2 * n + 1) * std::numbers::pi / (2 * length);
            sum += 1.0 / (2 * n + 1) * std::exp(-d * k * k * t) * std::sin(k * std::abs(x));
        }
        return 4 / std::numbers::pi * 1000 / (length * 16) * sum;
    };
    // In 12 runs a bin has 600 molecules: 4 %.
    a.expect(runs, is_long() ? 0.075 : 0.17, exact);
    b.expect(runs, is_long() ? 0.075 : 0.17, exact);
}

TEST(Spreading, V10MasterEquationWithDiffusion) {
    const LocalMesh mesh = distribute(self, [] { return box_mesh(1, 1, 1, 2, 2, 3, 0.2); });
    const Model model = stochastic(R"(
step: 2 ms
compartments: {cube: {}}
species: {A: {diffusion: 20 um2/s}, B: {diffusion: 20 um2/s}}
reactions:
  cube:
  - A + B -> B : 100e6 1/(M s)
  - 0 -> A : 20e-10 M/s
contents: {cube: {B: 1}}
)");
    StochasticEngine engine(self, mesh, model, everywhere(mesh));
    const double duration = is_long() ? 50'000 : 1'000;
    std::map<std::int64_t, double> found;
    engine.advance(0, seconds(20));
    for (double t = 20; t < 20 + duration; t += 0.1) {
        engine.advance(seconds(t), seconds(t + 0.1));
        ++found[engine.total(0)];
    }
    fmt::print("    {} tetrahedra, {} sub-steps a step\n", mesh.num_global, engine.statistics().sub_steps);
    EXPECT_EQ(engine.total(1), 1);

    // k2' v^2 / k1' with v in litres.
    const double v = 1e-15, mean = 20e-10 * avogadro * v * v / (100e6 / avogadro);
    double worst = 0.0;
    for (int m = 5; m <= 10; ++m) {
        const double p = std::exp(-mean + m * std::log(mean) - std::lgamma(m + 1.0)), q = found[m] / (10 * duration);
        worst = std::max(worst, relative(p, q));
        // A's number forgets itself in 6 s: 50,000 s are 4000 independent looks, p 0.11 to 0.16: 4 %, 1000 s: 28 %
        EXPECT_LT(relative(p, q), is_long() ? 0.075 : 1.2) << m;
    }
    fmt::print("    mean {:.2f}, worst {:.2f} %\n", mean, 100 * worst);
}

}  // namespace
}  // namespace rd_test
