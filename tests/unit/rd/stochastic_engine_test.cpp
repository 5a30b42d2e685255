// The stochastic engine: the same molecules on any number of ranks, exact conservation, switches, restart.
#include <array>

#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

const std::string simple = R"(
step: 2 ms
compartments: {box: {}}
species: {A: {diffusion: 100 um2/s}, B: {diffusion: 50 um2/s}, C: {diffusion: 20 um2/s}}
constants: {k_on: 100 1/(uM s)}
reactions:
  box:
  - A + B <-> C : k_on, 100 1/s
  - 0 <-> A : 0.001 uM/s, 1 1/s
contents: {box: {A: 3000, B: 2000, C: 0.5 uM}}
)";

// Two halves with a membrane between them: pumps on it, and a boundary beside it.
const std::string halves = R"(
step: 1 ms
compartments: {left: {}, right: {}}
patches: {wall: {inside: left, outside: right}}
diffusion_boundaries: {hole: {between: [left, right], group: opening, species: [A]}}
species:
  A: {diffusion: 100 um2/s}
  P: {diffusion: 0 um2/s, surface_diffusion: 5 um2/s}
  AP: {diffusion: 0 um2/s, surface_diffusion: 2 um2/s}
reactions:
  wall:
  - P + A.in <-> AP : 100 1/(uM s), 10 1/s
  - AP -> P + A.out : 50 1/s
  right:
  - A -> 0 : 1 1/s
contents: {left: {A: 5000}, wall: {P: 20 1/um2}}
)";

TetMesh halves_mesh() {
    TetMesh mesh = box_mesh(4, 4, 8, 4, 4, 8, 0.2);
    const auto neighbours = face_neighbours(mesh);
    std::vector<std::vector<std::int64_t>> members(2);
    for (std::int64_t i = 0; i < mesh.num_tetrahedra(); ++i) members[i / (mesh.num_tetrahedra() / 2)].push_back(i);
    std::vector<std::int64_t> wall, opening;
    const auto half = mesh.num_tetrahedra() / 2;
    for (std::int64_t i = 0; i < half; ++i)
        for (int k = 0; k < 4; ++k)
            if (neighbours[4 * i + k] >= half) (i % 5 ? wall : opening).push_back(4 * i + k);
    mesh.groups.push_back({"left", 3, members[0]});
    mesh.groups.push_back({"right", 3, members[1]});
    add_surface(mesh, "wall", wall);
    add_surface(mesh, "opening", opening);
    return mesh;
}

// The numbers of all species by global index, the same list on every rank.
std::vector<std::int64_t> everything(const StochasticEngine& engine, const LocalMesh& mesh, MPI_Comm comm) {
    const int ns = engine.model().num_species();
    std::vector<std::int64_t> all(static_cast<std::size_t>(mesh.num_global * ns), 0);
    for (std::int32_t i = 0; i < mesh.num_owned; ++i)
        for (int s = 0; s < ns; ++s) all[mesh.ids[i] * ns + s] = engine.count(i, s);
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_INT64_T, MPI_SUM, comm);
    return all;
}

struct Case {
    LocalMesh mesh;
    StochasticEngine engine;
    Case(MPI_Comm comm, const std::string& text, const std::function<TetMesh()>& shape)
        : mesh(distribute(comm, shape)),
          engine(comm, mesh, stochastic(text), regions_of(mesh, stochastic(text), comm)) {}
};

TetMesh small_box() {
    return box_mesh(6, 6, 24, 4, 4, 16, 0.25);
}

TEST(StochasticEngine, TrajectoryIsIdenticalOnAnyNumberOfRanks) {
    Case together(world, simple, small_box), alone(MPI_COMM_SELF, simple, small_box);

    for (int k = 0; k < 5; ++k) {
        ASSERT_EQ(everything(together.engine, together.mesh, world),
                  everything(alone.engine, alone.mesh, MPI_COMM_SELF));
        together.engine.advance(k * ms(10), (k + 1) * ms(10));
        alone.engine.advance(k * ms(10), (k + 1) * ms(10));
    }
    EXPECT_EQ(together.engine.extents(), alone.engine.extents());
    EXPECT_GT(alone.engine.extents()[0], 100);
}

