// Clearance and uptake against their analytic solutions.
#include "solvers/rd/model/reactions.hpp"

#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

TEST(Reactions, UptakeSolvesTheMichaelisMentenEquationForAnyStep) {
    const double vmax = 0.006, km = 0.02;
    for (const double c0 : {1e-12, 1e-6, 1e-3, 0.02, 0.5, 30.0})
        for (const double dt : {1e-3, 0.5, 20.0, 500.0}) {
            const double c = Uptake(vmax, km, dt)(c0);

            // Integrated by parts: c + Km ln c falls by Vmax dt.
            ASSERT_GT(c, 0.0);
            ASSERT_LE(c, c0);
            const double lhs = (c - c0) + km * std::log(c / c0);
            EXPECT_NEAR(lhs, -vmax * dt, 1e-13 * (vmax * dt + c0) + 1e-15 * km) << c0 << " mM, " << dt << " ms";
        }
}

TEST(Reactions, UptakeOfManyIsTheSameAsOfOne) {
    for (const double dt : {0.01, 0.5, 0.83, 5.0}) {  // 0.83 ms: nearly the longest step that is vectorised
        const Uptake uptake(0.006, 0.02, dt);
        std::vector<double> c{0.0};
        for (double x = 1e-30; x < 1e3; x *= 1.7) c.push_back(x);
        auto many = c;

        uptake.apply(many.data(), many.size());

        for (std::size_t i = 0; i < c.size(); ++i) ASSERT_NEAR(many[i], uptake(c[i]), 1e-14 * c[i]) << c[i] << " mM";
    }
}

TEST(Reactions, UptakeLeavesNothingAsItIs) {
    EXPECT_EQ(Uptake(0.006, 0.02, 1.0)(0.0), 0.0);
}

TEST(Reactions, ClearanceIsExponentialAndAccountsForWhatItRemoved) {
    Model model = one_species(0.0, 3.0, 0.5);
    model.species[0].clearance_rate = 0.02;
    model.species[0].rest = 3.0;
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, 3, 3, 3, 0.1), model);
    set_profile(tissue, 0, [](const Point&) { return 8.0; });

    tissue.advance(0, ms(100));

    const double expected = 3.0 + 5.0 * std::exp(-2.0);
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) ASSERT_NEAR(tissue.concentration(i, 0), expected, 1e-12);
    const auto budget = tissue.budget(0);
    EXPECT_NEAR(budget.removed, (8.0 - expected) * 0.2 * 1000 * mol_per_mM_um3, 1e-27);
    EXPECT_LT(budget.defect(), 1e-13);
}

TEST(Reactions, DiffusionAndUptakeTogetherAreOfSecondOrderInTime) {
    const auto run = [](double step) {
        Model model = one_species(0.5, 0.0, step);
        model.species[0].uptake_max = 0.05;
        model.species[0].uptake_half = 0.1;
        Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, 4, 4, 4, 0.2), model);
        set_profile(tissue, 0, [](const Point& p) { return 1.0 + 0.9 * std::cos(std::numbers::pi * p[0] / 10); });
        tissue.advance(0, ms(8));
        return tissue.column(0);
    };
    const auto reference = run(0.0125), coarse = run(0.4), fine = run(0.2);
    double sums[2] = {0, 0};
    for (std::size_t i = 0; i < reference.size(); ++i) {
        sums[0] += std::pow(coarse[i] - reference[i], 2);
        sums[1] += std::pow(fine[i] - reference[i], 2);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);

    EXPECT_NEAR(0.5 * std::log2(sums[0] / sums[1]), 2.0, 0.2);
}

}  // namespace
}  // namespace rd_test
