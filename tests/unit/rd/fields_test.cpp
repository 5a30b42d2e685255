// Concentrations that spread, against analytic solutions: cases D1 to D7 of the STEPS validation suite with the
// deterministic engine, at a fifth of that suite's tolerances or less; of TetODE's, where those are tighter. Meshes are
// made here, about as large as theirs.
#include <chrono>
#include <cstdlib>

#include "solvers/rd/bench/shapes.hpp"
#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

constexpr double molecules = molecules_per_mM_um3;

bool long_tests() {
    return std::getenv("NGV_LONG") != nullptr;
}

double since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Water: all of the volume, no obstacles.
Model water(std::vector<Species> species, double step_ms) {
    Model model;
    model.species = std::move(species);
    model.volume_fraction = model.tortuosity = 1.0;
    model.step = ms(step_ms);
    return model;
}

/// Largest relative difference of means over bins of a coordinate; the means of the exact solution are taken over the
/// same tetrahedra, at their centroids as in the suite.
double worst_bin(const Simulation& tissue, int species, int bins, double low, double high,
                 const std::function<double(const Point&)>& coordinate, const std::function<double(double)>& exact) {
    std::vector<double> sums(2 * static_cast<std::size_t>(bins), 0.0);
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        const double x = coordinate(tissue.mesh().centroid(static_cast<std::int32_t>(i)));
        const auto bin = static_cast<int>(std::floor((x - low) / (high - low) * bins));
        if (bin < 0 || bin >= bins) continue;
        sums[2 * bin] += tissue.mesh().volumes[i] * tissue.concentration(i, species);
        sums[2 * bin + 1] += tissue.mesh().volumes[i] * exact(x);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2 * bins, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    double worst = 0.0;
    for (int b = 0; b < bins; ++b)
        if (sums[2 * b + 1] > 0.0) {
            const double a = sums[2 * b], e = sums[2 * b + 1];
            worst = std::max(worst, std::abs(2 * (a - e) / (a + e)));
        }
    return worst;
}

LocalMesh dealt(const std::function<TetMesh()>& make, const Model& model) {
    return distribute(MPI_COMM_WORLD, make, partition_rules(model));
}

double worst(const std::vector<double>& x) {
    return *std::max_element(x.begin(), x.end());
}

// D1: N molecules in the tetrahedron at the centre of a sphere, whose mesh is fine there. STEPS: 5 %, 227,000 steps
// with 32,552 tetrahedra; TetODE 3.5 % with 77,000.
TEST(Fields, D1PointSource) {
    const double d = 0.02, n = 1e5;
    const bool whole = long_tests();
    Model model = water({Species{.name = "X", .diffusion = d}}, 1.0);
    model.error_bound = whole ? 3e-4 : 1e-3;
    auto mesh = dealt([&] { return gmsh_sphere(10, whole ? 0.2 : 0.35, whole ? 1.05 : 2.0); }, model);
    Simulation tissue(MPI_COMM_WORLD, std::move(mesh), model);
    std::size_t centre = 0;
    double nearest = 1e300;
    for (std::size_t i = 0; i < tissue.num_owned(); ++i)
        if (const double r = norm(tissue.mesh().centroid(static_cast<std::int32_t>(i))); r < nearest)
            nearest = r, centre = i;
    const Point from = tissue.mesh().centroid(static_cast<std::int32_t>(centre));
    tissue.set_concentration(centre, 0, n / (molecules * tissue.extracellular_volume(centre)));
    const auto begin = std::chrono::steady_clock::now();
    std::vector<double> errors;
    double before = 0;
    for (const double t : {100.0, 150.0, 200.0}) {
        tissue.advance(ms(before), ms(t));
        before = t;
        errors.push_back(worst_bin(
            tissue, 0, 20, 2, 6, [&](const Point& p) { return norm(p - from); },
            [&](double r) {
                return n / molecules / std::pow(4 * std::numbers::pi * d * t, 1.5) * std::exp(-r * r / (4 * d * t));
            }));
    }
    std::printf("D1: %lld tetrahedra, %lld steps, worst of 20 bins %.2f %.2f %.2f %%, %.1f s\n",
                static_cast<long long>(tissue.mesh().num_global), static_cast<long long>(tissue.steps()),
                100 * errors[0], 100 * errors[1], 100 * errors[2], since(begin));
    EXPECT_LT(worst(errors), whole ? 0.007 : 0.05) << "the default run has a coarser mesh";
    EXPECT_LT(tissue.budget(0).defect(), 1e-12);
}

