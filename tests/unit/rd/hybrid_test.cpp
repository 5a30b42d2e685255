// Concentrations and molecules in one model: rare species as molecules, abundant ones as concentrations.
#include <filesystem>

#include "solvers/rd/output/checkpoint.hpp"
#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

// A is abundant, R rare: A + R <-> AR, and A alone decays.
const std::string mixed = R"(
step: 1 ms
engine: deterministic
compartments: {box: {}}
species:
  A: {diffusion: 100 um2/s}
  B: {diffusion: 100 um2/s}
  R: {diffusion: 10 um2/s, engine: stochastic}
  AR: {diffusion: 10 um2/s, engine: stochastic}
constants: {k_on: 1 1/(uM s)}
reactions:
  box:
  - A + R <-> AR : k_on, 20 1/s
  - A <-> B : 5 1/s, 5 1/s
contents: {box: {A: 50 uM, R: 2000}}
)";

Model mixed_model(const std::string& more = "") {
    return model_from(ngv::Config::parse("duration: 1 s\nmesh: none\n" + mixed + more, "rd_standalone", "model.yaml"));
}

// The whole surface of a mesh as a group.
TetMesh with_surface(TetMesh mesh, const std::string& name) {
    const auto neighbours = face_neighbours(mesh);
    std::vector<std::int64_t> faces;
    for (std::size_t f = 0; f < neighbours.size(); ++f)
        if (neighbours[f] < 0) faces.push_back(static_cast<std::int64_t>(f));
    add_surface(mesh, name, faces);
    return mesh;
}

LocalMesh small_box(MPI_Comm comm) {
    return box(comm, 6, 6, 12, 4, 4, 8, 0.2);
}

TEST(Hybrid, NothingIsLostBetweenTheTwo) {
    Simulation tissue(world, small_box(world), mixed_model());
    const auto mol = [&](int s) { return tissue.budget(s).end; };
    const double a = mol(0) + mol(1) + mol(3);
    EXPECT_NEAR(mol(2) * avogadro, 2000, 1e-6);

    tissue.advance(0, ms(200));

    EXPECT_NEAR(mol(0) + mol(1) + mol(3), a, 1e-12 * a);  // the same
    EXPECT_NEAR((mol(2) + mol(3)) * avogadro, 2000, 1e-6);
    EXPECT_GT(mol(3) * avogadro, 100);
    EXPECT_LT(tissue.budget(0).defect(), 1e-12);  // 400 roundings of every concentration
}

TEST(Hybrid, RareSpeciesFollowTheMeanOfTheDeterministicModel) {
    Simulation hybrid(world, small_box(world), mixed_model());
    auto all = mixed_model();
    for (auto& s : all.species) s.engine = Engine::deterministic;
    Simulation deterministic(world, small_box(world), all);

    hybrid.advance(0, ms(100));
    deterministic.advance(0, ms(100));

    const double expected = deterministic.budget(3).end * avogadro, found = hybrid.budget(3).end * avogadro;
    EXPECT_NEAR(found, expected, 4.5 * std::sqrt(2000 * 0.25));  // 4.5 deviations of a binomial number
    EXPECT_NEAR(hybrid.budget(0).end, deterministic.budget(0).end, 1e-4 * deterministic.budget(0).end);
}

TEST(Hybrid, IsTheSameOnAnyNumberOfRanks) {
    Simulation together(world, small_box(world), mixed_model()),
        alone(MPI_COMM_SELF, small_box(MPI_COMM_SELF), mixed_model());

    together.advance(0, ms(20));
    alone.advance(0, ms(20));

    std::vector<double> all(static_cast<std::size_t>(alone.mesh().num_global) * 4, 0.0), other(all.size(), 0.0);
    for (const auto& [tissue, to] : {std::pair{&together, &all}, std::pair{&alone, &other}})
        for (std::size_t i = 0; i < tissue->num_owned(); ++i)
            for (int s = 0; s < 4; ++s) (*to)[tissue->mesh().ids[i] * 4 + s] = tissue->concentration(i, s);
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, world);
    for (std::size_t at = 0; at < all.size(); ++at) ASSERT_NEAR(all[at], other[at], 1e-9 * 0.05) << at;
}

