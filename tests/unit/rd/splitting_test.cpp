// What diffuses in a step of the stochastic engine: the population in its middle, as good as its mean over the step.
#include <cmath>

#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

// Mean square distance of all molecules from the middle of the box.
double spread(const StochasticEngine& engine, const LocalMesh& mesh, const Point& middle) {
    double sums[2] = {0.0, 0.0};
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        const double r = norm(mesh.centroid(i) - middle);
        const auto n = static_cast<double>(engine.count(i, 0) + engine.count(i, 1));
        sums[0] += n;
        sums[1] += n * r * r;
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, world);
    return sums[1] / sums[0];
}

// Molecules that are bound and freed, A <-> B, spread by the time for which they are free. All are free at first:
//
//     E[time free] = f T + (1 - f) (1 - e^(-kappa T)) / kappa,    f = k_b / kappa, kappa = k_f + k_b
//
// With kappa dt = 1 and 1/2 the middle of the steps is 1.5 and 0.4 % off; their end would be 15 and 8 %. The tolerance adds
// five standard deviations of 2e5 molecules, 1.5 %.
TEST(Splitting, MoleculesSpreadByTheTimeThatTheyAreFree) {
    const double d = 0.1, k_f = 0.075, k_b = 0.025, kappa = k_f + k_b, end = 50.0;  // um2/ms, 1/ms, ms
    const double free = k_b / kappa * end + k_f / kappa * (1 - std::exp(-kappa * end)) / kappa;
    const Point middle{8, 8, 8};
    for (const double step : {10.0, 5.0}) {
        const Model model = stochastic(fmt::format("step: {} ms\n", step) + R"(
compartments: {box: {}}
species: {A: {diffusion: 100 um2/s}, B: {diffusion: 0 um2/s}}
reactions: {box: [A <-> B : '75 1/s, 25 1/s']}
)");
        const LocalMesh mesh = box(world, 16, 16, 16, 16, 16, 16, 0.1);
        StochasticEngine engine(world, mesh, model, regions_of(mesh, model, world));
        for (std::int32_t i = 0; i < mesh.num_owned; ++i)
            if (norm(mesh.centroid(i) - middle) < 1.5) engine.set_count(i, 0, 2700);
        ASSERT_GT(engine.total(0), 180'000);
        const double before = spread(engine, mesh, middle);
        // Cubes cut along one diagonal are the worst of meshes; effective.hpp says what can be had.
        for (int k = 0; k < 6; ++k) {
            EXPECT_GT(std::abs(engine.spreading().before[k] - (k < 3 ? 1 : 0)), 0.1) << k;
            EXPECT_NEAR(engine.spreading().after[k], k < 3 ? 1 : 0, k < 3 ? 0.02 : 0.08) << k;
        }

        engine.advance(0, ms(end));

        const double ratio = (spread(engine, mesh, middle) - before) / (3 * 2 * d * free);
        EXPECT_NEAR(ratio, 1.0, 0.015 + (step == 10.0 ? 0.015 : 0.004)) << step;
        RecordProperty("ratio", fmt::format("{:.4f}", ratio));
    }
}

}  // namespace
}  // namespace rd_test