// D2: N molecules in the tetrahedra at one end of a closed tube. STEPS: 5 %, TetODE 2.5 %.
TEST(Fields, D2BoundedTube) {
    const double d = 0.2, a = 10, n = 1e4;
    Model model = water({Species{.name = "X", .diffusion = d}}, 0.25);
    Simulation tissue(MPI_COMM_WORLD, dealt([] { return gmsh_cylinder(1, 10, 0.62); }, model), model);
    double sums[2] = {0, 0};
    std::vector<std::size_t> end;
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        sums[1] += tissue.mesh().volumes[i];
        for (int k = 0; k < 4; ++k)
            if (tissue.mesh().corner(static_cast<std::int32_t>(i), k)[2] < 1e-9) {
                end.push_back(i);
                break;
            }
    }
    sums[0] = static_cast<double>(end.size());
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    // The molecules are not all at z = 0 but where the tetrahedra of the end are: cosine modes start from those places.
    std::vector<double> modes(40, 0.0);
    for (const auto i : end) {
        tissue.set_concentration(i, 0, n / sums[0] / (molecules * tissue.extracellular_volume(i)));
        for (std::size_t k = 0; k < modes.size(); ++k)
            modes[k] += std::cos(static_cast<double>(k) * std::numbers::pi *
                                 tissue.mesh().centroid(static_cast<std::int32_t>(i))[2] / a) /
                        sums[0];
    }
    MPI_Allreduce(MPI_IN_PLACE, modes.data(), static_cast<int>(modes.size()), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    std::vector<double> errors;
    double before = 0;
    for (const double t : {60.0, 80.0, 100.0}) {
        tissue.advance(ms(before), ms(t));
        before = t;
        errors.push_back(worst_bin(
            tissue, 0, 5, 2, 8, [](const Point& p) { return p[2]; },
            [&](double x) {
                double sum = 1.0;
                for (std::size_t k = 1; k < modes.size(); ++k) {
                    const double w = static_cast<double>(k) * std::numbers::pi / a;
                    sum += 2 * modes[k] * std::exp(-d * w * w * t) * std::cos(w * x);
                }
                return n / molecules / sums[1] * sum;
            }));
    }
    std::printf("D2: %lld tetrahedra, worst of 5 bins %.2f %.2f %.2f %%\n",
                static_cast<long long>(tissue.mesh().num_global), 100 * errors[0], 100 * errors[1], 100 * errors[2]);
    EXPECT_LT(worst(errors), 0.005);
}

// D3: one end of a long tube is held at 50 uM. STEPS: 5 %.
TEST(Fields, D3ClampedEnd) {
    const double d = 0.1, c0 = 0.05;
    Model model = water({Species{.name = "X", .diffusion = d}}, 0.5);
    model.clamps = {{.species = 0,
                     .region = {false, 0},
                     .zone = {.shape = Zone::Shape::box, .low = {-1, -1, -1}, .high = {1, 1, 0.04}},
                     .value = c0}};
    Simulation tissue(MPI_COMM_WORLD, dealt([] { return box_mesh(0.35, 0.35, 10, 2, 2, 250, 0.15); }, model), model);
    // What is held is held at centroids, half a layer's thickness inside on average.
    const double held = 0.02;
    std::vector<double> errors;
    double before = 0;
    for (const double t : {30.0, 40.0}) {
        tissue.advance(ms(before), ms(t));
        before = t;
        errors.push_back(worst_bin(
            tissue, 0, 10, 1, 4, [](const Point& p) { return p[2]; },
            [&](double x) { return c0 * std::erfc((x - held) / std::sqrt(4 * d * t)); }));
    }
    std::printf("D3: %lld tetrahedra, worst of 10 bins %.2f %.2f %%\n",
                static_cast<long long>(tissue.mesh().num_global), 100 * errors[0], 100 * errors[1]);
    EXPECT_LT(worst(errors), 0.01);
    EXPECT_LT(tissue.budget(0).defect(), 1e-12);
}