TEST(Hybrid, ChangesReachBothEngines) {
    Simulation tissue(world, small_box(world), mixed_model("changes: [{at: 20 ms, constants: {k_on: 0 1/(uM s)}}]\n"));
    tissue.advance(0, ms(20));
    const auto before = tissue.molecules()->engine().extents();
    EXPECT_GT(before[0], 0);

    tissue.advance(ms(20), ms(40));

    EXPECT_EQ(tissue.molecules()->engine().extents()[0], before[0]);
    EXPECT_GT(tissue.molecules()->engine().extents()[1], before[1]);
}

TEST(Hybrid, WatchersSeeMoleculesAsConcentrations) {
    Simulation tissue(world, small_box(world), mixed_model());
    double seen = -1.0;
    tissue.watch(ms(5), [&](double time_ms, const std::vector<double>& c) {
        if (time_ms == 10.0) {
            seen = 0.0;
            for (std::size_t i = 0; i < tissue.num_owned(); ++i)
                seen += (c[4 * i + 2] + c[4 * i + 3]) * tissue.extracellular_volume(i) * molecules_per_mM_um3;
        }
    });

    tissue.advance(0, ms(10));

    MPI_Allreduce(MPI_IN_PLACE, &seen, 1, MPI_DOUBLE, MPI_SUM, world);
    EXPECT_NEAR(seen, 2000, 1e-6);
}

// A membrane whose stochastic channels open and let calcium in: all that a checkpoint has to hold.
const std::string channels = R"(
step: 0.1 ms
compartments: {cell: {conductivity: 1 S/m}}
patches: {wall: {inside: cell}}
membranes: {plasma: {patches: [wall], leak_conductance: 1 S/m2, potential: -60 mV}}
species:
  Ca: {diffusion: 200 um2/s, valence: 2, engine: stochastic}
  B: {diffusion: 50 um2/s}
  CaB: {diffusion: 50 um2/s}
  C: {diffusion: 0 um2/s, surface_diffusion: 1 um2/s, engine: stochastic}
  O: {diffusion: 0 um2/s, engine: stochastic}
rates: {open: {expression: 'exp((V+40)/10)', unit: 1/ms}}
reactions:
  cell:
  - Ca + B <-> CaB : 100 1/(uM s), 10 1/s
  wall:
  - C <-> O : open, 0.5 1/ms
ghk_currents: {inward: {patch: wall, channel: O, ion: Ca, permeability: 2.5e-5 um3/ms, outside: 2 mM}}
ohmic_currents: {leak: {patch: wall, channel: O, conductance: 1 pS, reversal: -20 mV}}
contents: {cell: {Ca: 50 nM, B: 20 uM}, wall: {C: 5 1/um2}}
)";

Model channel_model() {
    return model_from(ngv::Config::parse("duration: 1 s\nmesh: none\n" + channels, "rd_standalone", "model.yaml"));
}

LocalMesh walled_box(MPI_Comm comm) {
    return distribute(
        comm, [] { return with_surface(box_mesh(3, 3, 6, 3, 3, 6, 0.2), "wall"); }, partition_rules(channel_model()));
}

std::vector<std::int64_t> numbers(const Simulation& tissue, const std::vector<int>& species, MPI_Comm comm) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(tissue.mesh().num_global) * species.size(), 0);
    for (std::size_t i = 0; i < tissue.num_owned(); ++i)
        for (std::size_t k = 0; k < species.size(); ++k)
            all[tissue.mesh().ids[i] * species.size() + k] = std::llround(
                tissue.concentration(i, species[k]) * tissue.extracellular_volume(i) * molecules_per_mM_um3);
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_INT64_T, MPI_SUM, comm);
    return all;
}

TEST(Hybrid, ContinuesFromACheckpointOnAnyNumberOfRanks) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("ngv_rd_hybrid_{}.h5", size_of(world));
    Simulation first(world, walled_box(world), channel_model());
    first.advance(0, ms(2));
    save_checkpoint(world, file, first, ms(2));

    Simulation again(world, walled_box(world), channel_model()),
        alone(MPI_COMM_SELF, walled_box(MPI_COMM_SELF), channel_model());
    EXPECT_EQ(load_checkpoint(world, file, again), ms(2));
    load_checkpoint(MPI_COMM_SELF, file, alone);
    for (auto* tissue : {&first, &again, &alone}) tissue->advance(ms(2), ms(4));

    EXPECT_EQ(first.concentrations(), again.concentrations());  // bit for bit
    const auto &v = first.potential()->at_vertices(), &w = again.potential()->at_vertices();
    for (std::size_t k = 0; k < v.size(); ++k) ASSERT_NEAR(v[k], w[k], 1e-6);  // to the tolerance of its solver
    EXPECT_EQ(numbers(first, {0}, world), numbers(alone, {0}, MPI_COMM_SELF));
    EXPECT_EQ(first.molecules()->engine().extents(), alone.molecules()->engine().extents());
    const auto extents = first.molecules()->engine().extents();
    EXPECT_GT(extents[2], 10);      // channels opened
    EXPECT_GT(extents.back(), 10);  // and calcium came in
    MPI_Barrier(world);
    if (rank_of(world) == 0) std::filesystem::remove(file);
}

