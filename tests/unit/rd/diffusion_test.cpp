// Diffusion against analytic solutions: orders of convergence, exactness for linear fields, positivity, slivers.
#include "solvers/rd/mesh/quality.hpp"
#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

constexpr double pi = std::numbers::pi;

// 1 + cos(pi x / L) cos(pi y / L) / 2 decays at D 2 pi^2 / L^2 in a closed box.
struct CosineMode {
    double length, diffusion;
    Profile at(double t) const {
        return [*this, t](const Point& p) {
            return 1.0 + 0.5 * std::exp(-2.0 * diffusion * pi * pi / (length * length) * t) *
                             std::cos(pi * p[0] / length) * std::cos(pi * p[1] / length);
        };
    }
};

double cosine_error(int cells, double distortion, double end_ms, double step_ms, bool correct, TimeScheme scheme) {
    const CosineMode mode{10.0, 1.0};
    Model model = one_species(mode.diffusion, 0.0, step_ms);
    model.correct_faces = correct;
    model.scheme = scheme;
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, cells, cells, cells, distortion), model);
    set_profile(tissue, 0, mode.at(0));
    tissue.advance(0, ms(end_ms));
    return distance(tissue, 0, mode.at(end_ms), MPI_COMM_WORLD);
}

TEST(Diffusion, ErrorFallsWithTheSquareOfTheMeshSizeOnDistortedMeshes) {
    std::vector<double> errors;
    for (const int cells : {5, 10, 20})
        errors.push_back(cosine_error(cells, 0.2, 0.5, 0.025, true, TimeScheme::second_order));

    const double slope = std::log2(errors[1] / errors[2]);
    std::printf("cosine mode, distorted tetrahedra: rms error %.2e %.2e %.2e, slope %.2f\n", errors[0], errors[1],
                errors[2], slope);
    EXPECT_GT(slope, 1.8);
    EXPECT_LT(slope, 2.3);
}

TEST(Diffusion, WithoutCorrectionTheErrorStopsFalling) {
    const double coarse = cosine_error(10, 0.2, 0.5, 0.025, false, TimeScheme::second_order);
    const double fine = cosine_error(20, 0.2, 0.5, 0.025, false, TimeScheme::second_order);
    const double corrected = cosine_error(20, 0.2, 0.5, 0.025, true, TimeScheme::second_order);

    std::printf("two-point fluxes alone: rms error %.2e %.2e, with correction %.2e\n", coarse, fine, corrected);
    EXPECT_GT(fine, 0.5 * coarse);
    EXPECT_LT(corrected, 0.2 * fine);
}

// The error of the time scheme alone: against a run of the same mesh with a far smaller step.
std::vector<double> time_errors(TimeScheme scheme) {
    const CosineMode mode{10.0, 1.0};
    const auto run = [&](double step_ms) {
        Model model = one_species(1.0, 0.0, step_ms);
        model.scheme = scheme;
        Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, 4, 4, 4, 0.2), model);
        set_profile(tissue, 0, mode.at(0));
        tissue.advance(0, ms(8.0));
        return tissue.column(0);
    };
    Model fine_model = one_species(1.0, 0.0, 0.0125);
    Simulation reference(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, 4, 4, 4, 0.2), fine_model);
    set_profile(reference, 0, mode.at(0));
    reference.advance(0, ms(8.0));

    std::vector<double> errors;
    for (const double step : {0.8, 0.4, 0.2}) {
        const auto c = run(step);
        double sum = 0;
        for (std::size_t i = 0; i < c.size(); ++i) sum += std::pow(c[i] - reference.concentration(i, 0), 2);
        MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        errors.push_back(std::sqrt(sum));
    }
    return errors;
}

TEST(Diffusion, ErrorFallsWithTheSquareOfTheStep) {
    const auto e = time_errors(TimeScheme::second_order);

    std::printf("second_order: %.2e %.2e %.2e, slopes %.2f %.2f\n", e[0], e[1], e[2], std::log2(e[0] / e[1]),
                std::log2(e[1] / e[2]));
    EXPECT_GT(std::log2(e[1] / e[2]), 1.8);
    EXPECT_LT(std::log2(e[1] / e[2]), 2.3);
}

TEST(Diffusion, ImplicitEulerIsOfFirstOrder) {
    const auto e = time_errors(TimeScheme::euler);

    EXPECT_NEAR(std::log2(e[1] / e[2]), 1.0, 0.15);
}

TEST(Diffusion, AUniformFieldStaysUniformToTheLastBit) {
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 30, 20, 10, 5, 4, 3, 0.2), one_species(2.0, 140.0, 0.5));

    tissue.advance(0, ms(20));

    for (std::size_t i = 0; i < tissue.num_owned(); ++i) ASSERT_EQ(tissue.concentration(i, 0), 140.0);
}

// Away from the walls (where a linear field is not a solution of the closed box) nothing may change in a short time.
TEST(Diffusion, ALinearFieldHasNoNetFluxInside) {
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 12, 12, 12, 12, 12, 12, 0.25), one_species(1.0, 0.0, 0.01));
    const Profile linear = [](const Point& p) { return 5.0 + 0.1 * p[0] - 0.07 * p[1] + 0.03 * p[2]; };
    set_profile(tissue, 0, linear);

    tissue.advance(0, ms(0.01));

    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        const Point p = tissue.mesh().centroid(static_cast<std::int32_t>(i));
        if (std::min({p[0], p[1], p[2], 12 - p[0], 12 - p[1], 12 - p[2]}) < 5.0) continue;
        ASSERT_NEAR(tissue.concentration(i, 0), linear(p),
                    1e-8);  // what diffuses in from the walls over 5 um: far below
    }
}

