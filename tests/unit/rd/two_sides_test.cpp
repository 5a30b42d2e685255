// Reactions on a patch whose reactants are in the compartment outside of it: exact molecules and concentrations.
//
// Pairs of tetrahedra on the two sides of a wall, without diffusion, are experiments of their own. Every tolerance is five
// standard deviations of a mean over the pairs (6e-7 a comparison, were the seed another).
#include "solvers/rd/mesh/region_map.hpp"
#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

// Two layers of n x n cubes with a wall between them: 2 n n pairs; each tetrahedron has at most one face at the wall.
TetMesh layers(int n, int deep, double distortion) {
    TetMesh mesh = box_mesh(n, n, 2 * deep, n, n, 2 * deep, distortion);
    const auto neighbours = face_neighbours(mesh);
    const auto half = mesh.num_tetrahedra() / 2;
    MeshGroup below{"below", 3, {}}, above{"above", 3, {}};
    std::vector<std::int64_t> wall;
    for (std::int64_t i = 0; i < mesh.num_tetrahedra(); ++i) {
        (i < half ? below : above).members.push_back(i);
        for (int k = 0; k < 4; ++k)
            if (i < half && neighbours[4 * i + k] >= half) wall.push_back(4 * i + k);
    }
    mesh.groups = {below, above};
    add_surface(mesh, "wall", wall);
    return mesh;
}

LocalMesh part_of(MPI_Comm comm, const TetMesh& mesh, const Model& model) {
    return distribute(
        comm, [&] { return mesh; }, partition_rules(model));
}

// Below is inside, of which a quarter is solvent, so that the two volumes differ.
Model at_wall(const std::string& engine, const std::string& reactions, const std::string& species, double step_ms,
              const std::string& more = "") {
    std::string text = fmt::format("duration: 1 s\nmesh: none\nengine: {}\nstep: {} us\n", engine, 1e3 * step_ms);
    text +=
        "compartments: {below: {volume_fraction: 0.25}, above: {}}\npatches: {wall: {inside: below, outside: above}}\n";
    text += "species:\n";
    for (const char s : species)
        text += fmt::format("  {}: {{diffusion: 0 um2/s, valence: 1, in: [below, above, wall]}}\n", s);
    if (!reactions.empty()) text += "reactions:\n  wall:\n" + reactions;
    return model_from(ngv::Config::parse(text + more, "rd_standalone", "model.yaml"));
}

struct Pairs {
    LocalMesh mesh;
    StochasticEngine engine;
    Pairs(int n, const Model& model)
        : mesh(part_of(world, layers(n, 1, 0.0), model)), engine(world, mesh, model, regions_of(mesh, model, world)) {}

    const std::vector<Elements::Triangle>& triangles() const { return engine.elements().triangles; }
    std::int32_t inside(std::size_t t) const { return triangles()[t].mesh_inside; }
    std::int32_t outside(std::size_t t) const { return engine.elements().to_mesh[triangles()[t].outside]; }

    /// Mean and variance over all pairs.
    std::pair<double, double> moments(const std::function<double(std::size_t)>& f) const {
        double sums[3] = {0.0, 0.0, 0.0};
        for (std::size_t t = 0; t < triangles().size(); ++t) sums[0] += 1, sums[1] += f(t), sums[2] += f(t) * f(t);
        MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_DOUBLE, MPI_SUM, world);
        const double mean = sums[1] / sums[0];
        return {mean, sums[2] / sums[0] - mean * mean};
    }
    std::int64_t all() const {
        auto n = static_cast<std::int64_t>(triangles().size());
        MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_INT64_T, MPI_SUM, world);
        return n;
    }
};

TEST(TwoSides, MoleculesCrossBothWaysWithTheirBinomialLaw) {
    // In one step as long as the relaxation takes: events on the two sides interleave, so no splitting may show.
    Pairs pairs(20, at_wall("stochastic", "  - A.out <-> A.in : 3 1/s, 1 1/s\n", "A", 250));
    constexpr int n = 20;
    for (std::size_t t = 0; t < pairs.triangles().size(); ++t) pairs.engine.set_count(pairs.outside(t), 0, n);

    pairs.engine.advance(0, ms(250));

    const double p = 0.75 * (1 - std::exp(-1.0)), variance = n * p * (1 - p), m = static_cast<double>(pairs.all());
    const auto [mean, spread] =
        pairs.moments([&](std::size_t t) { return static_cast<double>(pairs.engine.count(pairs.inside(t), 0)); });
    EXPECT_NEAR(mean, n * p, 5 * std::sqrt(variance / m));
    EXPECT_NEAR(spread, variance, 5 * variance * std::sqrt(2 / m));
    EXPECT_EQ(pairs.engine.total(0), n * pairs.all());
}