TEST(Hybrid, ChannelsOfMoleculesMoveThePotential) {
    Simulation tissue(world, walled_box(world), channel_model());
    auto closed_model = channel_model();
    closed_model.functions[0].values.assign(closed_model.functions[0].values.size(), 0.0);
    Simulation closed(world, walled_box(world), closed_model);
    const auto mean = [](const Simulation& s) {
        double sums[2] = {0.0, 0.0};
        for (const double v : s.potential()->at_faces()) sums[0] += v, sums[1] += 1.0;
        MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, world);
        return sums[0] / sums[1];
    };

    tissue.advance(0, ms(3));
    closed.advance(0, ms(3));

    // The leak alone draws the potential from -60 to -65 mV with 10 ms; open channels draw it up.
    EXPECT_NEAR(mean(closed), -65 + 5 * std::exp(-0.3), 0.02);
    EXPECT_GT(mean(tissue), mean(closed) + 1.0);
}

TEST(Hybrid, AddedAmountsReachTheRightEngine) {
    Simulation tissue(world, small_box(world), mixed_model());
    std::vector<double> mol(tissue.num_owned(), 3.0 / avogadro);
    tissue.add(2, mol, 0.0, nothing_unmet);

    EXPECT_NEAR(tissue.budget(2).end * avogadro, 2000 + 3.0 * static_cast<double>(tissue.mesh().num_global), 1e-6);
}

// Without noise (no R yet), so that only the splitting and the steps leave errors.
TEST(Hybrid, TheErrorBoundGovernsTheStepsOfConcentrations) {
    const auto run = [](double bound, double step_us) {
        Model model = model_from(ngv::Config::parse(
            fmt::format("duration: 1 s\nmesh: none\nerror_bound: {}\nstep: {} us\n", bound, step_us) + R"(
compartments: {box: {}}
species: {A: {diffusion: 1000 um2/s}, B: {diffusion: 500 um2/s}, R: {diffusion: 0 um2/s, engine: stochastic}}
reactions: {box: [A + B -> 0 : 5 1/(uM s), A + R -> R : 1 1/(uM s)]}
contents: {box: {B: 1 mM, R: 0}}
)",
            "rd_standalone", "model.yaml"));
        Simulation tissue(world, box(world, 4, 4, 4, 4, 4, 4, 0.2), model);
        set_profile(tissue, 0, [](const Point& p) { return p[0] < 2 ? 2.0 : 0.0; });
        tissue.advance(0, ms(3));
        return std::pair(tissue.column(0), tissue.steps());
    };
    const auto [reference, many] = run(0.0, 6);
    std::int64_t steps_before = 0;
    double coarse = 0.0, fine = 0.0;
    for (const double bound : {1e-2, 1e-3, 1e-4}) {
        const auto [c, steps] = run(bound, 1500);
        fine = 0.0;
        for (std::size_t i = 0; i < c.size(); ++i) fine = std::max(fine, std::abs(c[i] - reference[i]));
        MPI_Allreduce(MPI_IN_PLACE, &fine, 1, MPI_DOUBLE, MPI_MAX, world);
        EXPECT_LT(fine, 2.0 * bound * static_cast<double>(steps)) << "errors of the steps add up at most";
        EXPECT_GT(steps, steps_before);
        steps_before = steps;
        if (coarse == 0.0) coarse = fine;
    }
    EXPECT_LT(fine, 0.1 * coarse);
    EXPECT_LT(steps_before, many);
}

TEST(Hybrid, AnErrorBoundNeedsConcentrations) {
    auto molecules = mixed_model(), with_potential = channel_model();
    for (auto& s : molecules.species) s.engine = Engine::stochastic;
    molecules.error_bound = with_potential.error_bound = 1e-3;

    EXPECT_THROW(Simulation(world, small_box(world), molecules), ngv::UserError);
    EXPECT_THROW(Simulation(world, walled_box(world), with_potential), ngv::UserError);
}

}  // namespace
}  // namespace rd_test
