// Conservation, rank counts, sinks that ask for too much, watching, and values that are not numbers.
#include "solvers/rd/simulation.hpp"

#include <map>

#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

Model tissue_model() {
    Model model;
    model.species = {
        Species{.name = "K", .diffusion = 1.96, .initial = 3.0, .clearance_rate = 0.01, .rest = 3.0},
        Species{.name = "Na", .diffusion = 1.33, .initial = 140.0},
        Species{.name = "glutamate", .diffusion = 0.76, .initial = 0.0, .uptake_max = 0.006, .uptake_half = 0.02},
    };
    return model;
}

// Twenty windows with pulses in scattered tetrahedra, keyed by global id.
void run_with_pulses(Simulation& tissue) {
    std::vector<double> mol(tissue.num_owned());
    for (int k = 0; k < 20; ++k) {
        for (int s = 0; s < tissue.model().num_species(); ++s) {
            for (std::size_t i = 0; i < mol.size(); ++i) {
                const auto id = tissue.mesh().ids[i];
                mol[i] = (id + 7 * k) % 31 == 3 * s ? 1e-20 * static_cast<double>(1 + id % 13) : 0.0;
            }
            tissue.add(s, mol, k, nothing_unmet);
        }
        tissue.advance(ms(k), ms(k + 1));
    }
}

TEST(Simulation, MassIsConservedToRoundingWithSourcesAndSinks) {
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 60, 50, 40, 9, 8, 7, 0.25), tissue_model());

    run_with_pulses(tissue);

    for (int s = 0; s < tissue.model().num_species(); ++s) {
        EXPECT_LT(tissue.budget(s).defect(), 1e-13) << tissue.model().species[s].name;
        EXPECT_GT(tissue.budget(s).added, 0.0);
        EXPECT_GE(tissue.extremes(s).lowest, 0.0);
    }
}

TEST(Simulation, MassIsConservedEvenWhenTheSolvesStopEarly) {
    Model model = tissue_model();
    model.tolerance = 1e-6;
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 60, 50, 40, 9, 8, 7, 0.25), model);

    run_with_pulses(tissue);

    for (int s = 0; s < model.num_species(); ++s) EXPECT_LT(tissue.budget(s).defect(), 1e-13);
}

TEST(Simulation, EveryRankCountGivesTheSameFields) {
    const auto mesh = [](MPI_Comm comm) { return box(comm, 60, 50, 40, 9, 8, 7, 0.25); };
    Simulation together(MPI_COMM_WORLD, mesh(MPI_COMM_WORLD), tissue_model());
    Simulation alone(MPI_COMM_SELF, mesh(MPI_COMM_SELF), tissue_model());

    run_with_pulses(together);
    run_with_pulses(alone);

    std::map<std::int64_t, std::size_t> index;
    for (std::size_t i = 0; i < alone.num_owned(); ++i) index[alone.mesh().ids[i]] = i;
    for (int s = 0; s < together.model().num_species(); ++s)
        for (std::size_t i = 0; i < together.num_owned(); ++i) {
            const double expected = alone.concentration(index.at(together.mesh().ids[i]), s);
            ASSERT_NEAR(together.concentration(i, s), expected, 1e-11 * expected) << "species " << s;
        }
}

TEST(Simulation, MoreRanksThanTetrahedraWork) {
    Simulation tissue(MPI_COMM_WORLD,
                      distribute(MPI_COMM_WORLD,
                                 [] {
                                     TetMesh two;
                                     two.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1};
                                     two.corners = {0, 1, 2, 3, 0, 2, 1, 4};
                                     return checked(two);
                                 }),
                      one_species(1.0, 0.0, 0.1));
    set_profile(tissue, 0, [](const Point& p) { return p[2] > 0 ? 2.0 : 0.0; });

    tissue.advance(0, ms(10));

    EXPECT_EQ(tissue.mesh().num_global, 2);
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) EXPECT_NEAR(tissue.concentration(i, 0), 1.0, 1e-9);
}