TEST(TwoSides, ABindingSiteFindsWhatIsOutside) {
    // P + A.out <-> AP with one P: a(P) = k N / V outside, whatever V inside.
    Pairs pairs(20, at_wall("stochastic", "  - P + A.out <-> B : 1e6 1/(M s), 4 1/s\n", "APB", 10'000));
    constexpr int n = 10;
    for (std::size_t t = 0; t < pairs.triangles().size(); ++t) {
        pairs.engine.set_count(pairs.outside(t), 0, n);
        pairs.engine.set_surface_count(static_cast<std::int32_t>(t), 1, 1);
    }

    pairs.engine.advance(0, ms(10'000));

    const double on = 1e6 * n / (avogadro * 1e-15 / 6), p = on / (on + 4.0);  // V = 1/6 um3
    const auto bound = pairs.moments([&](std::size_t t) {
        return static_cast<double>(pairs.engine.surface_count(static_cast<std::int32_t>(t), 2));
    });
    EXPECT_NEAR(bound.first, p, 5 * std::sqrt(p * (1 - p) / static_cast<double>(pairs.all())));
    EXPECT_EQ(pairs.engine.total(0) + pairs.engine.total(2), n * pairs.all());
    EXPECT_EQ(pairs.engine.total(1) + pairs.engine.total(2), pairs.all());
}

TEST(TwoSides, EachOrderOutsideHasTheMeanOfItsEquation) {
    // n A.out -> B.in: dA/dt = -n k A^n in the volume outside.
    for (int order = 1; order <= 4; ++order) {
        const double a0 = 1.0 / 6 * molecules_per_mM_um3, k = order == 1 ? 1.0 : std::pow(1e3, order - 1);
        const auto text = order == 1 ? std::string("  - A.out -> B.in : 1 1/s\n")
                                     : fmt::format("  - {} A.out -> B.in : {} 1/(M{} s)\n", order, k,
                                                   order == 2 ? "" : std::to_string(order - 1));
        const double exact =
            order == 1 ? std::exp(-0.2) : std::pow(1.0 + (order - 1) * order * 0.2, -1.0 / (order - 1));
        {
            Pairs pairs(2, at_wall("stochastic", text, "AB", 200));
            for (std::size_t t = 0; t < pairs.triangles().size(); ++t)
                pairs.engine.set_count(pairs.outside(t), 0, std::llround(a0));
            pairs.engine.advance(0, ms(200));
            // 8 x 1e5 molecules: deviations of the mean are below 1e-3.
            const auto left = pairs.moments(
                [&](std::size_t t) { return static_cast<double>(pairs.engine.count(pairs.outside(t), 0)); });
            EXPECT_NEAR(left.first / a0, exact, 5e-3) << order;
            EXPECT_EQ(pairs.engine.total(0) + order * pairs.engine.total(1), std::llround(a0) * pairs.all());
        }
        const Model model = at_wall("deterministic", text, "AB", 10);
        Simulation tissue(world, part_of(world, layers(2, 1, 0.0), model), model);
        for (std::size_t i = 0; i < tissue.num_owned(); ++i) tissue.set_concentration(i, 0, 1.0);
        tissue.advance(0, ms(200));
        for (const auto& f : tissue.regions().faces) {
            const auto outside = tissue.mesh().neighbours[4 * f.inside + f.face];
            EXPECT_NEAR(tissue.concentration(outside, 0), exact, 1e-5) << order;
            EXPECT_NEAR(tissue.concentration(f.inside, 1) * 0.25, (1 - exact) / order, 1e-5) << order;
        }
    }
}

// P + A.in + B.out -> P: one P, so that pairs of A and B meet at kappa x_A x_B, kappa = k / (V_in V_out N_A^2).
TEST(TwoSides, ReactantsOnBothSidesMeetByTheirOwnVolumes) {
    const double volumes = 0.25 / 36 * std::pow(avogadro * 1e-15, 2);  // 1/M2
    const auto text = [&](double kappa) {
        return fmt::format("  - P + A.in + B.out -> P : {:.17g} 1/(M2 s)\n", kappa * volumes);
    };
    {
        Pairs pairs(20, at_wall("stochastic", text(5.0), "PAB", 200));
        for (std::size_t t = 0; t < pairs.triangles().size(); ++t) {
            pairs.engine.set_surface_count(static_cast<std::int32_t>(t), 0, 1);
            pairs.engine.set_count(pairs.inside(t), 1, 1);
            pairs.engine.set_count(pairs.outside(t), 2, 1);
        }

        pairs.engine.advance(0, ms(200));

        const double p = std::exp(-1.0);
        const auto left =
            pairs.moments([&](std::size_t t) { return static_cast<double>(pairs.engine.count(pairs.inside(t), 1)); });
        EXPECT_NEAR(left.first, p, 5 * std::sqrt(p * (1 - p) / static_cast<double>(pairs.all())));
        EXPECT_EQ(pairs.engine.total(1), pairs.engine.total(2));
        EXPECT_EQ(pairs.engine.total(0), pairs.all());
    }
    // Equal amounts n of both: n(t) = n / (1 + kappa n t).
    constexpr double n = 1e5;
    const Model model = at_wall("deterministic", text(5.0 / n), "PAB", 10);
    Simulation tissue(world, part_of(world, layers(2, 1, 0.0), model), model);
    for (std::size_t f = 0; f < tissue.regions().faces.size(); ++f) {
        const auto& face = tissue.regions().faces[f];
        tissue.set_density(f, 0, 1.0 / tissue.area(f));
        tissue.set_concentration(face.inside, 1, n / (molecules_per_mM_um3 * 0.25 / 6));
        tissue.set_concentration(tissue.mesh().neighbours[4 * face.inside + face.face], 2,
                                 n / (molecules_per_mM_um3 / 6));
    }
    tissue.advance(0, ms(200));
    for (const auto& f : tissue.regions().faces) {
        EXPECT_NEAR(tissue.concentration(f.inside, 1) * molecules_per_mM_um3 * 0.25 / 6 / n, 0.5, 1e-4);
        EXPECT_NEAR(
            tissue.concentration(tissue.mesh().neighbours[4 * f.inside + f.face], 2) * molecules_per_mM_um3 / 6 / n,
            0.5, 1e-4);
    }
}

// A carrier of one molecule in against one out comes to the law of a chemical equilibrium: all arrangements of the
// molecules with their weights.
TEST(TwoSides, AnExchangerComesToItsEquilibrium) {
    const double k = 20.0 * 0.25 / 36 * std::pow(avogadro * 1e-15, 2);
    Pairs pairs(20, at_wall("stochastic",
                            fmt::format("  - P + A.in + B.out <-> P + A.out + B.in : {0:.17g} 1/(M2 s), {0:.17g} "
                                        "1/(M2 s)\n",
                                        k),
                            "PAB", 1000));
    constexpr int n = 6;  // A inside, and as many B outside
    for (std::size_t t = 0; t < pairs.triangles().size(); ++t) {
        pairs.engine.set_surface_count(static_cast<std::int32_t>(t), 0, 1);
        pairs.engine.set_count(pairs.inside(t), 1, n);
        pairs.engine.set_count(pairs.outside(t), 2, n);
    }

    pairs.engine.advance(0, ms(1000));

    // a of both stays in place: the weight is C(n, a)^2, of mean n / 2.
    double sum = 0.0, squares = 0.0, choose = 1.0;
    for (int a = 0; a <= n; choose *= static_cast<double>(n - a) / (a + 1), ++a) {
        sum += choose * choose;
        squares += choose * choose * (a - 0.5 * n) * (a - 0.5 * n);
    }
    const double variance = squares / sum, m = static_cast<double>(pairs.all());
    const auto [mean, spread] =
        pairs.moments([&](std::size_t t) { return static_cast<double>(pairs.engine.count(pairs.inside(t), 1)); });
    EXPECT_NEAR(mean, 0.5 * n, 5 * std::sqrt(variance / m));
    EXPECT_NEAR(spread, variance, 5 * variance * std::sqrt(2 / m));
    for (std::size_t t = 0; t < pairs.triangles().size(); ++t)
        ASSERT_EQ(pairs.engine.count(pairs.inside(t), 1) + pairs.engine.count(pairs.inside(t), 2), n);
}

TEST(TwoSides, AnIonChannelToTheOuterCompartmentComesToNernst) {
    Pairs pairs(20, at_wall("stochastic", "", "AC", 20'000,
                            "ghk_currents: {k: {patch: wall, channel: C, ion: A, permeability: 1e-4 um3/ms}}\n"));
    constexpr int n = 20;
    for (std::size_t t = 0; t < pairs.triangles().size(); ++t) {
        pairs.engine.set_count(pairs.outside(t), 0, n);
        pairs.engine.set_surface_count(static_cast<std::int32_t>(t), 1, 1);
        pairs.engine.set_potential(static_cast<std::int32_t>(t), -20.0);
    }

    pairs.engine.advance(0, ms(20'000));

    // c_in / c_out = e^-nu
    const double ratio = 0.25 * std::exp(20e-3 * 96485.33212 / (8.314462618 * 310.15)), p = ratio / (1 + ratio);
    const auto [mean, spread] =
        pairs.moments([&](std::size_t t) { return static_cast<double>(pairs.engine.count(pairs.inside(t), 0)); });
    EXPECT_NEAR(mean, n * p, 5 * std::sqrt(n * p * (1 - p) / static_cast<double>(pairs.all())));
    EXPECT_NEAR(spread, n * p * (1 - p), 5 * n * p * (1 - p) * std::sqrt(2.0 / static_cast<double>(pairs.all())));
    for (std::size_t t = 0; t < pairs.triangles().size(); ++t)
        ASSERT_EQ(pairs.engine.take_charge(static_cast<std::int32_t>(t)), -pairs.engine.count(pairs.inside(t), 0));
}

// All at once, on a wall where three triangles and more tie elements together, with diffusion.
const std::string busy = R"(
duration: 1 s
mesh: none
engine: stochastic
step: 1 ms
compartments: {below: {}, above: {}}
patches: {wall: {inside: below, outside: above}}
species:
  A: {diffusion: 20 um2/s}
  P: {diffusion: 0 um2/s, surface_diffusion: 5 um2/s}
  AP: {diffusion: 0 um2/s, surface_diffusion: 2 um2/s}
reactions:
  wall:
  - P + A.out <-> AP : 300 1/(uM s), 40 1/s
  - AP -> P + A.in : 50 1/s
  - 2 A.in -> A.out + A.in : 10000 1/(uM s)
  - P + A.in + A.out -> P + 2 A.in : 2e5 1/(uM2 s)
contents: {above: {A: 5000}, wall: {P: 20 1/um2}}
clamps: [{species: A, in: above, low: [0 um, 0 um, 0 um], high: [1 um, 1 um, 9 um]}]
)";

// The wall takes in a step, so that its corners tie elements together.
TetMesh stepped() {
    TetMesh mesh = box_mesh(4, 4, 6, 4, 4, 6, 0.2);
    const auto neighbours = face_neighbours(mesh);
    const auto is_below = [&](std::int64_t i) { return i < mesh.num_tetrahedra() / 2 - (i % 12 < 6 ? 6 : 0); };
    MeshGroup below{"below", 3, {}}, above{"above", 3, {}};
    std::vector<std::int64_t> wall;
    for (std::int64_t i = 0; i < mesh.num_tetrahedra(); ++i) {
        (is_below(i) ? below : above).members.push_back(i);
        for (int k = 0; k < 4; ++k)
            if (const auto j = neighbours[4 * i + k]; j >= 0 && is_below(i) && !is_below(j)) wall.push_back(4 * i + k);
    }
    mesh.groups = {below, above};
    add_surface(mesh, "wall", wall);
    return mesh;
}

TEST(TwoSides, GiveTheSameOnAnyNumberOfRanksAndLoseNothing) {
    const Model model = model_from(ngv::Config::parse(busy, "rd_standalone", "model.yaml"));
    std::vector<std::int64_t> numbers[2], extents[2];
    for (const bool alone : {false, true}) {
        const MPI_Comm comm = alone ? MPI_COMM_SELF : world;
        const LocalMesh mesh = part_of(comm, stepped(), model);
        StochasticEngine engine(comm, mesh, model, regions_of(mesh, model, comm));
        const auto p = engine.total(1);
        engine.advance(0, ms(60));
        numbers[alone].assign(static_cast<std::size_t>(mesh.num_global), 0);
        for (std::int32_t i = 0; i < mesh.num_owned; ++i) numbers[alone][mesh.ids[i]] = engine.count(i, 0);
        MPI_Allreduce(MPI_IN_PLACE, numbers[alone].data(), static_cast<int>(mesh.num_global), MPI_INT64_T, MPI_SUM,
                      comm);
        extents[alone] = engine.extents();
        EXPECT_EQ(engine.total(1) + engine.total(2), p);
    }

    EXPECT_EQ(numbers[0], numbers[1]);
    EXPECT_EQ(extents[0], extents[1]);
    EXPECT_THAT(extents[1], testing::Each(testing::Gt(20)));
}

TEST(TwoSides, ApartOnTwoRanksAreAnErrorOnEveryRank) {
    if (size_of(world) != 2) GTEST_SKIP() << "two ranks share a column of cubes at its middle, the wall";
    const Model model = at_wall("stochastic", "  - A.out -> A.in : 3 1/s\n", "A", 1);
    const LocalMesh mesh = distribute(world, [] { return layers(1, 6, 0.0); });

    EXPECT_THROW(StochasticEngine(world, mesh, model, regions_of(mesh, model, world)), ngv::UserError);
}

}  // namespace
}  // namespace rd_test