TEST(StochasticEngine, SurfacesGiveTheSameOnAnyNumberOfRanks) {
    Case together(world, halves, halves_mesh), alone(MPI_COMM_SELF, halves, halves_mesh);

    together.engine.advance(0, ms(50));
    alone.engine.advance(0, ms(50));

    EXPECT_EQ(everything(together.engine, together.mesh, world), everything(alone.engine, alone.mesh, MPI_COMM_SELF));
    EXPECT_EQ(together.engine.extents(), alone.engine.extents());
    const auto on_wall = [](const Case& run, MPI_Comm comm) {
        std::vector<std::int64_t> all(8 * static_cast<std::size_t>(run.mesh.num_global), 0);  // by face and species
        for (std::int32_t t = 0; t < static_cast<std::int32_t>(run.engine.elements().triangles.size()); ++t) {
            const auto& triangle = run.engine.elements().triangles[t];
            for (int s = 1; s < 3; ++s)
                all[8 * run.mesh.ids[triangle.mesh_inside] + 2 * triangle.face + s - 1] =
                    run.engine.surface_count(t, s);
        }
        MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_INT64_T, MPI_SUM, comm);
        return all;
    };
    EXPECT_EQ(on_wall(together, world), on_wall(alone, MPI_COMM_SELF));
    const auto extents = alone.engine.extents();
    EXPECT_GT(extents[0], 50);
    EXPECT_GT(extents[2], 10);
    // What left the left half went through the wall or the hole, and nothing else.
    EXPECT_EQ(alone.engine.total(0) + alone.engine.total(2), 5000 - extents[3]);
    EXPECT_EQ(alone.engine.total(1) + alone.engine.total(2),
              alone.engine.total(1, {true, 0}) + alone.engine.total(2, {true, 0}));
}

// Numbers are drawn in four ways, by how many molecules a place holds; each must give the multinomial distribution of the
// same probabilities. Tolerances are five standard deviations (6e-7 a comparison).
TEST(StochasticEngine, JumpsAreMultinomialHoweverManyMoleculesThereAre) {
    Case run(MPI_COMM_SELF, "compartments: {box: {}}\nspecies: {A: {diffusion: 20 um2/s}}\n",
             [] { return box_mesh(3, 3, 3, 3, 3, 3, 0.1); });
    std::int32_t from = 0;  // the one in the middle
    for (std::int32_t i = 0; i < run.mesh.num_owned; ++i)
        if (norm(run.mesh.centroid(i) - Point{1.5, 1.5, 1.5}) < norm(run.mesh.centroid(from) - Point{1.5, 1.5, 1.5}))
            from = i;
    constexpr int windows = 4000;
    std::array<double, 4> reference = {};
    for (const int n : {100'000, 7, 40, 120, 900}) {
        std::array<double, 4> sum = {}, squares = {};
        double product = 0.0;
        for (int w = 0; w < windows; ++w) {
            set_all(run.engine, 0, 0);
            run.engine.set_count(from, 0, n);
            run.engine.diffuse(0.25);
            std::array<double, 4> jumps = {};
            for (int k = 0; k < 4; ++k) {
                jumps[k] = static_cast<double>(run.engine.count(run.mesh.neighbours[4 * from + k], 0));
                sum[k] += jumps[k];
                squares[k] += jumps[k] * jumps[k];
            }
            product += jumps[0] * jumps[1];
        }
        ASSERT_EQ(run.engine.statistics().sub_steps, 1);
        std::array<double, 4> mean = {};
        for (int k = 0; k < 4; ++k) {
            mean[k] = sum[k] / windows;
            if (n == 100'000) reference[k] = mean[k] / n;  // to 1e-4 of themselves
            const double p = reference[k], variance = n * p * (1 - p);
            EXPECT_NEAR(mean[k], n * p, 5 * std::sqrt(variance / windows) + 1e-3 * n * p) << n;
            // The variance of a square of a binomial number is about 2 variance^2 (1 + 1 / (2 variance)).
            EXPECT_NEAR(squares[k] / windows - mean[k] * mean[k], variance,
                        5 * std::sqrt((2 * variance * variance + variance) / windows))
                << n;
        }
        const double p = reference[0], q = reference[1];
        EXPECT_NEAR(product / windows - mean[0] * mean[1], -n * p * q, 5 * n * std::sqrt(2 * p * q / windows)) << n;
        EXPECT_GT(p + q + reference[2] + reference[3], 0.1);
    }
    EXPECT_EQ(run.engine.total(0), 900);
}

TEST(StochasticEngine, InvariantsAreExactIntegers) {
    Case run(world, simple, small_box);
    const auto a = run.engine.total(0), b = run.engine.total(1), c = run.engine.total(2);
    EXPECT_EQ(a, 3000);
    EXPECT_EQ(b, 2000);

    run.engine.advance(0, ms(100));

    const auto extents = run.engine.extents();
    EXPECT_EQ(run.engine.total(1) + run.engine.total(2), b + c);
    EXPECT_EQ(run.engine.total(0) - run.engine.total(1), a - b + extents[2] - extents[3]);
    EXPECT_EQ(run.engine.total(2), c + extents[0] - extents[1]);
}

TEST(StochasticEngine, ClosedBoundariesLetNothingPassAndOpenOnesDo) {
    Case run(world, R"(
step: 1 ms
compartments: {left: {}, right: {}}
diffusion_boundaries: {hole: {between: [left, right], group: opening, species: [A], open: false}}
species: {A: {diffusion: 100 um2/s}, B: {diffusion: 100 um2/s, in: [left, right]}}
contents: {left: {A: 5000, B: 1000}}
changes: [{at: 20 ms, open: [hole]}]
)",
             halves_mesh);

    run.engine.advance(0, ms(20));
    EXPECT_EQ(run.engine.total(0, {false, 0}), 5000);

    run.engine.advance(ms(20), ms(40));
    const auto passed = run.engine.total(0, {false, 1});
    EXPECT_GT(passed, 10);
    EXPECT_EQ(run.engine.total(0, {false, 0}), 5000 - passed);
    EXPECT_EQ(run.engine.total(1, {false, 1}), 0);  // not one of the boundary's species

    run.engine.set_open(0, false);
    run.engine.advance(ms(40), ms(50));
    EXPECT_EQ(run.engine.total(0, {false, 1}), passed);
}

TEST(StochasticEngine, ConstantsChangeWhileItRuns) {
    Case run(world, simple + "changes: [{at: 10 ms, constants: {k_on: 0 1/(uM s)}}]\n", small_box);
    run.engine.advance(0, ms(10));
    const auto before = run.engine.extents();
    ASSERT_GT(before[0], 0);

    run.engine.advance(ms(10), ms(30));

    EXPECT_EQ(run.engine.extents()[0], before[0]);
    EXPECT_GT(run.engine.extents()[1], before[1]);
}

TEST(StochasticEngine, WatchingChangesNothing) {
    Case watched(world, simple, small_box), free(world, simple, small_box);
    int calls = 0;
    double last = 0.0;
    watched.engine.watch([&](double time) {
        ++calls;
        last = time;
        watched.engine.total(0);
    });

    watched.engine.advance(0, ms(20));
    free.engine.advance(0, ms(20));

    EXPECT_EQ(calls, 10);
    EXPECT_DOUBLE_EQ(last, 20.0);
    EXPECT_EQ(everything(watched.engine, watched.mesh, world), everything(free.engine, free.mesh, world));
}

TEST(StochasticEngine, ClampedNumbersStay) {
    Case run(world, R"(
step: 1 ms
compartments: {box: {}}
species: {A: {diffusion: 100 um2/s}, B: {diffusion: 100 um2/s}}
reactions: {box: [A -> B : 10 1/s]}
contents: {box: {A: 0 uM}}
clamps: [{species: A, in: box, low: [0 um, 0 um, 0 um], high: [6 um, 6 um, 1 um], value: 2 uM}]
)",
             small_box);

    run.engine.advance(0, ms(50));

    for (std::int32_t i = 0; i < run.mesh.num_owned; ++i)
        if (run.mesh.centroid(i)[2] < 1.0) {
            EXPECT_NEAR(run.engine.concentration(i, 0), 2e-3, 1.0 / (602.2 * run.mesh.volumes[i]));
        }
    EXPECT_GT(run.engine.total(1), 100);  // they feed the rest
}