TEST(Simulation, AnOversizedSinkTakesWhatIsThereAndReportsTheRest) {
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, 2, 2, 2, 0.0), one_species(1.0, 3.0, 0.5));
    std::vector<double> mol(tissue.num_owned(), 0.0);
    for (std::size_t i = 0; i < mol.size(); ++i)
        if (tissue.mesh().ids[i] == 5) mol[i] = -4.0 * mol_per_mM_um3 * tissue.extracellular_volume(i);

    double unmet = 0.0;
    tissue.add(0, mol, 0.0, [&](std::size_t i, double rest) {
        EXPECT_EQ(tissue.mesh().ids[i], 5);
        unmet += rest;
    });

    MPI_Allreduce(MPI_IN_PLACE, &unmet, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    const double capacity = mol_per_mM_um3 * 0.2 * 1000.0 / 48.0;
    EXPECT_NEAR(unmet, -1.0 * capacity, 1e-14 * capacity);
    EXPECT_EQ(tissue.extremes(0).lowest, 0.0);
    EXPECT_NEAR(tissue.budget(0).added, -3.0 * capacity, 1e-14 * capacity);
    tissue.advance(0, ms(1));
    EXPECT_LT(tissue.budget(0).defect(), 1e-14);
}

TEST(Simulation, WatchingChangesNothingAndInterpolatesInsideSteps) {
    const auto mesh = [] { return box(MPI_COMM_WORLD, 20, 20, 20, 4, 4, 4, 0.2); };
    Model model = tissue_model();
    Simulation plain(MPI_COMM_WORLD, mesh(), model), watched(MPI_COMM_WORLD, mesh(), model);
    std::vector<double> times;
    std::vector<std::vector<double>> frames;
    watched.watch(ms(0.8), [&](double t, const std::vector<double>& c) {
        times.push_back(t);
        frames.push_back(c);
    });
    for (auto* tissue : {&plain, &watched}) {
        set_profile(*tissue, 2, [](const Point& p) { return 0.1 + 0.05 * std::cos(std::numbers::pi * p[0] / 20); });
        tissue->advance(0, ms(0.5));
        tissue->advance(ms(0.5), ms(2.0));
        tissue->advance(ms(2.0), ms(4.0));
    }

    EXPECT_EQ(plain.concentrations(), watched.concentrations());
    ASSERT_EQ(times.size(), 5u);
    for (int k = 0; k < 5; ++k) EXPECT_DOUBLE_EQ(times[k], 0.8 * (k + 1));
    EXPECT_EQ(frames.back(), plain.concentrations());  // 4.0 ms is the end of a step
    // At 1.6 ms a run that ends there is the reference; interpolation in a step of 0.5 ms costs (dt rate)^2 / 8.
    Simulation reference(MPI_COMM_WORLD, mesh(), model);
    set_profile(reference, 2, [](const Point& p) { return 0.1 + 0.05 * std::cos(std::numbers::pi * p[0] / 20); });
    reference.advance(0, ms(1.6));
    for (std::size_t i = 0; i < reference.num_owned(); ++i)
        ASSERT_NEAR(frames[1][3 * i + 2], reference.concentration(i, 2), 1e-4);
}

TEST(Simulation, StepsLandOnTheEndsOfUnevenWindows) {
    Simulation tissue(MPI_COMM_WORLD, box(MPI_COMM_WORLD, 10, 10, 10, 2, 2, 2, 0.0), one_species(1.0, 3.0, 0.5));

    tissue.advance(0, ms(0.5));
    tissue.advance(ms(0.5), ms(1.7));

    EXPECT_EQ(tissue.steps(), 4);
}

TEST(Simulation, AValueThatIsNotANumberIsNamedWithPlaceAndTime) {
    Simulation tissue(MPI_COMM_SELF, box(MPI_COMM_SELF, 10, 10, 10, 2, 2, 2, 0.0), one_species(1.0, 3.0, 0.5));
    std::vector<double> mol(tissue.num_owned(), 0.0);
    mol[7] = std::nan("");

    try {
        tissue.add(0, mol, 12.0, nothing_unmet);
        FAIL() << "no exception";
    } catch (const ngv::PhysicsError& error) {
        EXPECT_EQ(error.field, "K");
        EXPECT_EQ(error.element, tissue.mesh().ids[7]);
        EXPECT_EQ(error.time_ms, 12.0);
    }
    tissue.set_concentration(3, 0, -1.0);
    try {
        tissue.advance(ms(12), ms(13));
        FAIL() << "no exception";
    } catch (const ngv::PhysicsError& error) {
        EXPECT_THAT(std::string(error.what()),
                    testing::HasSubstr("concentration of K is negative: -1 mM in tetrahedron"));
        EXPECT_EQ(error.element, tissue.mesh().ids[3]);
    }
}

}  // namespace
}  // namespace rd_test
