// Molecules that spread, against analytic solutions: cases D1, D2, D3, D5, D6, D7 and V10 of the STEPS validation suite, in its
// tolerances, |2 (a - b) / (a + b)| <= tol, on meshes of the same shapes and sizes made by Gmsh.
//
// Briefly by default; NGV_LONG takes the suite's meshes and numbers of runs. Seeds are fixed.
#include <cstdlib>
#include <map>

#include "solvers/rd/bench/models.hpp"
#include "solvers/rd/bench/shapes.hpp"
#include "solvers/rd/stochastic/draws.hpp"
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

void print(const LocalMesh& mesh, const StochasticEngine& engine) {
    const auto& s = engine.spreading();
    fmt::print("    {} tetrahedra, {} sub-steps a step, D_eff {:.3f} before, {:.3f}\n", mesh.num_global,
               engine.statistics().sub_steps, fmt::join(s.before, " "), fmt::join(s.after, " "));
}

// Concentrations (molecules per um3) in bins of some coordinate, averaged over runs.
class Bins {
  public:
    Bins(const LocalMesh& mesh, int n, double low, double high, const std::function<double(const Point&)>& coordinate)
        : volume_(n, 0.0), middle_(n, 0.0) {
        for (std::int32_t i = 0; i < mesh.num_owned; ++i) put(mesh.volumes[i], coordinate(mesh.centroid(i)), low, high);
    }
    /// Of triangles, at their centroids; per um2.
    Bins(const LocalMesh& mesh, const Elements& elements, int n, double low, double high,
         const std::function<double(const Point&)>& coordinate)
        : volume_(n, 0.0), middle_(n, 0.0) {
        for (const auto& t : elements.triangles) put(t.area, coordinate(centre_of(mesh, t)), low, high);
    }
    static Point centre_of(const LocalMesh& mesh, const Elements::Triangle& t) {
        Point sum{};
        for (int k = 0; k < 4; ++k)
            if (k != t.face) sum = sum + mesh.corner(t.mesh_inside, k);
        return (1.0 / 3.0) * sum;
    }
    void add_surface(double time, const StochasticEngine& engine, int species) {
        auto& sums = sums_[std::llround(1e6 * time)];
        sums.resize(volume_.size(), 0.0);
        for (std::size_t i = 0; i < bin_.size(); ++i)
            if (bin_[i] >= 0)
                sums[bin_[i]] += static_cast<double>(engine.surface_count(static_cast<std::int32_t>(i), species));
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
    void put(double size, double x, double low, double high) {
        const auto n = static_cast<double>(volume_.size());
        const int b = x < low || x >= high ? -1 : static_cast<int>((x - low) / (high - low) * n);
        bin_.push_back(b);
        if (b < 0) return;
        volume_[b] += size;
        middle_[b] += x * size;
    }

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
    for (int run = 0; run < runs; ++run) {
        StochasticEngine engine(self, mesh, one_diffusing(d, 1.0, run + 1), everywhere(mesh));
        if (run == 0) print(mesh, engine);
        engine.set_count(containing_centre(mesh), 0, 100'000);
        double now = 0.0;
        for (const double t : {0.1, 0.15, 0.2}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins.add(t, engine, 0);
        }
        EXPECT_EQ(engine.total(0), 100'000);
    }

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
        if (run == 0) print(mesh, engine);
        for (const auto i : at_end) engine.set_count(i, 0, 10'000 / static_cast<std::int64_t>(at_end.size()));
        released = engine.total(0);
        double now = 0.0;
        for (const double t : {0.06, 0.08, 0.10}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins.add(t, engine, 0);
        }
    }

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
    const int runs = is_long() ? 20 : 2;  // twice the suite's: 0.9 % deviation in a bin
    const double d = 100.0, c0 = 0.05 * molecules_per_mM_um3;
    Bins bins(mesh, is_long() ? 10 : 4, 1, 4, [](const Point& p) { return p[2]; });
    double held[2] = {0.0, 0.0};  // where: the mean depth of the centroids
    for (int run = 0; run < runs; ++run) {
        StochasticEngine engine(self, mesh, one_diffusing(d, 0.5, run + 1), everywhere(mesh));
        if (run == 0) print(mesh, engine);
        for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
            int touching = 0;
            for (int k = 0; k < 4; ++k) touching += mesh.corner(i, k)[2] < 1e-9;
            if (touching < 3) continue;
            // Whole molecules of the right mean: 3 to an element.
            Draws draws(key_of(run + 1, 99), CounterId(mesh.ids[i]), 0, 0);
            engine.set_count(i, 0, rounded(c0 * mesh.volumes[i], draws));
            engine.clamp(i, 0);
            held[0] += 1.0;
            held[1] += mesh.centroid(i)[2];
        }
        double now = 0.0;
        for (const double t : {0.03, 0.04}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins.add(t, engine, 0);
        }
    }

    bins.expect(runs, is_long() ? 0.05 : 0.12,
                [&](double x, double t) { return c0 * std::erfc((x - held[1] / held[0]) / std::sqrt(4 * d * t)); });
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
        if (run == 0) print(mesh, engine);
        double now = 0.0;
        for (const double t : {0.1, 0.2}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            a.add(t, engine, 0);
            b.add(t, engine, 1);
        }
        EXPECT_EQ(engine.total(0), engine.total(1));
    }

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

// The faces of the mesh's surface that `on` says yes to, by their centre and outward normal.
TetMesh with_patch(TetMesh mesh, const std::function<bool(const Point&, const Point&)>& on) {
    const auto neighbours = face_neighbours(mesh);
    std::vector<std::int64_t> faces;
    for (std::int64_t f = 0; f < static_cast<std::int64_t>(neighbours.size()); ++f) {
        if (neighbours[f] >= 0) continue;
        Point corners[4], sum{};
        for (int k = 0; k < 4; ++k)
            for (int d = 0; d < 3; ++d) corners[k][d] = mesh.points[3 * mesh.corners[4 * (f / 4) + k] + d];
        std::vector<Point> face;
        for (int k = 0; k < 4; ++k)
            if (k != f % 4) face.push_back(corners[k]), sum = sum + corners[k];
        Point normal = area_normal(face[0], face[1], face[2]);
        if (dot(normal, face[0] - corners[f % 4]) < 0) normal = -1.0 * normal;
        if (on((1.0 / 3.0) * sum, (1.0 / norm(normal)) * normal)) faces.push_back(f);
    }
    add_surface(mesh, "patch", faces);
    return mesh;
}

Model one_on_a_surface(double um2_per_s, double step_ms, std::uint64_t seed) {
    return stochastic(
        fmt::format("step: {} ns\nseed: {}\ncompartments: {{all: {{}}}}\npatches: {{patch: {{inside: all}}}}\n"
                    "species: {{A: {{diffusion: 0 um2/s, surface_diffusion: {} um2/s, in: [patch]}}}}\n",
                    std::llround(1e6 * step_ms), seed, um2_per_s));
}

TEST(Spreading, D6FromAPointOnASurface) {
    const LocalMesh mesh = distribute(self, [] {
        return with_patch(gmsh_cylinder(10, 1, is_long() ? 0.47 : 0.9),
                          [](const Point&, const Point& n) { return n[2] > 0.9; });
    });
    const int runs = is_long() ? 100 : 10;
    const double d = 20.0;
    std::unique_ptr<Bins> bins;
    for (int run = 0; run < runs; ++run) {
        const Model model = one_on_a_surface(d, 5.0, run + 1);
        StochasticEngine engine(self, mesh, model, regions_of(mesh, model, self));
        const auto& triangles = engine.elements().triangles;
        std::int32_t centre = 0;
        for (std::int32_t t = 1; t < static_cast<std::int32_t>(triangles.size()); ++t)
            if (norm(Bins::centre_of(mesh, triangles[t]) - Point{0, 0, 1}) <
                norm(Bins::centre_of(mesh, triangles[centre]) - Point{0, 0, 1}))
                centre = t;
        const Point origin = Bins::centre_of(mesh, triangles[centre]);
        if (!bins)
            bins = std::make_unique<Bins>(mesh, engine.elements(), is_long() ? 20 : 6, 2, 5,
                                          [&](const Point& p) { return norm(p - origin); });
        engine.set_surface_count(centre, 0, 1000);
        double now = 0.0;
        for (const double t : {0.12, 0.16, 0.20}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            bins->add_surface(t, engine, 0);
        }
        EXPECT_EQ(engine.total(0), 1000);
        if (run == 0) fmt::print("    {} tetrahedra, {} triangles\n", mesh.num_global, triangles.size());
    }

    bins->expect(runs, is_long() ? 0.06 : 0.15, [&](double r, double t) {
        return 1000 / (4 * std::numbers::pi * d * t) * std::exp(-r * r / (4 * d * t));
    });
}

TEST(Spreading, D7FromALineOnARing) {
    const LocalMesh mesh = distribute(self, [] {
        const TetMesh ring = meshed("ring", 1.0, [] {
            const int outer = gmsh::model::occ::addCylinder(0, 0, 0, 0, 0, 2, 10),
                      inner = gmsh::model::occ::addCylinder(0, 0, 0, 0, 0, 2, 9);
            std::vector<std::pair<int, int>> out;
            std::vector<std::vector<std::pair<int, int>>> map;
            gmsh::model::occ::cut({{3, outer}}, {{3, inner}}, out, map);
            gmsh::model::occ::synchronize();
        });
        return with_patch(ring, [](const Point& p, const Point& n) { return p[0] * n[0] + p[1] * n[1] > 5.0; });
    });
    const int runs = is_long() ? 100 : 6;
    const double d = 10.0;
    std::unique_ptr<Bins> left, right;
    for (int run = 0; run < runs; ++run) {
        const Model model = one_on_a_surface(d, 20.0, run + 1);
        StochasticEngine engine(self, mesh, model, regions_of(mesh, model, self));
        const auto& triangles = engine.elements().triangles;
        // Arc length along the polygon that stands for the circle: angle times area of the strip over its width.
        double area = 0.0;
        for (const auto& t : triangles) area += t.area;
        const auto arc = [&](const Point& p) { return std::atan2(p[1], p[0]) / (2 * std::numbers::pi) * area / 2.0; };
        std::vector<std::int32_t> sources;
        double size = 0.0, middle = 0.0;
        for (std::int32_t t = 0; t < static_cast<std::int32_t>(triangles.size()); ++t)
            if (std::abs(arc(Bins::centre_of(mesh, triangles[t]))) < 0.6) {
                sources.push_back(t);
                size += triangles[t].area;
                middle += triangles[t].area * arc(Bins::centre_of(mesh, triangles[t]));
            }
        const double origin = middle / size;
        if (!left) {
            const auto from_origin = [arc, origin](double sign) {
                return [=](const Point& p) { return sign * (arc(p) - origin); };
            };
            right = std::make_unique<Bins>(mesh, engine.elements(), is_long() ? 8 : 4, 2, 10, from_origin(1.0));
            left = std::make_unique<Bins>(mesh, engine.elements(), is_long() ? 8 : 4, 2, 10, from_origin(-1.0));
            fmt::print("    {} tetrahedra, {} triangles, {} of them the source\n", mesh.num_global, triangles.size(),
                       sources.size());
        }
        std::int64_t given = 0;
        for (std::size_t k = 0; k < sources.size(); ++k) {
            const auto n =
                k + 1 == sources.size() ? 5000 - given : std::llround(5000 * triangles[sources[k]].area / size);
            engine.set_surface_count(sources[k], 0, n);
            given += n;
        }
        double now = 0.0;
        for (const double t : {2.0, 3.0}) {
            engine.advance(seconds(now), seconds(t));
            now = t;
            left->add_surface(t, engine, 0);
            right->add_surface(t, engine, 0);
        }
    }

    for (const auto* bins : {left.get(), right.get()})
        bins->expect(runs, is_long() ? 0.05 : 0.15, [&](double s, double t) {
            return 5000 / (2 * std::sqrt(4 * std::numbers::pi * d * t)) * std::exp(-s * s / (4 * d * t));
        });
}

// The simple model of the benchmarks: means against the equations of its kinetics in a stirred box, which diffusion
// quickly makes of it, and sums that every run keeps exactly.
TEST(Spreading, SimpleModelHasItsMeansAndExactInvariants) {
    const LocalMesh mesh = distribute(self, [] { return gmsh_box(10, 10, 100, is_long() ? 1.58 : 2.2); });
    const int runs = is_long() ? 12 : 1;
    // At 0.1 s and at 0.5 s; the deviation of a run, measured over 12.
    const double ode[2][10] = {{6868.6, 7868.6, 288.9, 7157.5, 1842.5, 6800.5, 7800.5, 8149.9, 9950.4, 9049.6},
                               {8816.7, 9816.7, 147.3, 8964.0, 36.0, 9998.6, 10998.6, 7930.1, 12928.7, 6071.3}};
    const double deviation[10] = {45, 45, 20, 40, 40, 50, 50, 60, 50, 50};
    double mean[2][10] = {};
    for (int run = 0; run < runs; ++run) {
        StochasticEngine engine(self, mesh, simple_model(1.0, 0.5, fmt::format("seed: {}\n", run + 1)),
                                everywhere(mesh));
        const auto expect_invariants = [&] {
            const auto n = [&](char s) { return engine.total(s - 'A'); };
            EXPECT_EQ(n('A') - n('B'), -1000);
            EXPECT_EQ(n('A') + n('C') + n('E'), 9000);
            EXPECT_EQ(n('D') + n('E'), 9000);
            EXPECT_EQ(n('F') - n('G'), -1000);
            EXPECT_EQ(n('F') + n('H') + n('J'), 24000);
            EXPECT_EQ(n('I') + n('J'), 19000);
        };
        expect_invariants();
        for (int k = 0; k < (is_long() ? 2 : 1); ++k) {
            k == 0 ? engine.advance(0, seconds(0.1)) : engine.advance(seconds(0.1), seconds(0.5));
            expect_invariants();
            for (int s = 0; s < 10; ++s) mean[k][s] += static_cast<double>(engine.total(s)) / runs;
        }
    }

    for (int k = 0; k < (is_long() ? 2 : 1); ++k)
        for (int s = 0; s < 10; ++s)  // five deviations, and 10 for what a stirred box does not know
            EXPECT_NEAR(mean[k][s], ode[k][s], 10 + 5 * deviation[s] / std::sqrt(runs)) << static_cast<char>('A' + s);
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