TEST(Diffusion, APointSourceSpreadsAsAGaussian) {
    constexpr double diffusion = 1.0, mol = 1e-17, half = 15.0;
    Model model = one_species(diffusion, 0.0, 0.1);
    model.volume_fraction = 1.0;
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 2 * half, 2 * half, 2 * half, 20, 20, 20, 0.2), model);
    // A narrow Gaussian is a point source of some time ago; it is resolved by the mesh.
    const double age = 4.0;
    const auto gaussian = [&](double t) -> Profile {
        return [=](const Point& p) {
            const Point d = p - Point{half, half, half};
            return 1e18 * mol / std::pow(4 * pi * diffusion * t, 1.5) * std::exp(-dot(d, d) / (4 * diffusion * t));
        };
    };
    set_profile(tissue, 0, gaussian(age));

    tissue.advance(0, ms(2.0));

    const double peak = gaussian(age + 2.0)({half, half, half});
    double worst = 0;
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        const Point p = tissue.mesh().centroid(static_cast<std::int32_t>(i));
        worst = std::max(worst, std::abs(tissue.concentration(i, 0) - gaussian(age + 2.0)(p)));
    }
    EXPECT_LT(worst / peak, 0.02);  // h = 1.5 um against a width of 3.5 um: (h / width)^2 / 10
}

TEST(Diffusion, ASourceInOneTetrahedronNeverMakesNegativeValues) {
    for (const auto scheme : {TimeScheme::second_order, TimeScheme::euler})
        for (const double step : {0.05, 0.5, 5.0, 50.0}) {
            Model model = one_species(2.0, 0.0, step);
            model.scheme = scheme;
            Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 20, 20, 20, 8, 8, 8, 0.25), model);
            std::vector<double> mol(tissue.num_owned(), 0.0);
            for (std::size_t i = 0; i < mol.size(); ++i) mol[i] = tissue.mesh().ids[i] == 1500 ? 1e-16 : 0.0;
            tissue.add(0, mol, 0.0, nothing_unmet);

            for (int k = 0; k < 4; ++k) {
                tissue.advance(k * ms(step), (k + 1) * ms(step));

                EXPECT_GE(tissue.extremes(0).lowest, 0.0) << "step " << step;
            }
            EXPECT_LT(tissue.budget(0).defect(), 1e-13);
        }
}

TEST(Diffusion, SliversDoNotDictateTheStep) {
    const auto read = [] {
        TetMesh mesh = box_mesh(16, 16, 16, 8, 8, 8, 0.2);
        // A node in the middle moves towards its neighbour until a tetrahedron is nearly flat
        // (0.9995 of the way to where it would have no volume).
        double* x = &mesh.points[3 * ((4 * 9 + 4) * 9 + 4)];
        const double* goal = &mesh.points[3 * ((4 * 9 + 4) * 9 + 5)];
        const Point start{x[0], x[1], x[2]};
        double lo = 0.0, hi = 1.0;
        const auto place = [&](double share) {
            for (int d = 0; d < 3; ++d) x[d] = start[d] + share * (goal[d] - start[d]);
        };
        const auto valid = [&] {
            for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t) {
                Point p[4];
                for (int k = 0; k < 4; ++k)
                    for (int d = 0; d < 3; ++d) p[k][d] = mesh.points[3 * mesh.corners[4 * t + k] + d];
                if (signed_volume(p[0], p[1], p[2], p[3]) <= 0.0) return false;
            }
            return true;
        };
        for (int i = 0; i < 20; ++i) {
            const double middle = 0.5 * (lo + hi);
            place(middle);
            (valid() ? lo : hi) = middle;
        }
        place(0.9995 * lo);
        return mesh;
    };
    const CosineMode mode{16.0, 1.0};
    for (const double step : {0.1, 1.0, 10.0}) {
        Simulation tissue(MPI_COMM_WORLD, distribute(MPI_COMM_WORLD, read), one_species(1.0, 0.0, step));
        EXPECT_LT(quality(tissue.mesh(), MPI_COMM_WORLD).worst_shape, 0.01);
        set_profile(tissue, 0, mode.at(0));

        tissue.advance(0, ms(300 * step));

        const auto range = tissue.extremes(0);
        EXPECT_GT(range.lowest, 0.4) << "step " << step;
        EXPECT_LT(range.highest, 1.6) << "step " << step;
    }
}

TEST(Diffusion, SpeciesDoNotDisturbEachOther) {
    Model alone = one_species(0.8, 1.2, 0.5), both = alone;
    both.species.push_back(Species{.name = "Na", .diffusion = 1.3, .initial = 140.0});
    const auto run = [&](const Model& model) {
        Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 20, 20, 20, 6, 6, 6, 0.2), model);
        set_profile(tissue, 0, [](const Point& p) { return 1.2 + 0.3 * std::cos(pi * p[0] / 20); });
        if (model.num_species() > 1) set_profile(tissue, 1, [](const Point& p) { return 140.0 + p[1]; });
        tissue.advance(0, ms(5));
        return tissue.column(0);
    };
    const auto a = run(alone), b = run(both);

    for (std::size_t i = 0; i < a.size(); ++i)
        ASSERT_NEAR(a[i], b[i], 1e-10);  // the tolerance of the solves, which stop together
}

}  // namespace
}  // namespace rd_test