// D4: a constant influx at both ends. TetODE: 3 %. The first of the suite's 50 bins holds the tetrahedra into which the
// influx goes, 0.04 um deep, and is left out: what goes in at a depth is not what the solution has at the surface.
TEST(Fields, D4ConstantInflux) {
    const double d = 0.05, half = 5, side = 0.35, per_ms = 300;
    Model model = water({Species{.name = "X", .diffusion = d}}, 0.01);
    Simulation tissue(MPI_COMM_WORLD, dealt([&] { return box_mesh(side, side, 2 * half, 1, 1, 250, 0.15); }, model),
                      model);
    std::vector<double> mol(tissue.num_owned(), 0.0);
    double ends[2] = {0, 0};
    const auto end_of = [&](std::size_t i) {
        const double z = tissue.mesh().centroid(static_cast<std::int32_t>(i))[2];
        return z < 0.04 ? 0 : z > 2 * half - 0.04 ? 1 : -1;
    };
    for (std::size_t i = 0; i < mol.size(); ++i)
        if (const int e = end_of(i); e >= 0) ends[e] += tissue.mesh().volumes[i];
    MPI_Allreduce(MPI_IN_PLACE, ends, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    const double window = 0.01;
    for (std::size_t i = 0; i < mol.size(); ++i)
        if (const int e = end_of(i); e >= 0)
            mol[i] = 0.5 * window * per_ms / avogadro * tissue.mesh().volumes[i] / ends[e];
    std::vector<double> errors;
    for (int k = 0; k < 2400; ++k) {  // half of a window's influx at its begin, half at its end
        tissue.add(0, mol, window * k, nothing_unmet);
        tissue.advance(ms(window * k), ms(window * (k + 1)));
        tissue.add(0, mol, window * (k + 1), nothing_unmet);
        const double t = window * (k + 1);
        if (k + 1 != 1200 && k + 1 != 2400) continue;
        const double flux = per_ms / molecules / (side * side);  // mM um/ms
        errors.push_back(worst_bin(
            tissue, 0, 49, -4.96, -3, [&](const Point& p) { return p[2] - half; },
            [&](double x) {
                double sum = d * t / (half * half) + (3 * x * x - half * half) / (6 * half * half);
                for (int n = 1; n < 200; ++n)
                    sum -= 2 / (std::numbers::pi * std::numbers::pi) * (n % 2 ? -1.0 : 1.0) / (n * n) *
                           std::exp(-d * std::pow(n * std::numbers::pi / half, 2) * t) *
                           std::cos(n * std::numbers::pi * x / half);
                return flux * half / d * sum;
            }));
    }
    std::printf("D4: %lld tetrahedra, worst of 49 bins %.2f %.2f %%\n",
                static_cast<long long>(tissue.mesh().num_global), 100 * errors[0], 100 * errors[1]);
    EXPECT_LT(worst(errors), 0.006);
    EXPECT_LT(tissue.budget(0).defect(), 1e-12);
}

// A and B on a line from -half to half, apart at first, by fine differences: A's concentration at t, in cells from the
// left. dA/dt = D A'' - k A B, and B is A's mirror image.
std::vector<double> annihilating(double d, double k, double c0, double half, double t) {
    constexpr int n = 800;
    const double h = 2 * half / n;
    std::vector<double> a(n, 0.0), middle(n);
    std::fill(a.begin(), a.begin() + n / 2, c0);
    const auto change = [&](const std::vector<double>& x, int i) {
        const double left = x[std::max(i - 1, 0)], right = x[std::min(i + 1, n - 1)];
        return d * (left - 2 * x[i] + right) / (h * h) - k * x[i] * x[n - 1 - i];
    };
    const int steps = static_cast<int>(t * d / (0.4 * h * h)) + 1;
    for (int s = 0; s < steps; ++s) {
        for (int i = 0; i < n; ++i) middle[i] = a[i] + 0.5 * t / steps * change(a, i);
        for (int i = 0; i < n; ++i) a[i] += t / steps * change(middle, i);
    }
    return a;
}

// D5: A on the left and B on the right annihilate where they meet; the two sides are compartments that an open boundary
// joins. STEPS: 7.5 %, TetODE 1.5 %. The suite's analytic solution is that of an infinitely fast reaction; at its rate
// A and B overlap by some micrometres, 0.6 % at 6 um, so the equation itself is solved on a line too.
TEST(Fields, D5AnnihilationAcrossABoundary) {
    const double d = 0.4, n = 1000, half = 20;
    Model model = water({Species{.name = "A", .diffusion = d}, Species{.name = "B", .diffusion = d}}, 0.25);
    const auto make = [] {
        TetMesh mesh = box_mesh(40, 4, 4, 40, 3, 3, 0.15);
        for (std::size_t i = 0; i < mesh.points.size(); i += 3)  // the boundary is plane
            if (std::abs(mesh.points[i] - 20) < 0.4) mesh.points[i] = 20;
        MeshGroup left{"left", 3, {}}, right{"right", 3, {}};
        for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t)
            ((t / 6) % 40 < 20 ? left : right).members.push_back(t);
        mesh.groups = {left, right};
        return mesh;
    };
    model.compartments = {{.name = "left", .group = "left", .species = {0, 1}},
                          {.name = "right", .group = "right", .species = {0, 1}}};
    model.boundaries = {{.name = "middle", .first = 0, .second = 1, .species = {0, 1}}};
    model.contents = {{.species = 0, .region = {false, 0}, .value = n, .measure = Content::Measure::molecules},
                      {.species = 1, .region = {false, 1}, .value = n, .measure = Content::Measure::molecules}};
    for (int k = 0; k < 2; ++k) model.reactions.push_back({.region = k, .left = {{0}, {1}}, .rate = 1e11 * 1e-6});
    Simulation tissue(MPI_COMM_WORLD, dealt(make, model), model);
    const double c0 = n / molecules / (half * 16);
    std::vector<double> errors, errors_of_line;
    double before = 0;
    for (const double t : {100.0, 200.0}) {
        tissue.advance(ms(before), ms(t));
        before = t;
        const auto line = annihilating(d, model.reactions[0].rate, c0, half, t);
        const auto along = [](const Point& p) { return p[0] - 20; };
        errors_of_line.push_back(worst_bin(tissue, 0, 9, -20, -2, along, [&](double x) {
            const double at = (x + half) * static_cast<double>(line.size()) / (2 * half) - 0.5;
            const auto i = static_cast<std::size_t>(std::max(at, 0.0));
            return line[i] + (std::max(at, 0.0) - static_cast<double>(i)) * (line[i + 1] - line[i]);
        }));
        errors.push_back(worst_bin(tissue, 0, 5, -20, -5, along, [&](double x) {
            double sum = 0.0;
            for (int k = 0; k < 60; ++k) {
                const double w = (2 * k + 1) * std::numbers::pi / (2 * half);
                sum += 1.0 / (2 * k + 1) * std::exp(-d * w * w * t) * std::sin(w * std::abs(x));
            }
            return 4 / std::numbers::pi * c0 * sum;
        }));
    }
    std::printf("D5: %lld tetrahedra, worst of 5 bins %.2f %.2f %%, against its own rate %.2f %.2f %%\n",
                static_cast<long long>(tissue.mesh().num_global), 100 * errors[0], 100 * errors[1],
                100 * errors_of_line[0], 100 * errors_of_line[1]);
    EXPECT_LT(worst(errors), 0.0075);
    EXPECT_LT(worst(errors_of_line), 0.003);
}