TEST(StochasticEngine, AmountsBecomeWholeMoleculesOfTheSameMean) {
    Case run(world, "compartments: {box: {}}\nspecies: {A: {diffusion: 0 um2/s}}\n", small_box);
    const std::vector<double> mol(static_cast<std::size_t>(run.mesh.num_owned), 2.25 / avogadro),
        sink(mol.size(), -10 / avogadro);
    double unmet = 0.0;

    run.engine.add(0, mol, [](std::size_t, double) { FAIL(); });
    const auto n = run.engine.total(0);
    EXPECT_NEAR(static_cast<double>(n) / static_cast<double>(run.mesh.num_global), 2.25,
                5.0 * 0.433 / std::sqrt(static_cast<double>(run.mesh.num_global)));  // five deviations
    run.engine.add(0, sink, [&](std::size_t, double mol_not_there) { unmet += mol_not_there; });

    EXPECT_EQ(run.engine.total(0), 0);
    MPI_Allreduce(MPI_IN_PLACE, &unmet, 1, MPI_DOUBLE, MPI_SUM, world);
    EXPECT_NEAR(unmet * avogadro, static_cast<double>(n - 10 * run.mesh.num_global), 1e-3);
}

TEST(StochasticEngine, ContinuesFromAStateBitForBit) {
    Case first(world, halves, halves_mesh), second(world, halves, halves_mesh);
    first.engine.advance(0, ms(20));

    second.engine.set_state(first.engine.state());
    first.engine.advance(ms(20), ms(40));
    second.engine.advance(ms(20), ms(40));

    EXPECT_EQ(everything(first.engine, first.mesh, world), everything(second.engine, second.mesh, world));
    EXPECT_EQ(first.engine.extents(), second.engine.extents());
    EXPECT_EQ(first.engine.state().tetrahedra, second.engine.state().tetrahedra);
}

}  // namespace
}  // namespace rd_test