/// The faces of the mesh's boundary that `wanted` picks by their centroid, as a group.
TetMesh with_patch(TetMesh mesh, const std::function<bool(const Point&)>& wanted) {
    const auto neighbours = face_neighbours(mesh);
    std::vector<std::int64_t> faces;
    for (std::size_t f = 0; f < neighbours.size(); ++f) {
        if (neighbours[f] >= 0) continue;
        Point centre{};
        for (std::size_t k = 0; k < 4; ++k)
            if (k != f % 4)
                for (int x = 0; x < 3; ++x) centre[x] += mesh.points[3 * mesh.corners[f / 4 * 4 + k] + x] / 3;
        if (wanted(centre)) faces.push_back(static_cast<std::int64_t>(f));
    }
    add_surface(mesh, "surface", faces);
    return mesh;
}

Point centre_of_face(const Simulation& tissue, std::size_t f) {
    const auto& face = tissue.regions().faces[f];
    Point sum{};
    for (int k = 0; k < 4; ++k)
        if (k != face.face) sum = sum + tissue.mesh().corner(face.inside, k);
    return (1.0 / 3.0) * sum;
}

double worst_surface_bin(const Simulation& tissue, int bins, double low, double high,
                         const std::function<double(const Point&)>& coordinate,
                         const std::function<double(double)>& exact) {
    std::vector<double> sums(2 * static_cast<std::size_t>(bins), 0.0);
    for (std::size_t f = 0; f < tissue.regions().faces.size(); ++f) {
        const double x = coordinate(centre_of_face(tissue, f));
        const auto bin = static_cast<int>(std::floor((x - low) / (high - low) * bins));
        if (bin < 0 || bin >= bins) continue;
        sums[2 * bin] += tissue.area(f) * tissue.density(f, 0);
        sums[2 * bin + 1] += tissue.area(f) * exact(x);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2 * bins, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    double worst = 0.0;
    for (int b = 0; b < bins; ++b)
        if (sums[2 * b + 1] > 0.0)
            worst = std::max(worst, std::abs(2 * (sums[2 * b] - sums[2 * b + 1]) / (sums[2 * b] + sums[2 * b + 1])));
    return worst;
}

Model on_surface(double diffusion, double step_ms) {
    Model model = water({Species{.name = "X", .surface_diffusion = diffusion}}, step_ms);
    model.compartments = {{.name = "inside"}};
    model.patches = {{.name = "surface", .group = "surface", .inside = 0, .species = {0}}};
    return model;
}

// D6: N molecules on the triangle in the middle of a disc. STEPS: 6 %.
TEST(Fields, D6PointOnADisc) {
    const double d = 0.02, n = 1000;
    const Model model = on_surface(d, 0.5);
    Simulation tissue(
        MPI_COMM_WORLD,
        dealt([] { return with_patch(gmsh_cylinder(10, 1, 0.5), [](const Point& p) { return p[2] > 1 - 1e-6; }); },
              model),
        model);
    struct {
        double r;
        int rank;
    } nearest{1e300, rank_of(MPI_COMM_WORLD)};
    std::size_t centre = 0;
    for (std::size_t f = 0; f < tissue.regions().faces.size(); ++f) {
        const Point p = centre_of_face(tissue, f);
        if (const double r = std::hypot(p[0], p[1]); r < nearest.r) nearest.r = r, centre = f;
    }
    MPI_Allreduce(MPI_IN_PLACE, &nearest, 1, MPI_DOUBLE_INT, MPI_MINLOC, MPI_COMM_WORLD);
    Point from{};
    if (nearest.rank == rank_of(MPI_COMM_WORLD)) {
        from = centre_of_face(tissue, centre);
        tissue.set_density(centre, 0, n / tissue.area(centre));
    }
    MPI_Bcast(from.data(), 3, MPI_DOUBLE, nearest.rank, MPI_COMM_WORLD);
    std::vector<double> errors;
    double before = 0;
    for (const double t : {120.0, 160.0, 200.0}) {
        tissue.advance(ms(before), ms(t));
        before = t;
        errors.push_back(worst_surface_bin(
            tissue, 10, 2, 5, [&](const Point& p) { return norm(p - from); },
            [&](double r) { return n / (4 * std::numbers::pi * d * t) * std::exp(-r * r / (4 * d * t)); }));
    }
    std::printf("D6: worst of 10 bins %.2f %.2f %.2f %%\n", 100 * errors[0], 100 * errors[1], 100 * errors[2]);
    EXPECT_LT(worst(errors), 0.012);
    EXPECT_NEAR(tissue.molecules_on(0, 0), n, 1e-9 * n);
}

// D7: a line across a strip that closes to a ring; distances run along the curved surface. STEPS: 5 %, TetODE 1 %.
TEST(Fields, D7LineOnARing) {
    const double d = 0.01, n = 5000, width = 2;
    const Model model = on_surface(d, 5);
    Simulation tissue(MPI_COMM_WORLD,
                      dealt(
                          [] {
                              return with_patch(gmsh_cylinder(10, 2, 0.6), [](const Point& p) {
                                  return p[2] > 1e-6 && p[2] < 2 - 1e-6 && std::hypot(p[0], p[1]) > 9.5;
                              });
                          },
                          model),
                      model);
    const auto arc = [](const Point& p) { return 10 * std::atan2(p[1], p[0]); };
    // A line of finite width from the start: the solution at an age of 200 ms.
    const double age = 200;
    const auto exact = [&](double t) {
        return [&, t](double s) {
            return n / width / std::sqrt(4 * std::numbers::pi * d * t) * std::exp(-s * s / (4 * d * t));
        };
    };
    for (std::size_t f = 0; f < tissue.regions().faces.size(); ++f)
        tissue.set_density(f, 0, exact(age)(arc(centre_of_face(tissue, f))));
    const double start = tissue.molecules_on(0, 0);
    std::vector<double> errors;
    double before = age;
    for (const double t : {2000.0, 3000.0}) {
        tissue.advance(ms(before), ms(t));
        before = t;
        errors.push_back(std::max(worst_surface_bin(tissue, 10, 2, 10, arc, exact(t)),
                                  worst_surface_bin(tissue, 10, -10, -2, arc, exact(t))));
    }
    std::printf("D7: worst of 20 bins %.2f %.2f %%\n", 100 * errors[0], 100 * errors[1]);
    EXPECT_LT(worst(errors), 0.002);
    EXPECT_NEAR(tissue.molecules_on(0, 0), start, 1e-10 * start);
}

}  // namespace
}  // namespace rd_test
