// Molecules while everything changes around them: rates, boundaries, clamps and sources in one run, the same on any number
// of ranks, and from a checkpoint to the last bit on another number of ranks.
#include <filesystem>

#include "solvers/rd/output/checkpoint.hpp"
#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

const std::string text = R"(
duration: 1 s
mesh: none
engine: stochastic
step: 1 ms
compartments: {below: {}, above: {}}
patches: {wall: {inside: below, outside: above}}
diffusion_boundaries: {hole: {between: [below, above], group: hole, species: [A], open: false}}
species:
  A: {diffusion: 100 um2/s}
  B: {diffusion: 30 um2/s}
  P: {diffusion: 0 um2/s, surface_diffusion: 5 um2/s}
  AP: {diffusion: 0 um2/s}
constants: {on: 100 1/(uM s), decay: 5 1/s}
reactions:
  below:
  - A <-> B : decay, 1 1/s
  - 2 B -> A : 10 1/(uM s)
  wall:
  - P + A.in <-> AP : on, 10 1/s
  - P + A.out -> AP : 20 1/(uM s)
  - AP -> P + A.out : 50 1/s
contents: {below: {A: 8000}, wall: {P: 20 1/um2}}
clamps: [{species: A, in: above, low: [0 um, 0 um, 7 um], high: [4 um, 4 um, 8 um], value: 1 uM}]
changes:
- {at: 6 ms, constants: {on: 10 1/(uM s)}}
- {at: 12 ms, open: [hole], constants: {decay: 50 1/s}}
- {at: 25 ms, close: [hole]}
)";

TetMesh mesh_with_hole() {
    TetMesh mesh = box_mesh(4, 4, 8, 4, 4, 8, 0.2);
    const auto neighbours = face_neighbours(mesh);
    const auto half = mesh.num_tetrahedra() / 2;
    MeshGroup below{"below", 3, {}}, above{"above", 3, {}};
    std::vector<std::int64_t> wall, hole;
    for (std::int64_t i = 0; i < mesh.num_tetrahedra(); ++i) {
        (i < half ? below : above).members.push_back(i);
        for (int k = 0; k < 4; ++k)
            if (i < half && neighbours[4 * i + k] >= half) (i % 4 ? wall : hole).push_back(4 * i + k);
    }
    mesh.groups = {below, above};
    add_surface(mesh, "wall", wall);
    add_surface(mesh, "hole", hole);
    return mesh;
}

struct Cell {
    MPI_Comm comm;
    Simulation tissue;
    explicit Cell(MPI_Comm c)
        : comm(c),
          tissue(c,
                 distribute(
                     c, [] { return mesh_with_hole(); }, partition_rules(model())),
                 model()) {}
    static Model model() { return model_from(ngv::Config::parse(text, "rd_standalone", "model.yaml")); }

    /// From one millisecond to another, with a source and a sink before each.
    void go(int from, int to) {
        for (int k = from; k < to; ++k) {
            std::vector<double> mol(tissue.num_owned());
            for (std::size_t i = 0; i < mol.size(); ++i)
                mol[i] = (tissue.mesh().ids[i] % 3 == 0 ? 0.7 : -0.2) / avogadro;
            tissue.add(0, mol, k, [](std::size_t, double) {});
            tissue.advance(ms(k), ms(k + 1));
        }
    }
    /// Of all species by global index, and of the triangles' by that of their inside; then the extents.
    std::vector<std::int64_t> everything() const {
        const auto& engine = tissue.molecules()->engine();
        const auto& mesh = tissue.mesh();
        std::vector<std::int64_t> all(static_cast<std::size_t>(mesh.num_global) * 12, 0);
        for (std::int32_t i = 0; i < mesh.num_owned; ++i)
            for (int s = 0; s < 4; ++s) all[mesh.ids[i] * 12 + s] = engine.count(i, s);
        for (std::size_t t = 0; t < engine.elements().triangles.size(); ++t) {
            const auto& triangle = engine.elements().triangles[t];
            for (int s = 2; s < 4; ++s)
                all[mesh.ids[triangle.mesh_inside] * 12 + 4 + 2 * triangle.face + s - 2] =
                    engine.surface_count(static_cast<std::int32_t>(t), s);
        }
        MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_INT64_T, MPI_SUM, comm);
        const auto extents = engine.extents();
        all.insert(all.end(), extents.begin(), extents.end());
        return all;
    }
};

TEST(Restart, EverythingThatChangesIsTheSameOnAnyNumberOfRanks) {
    Cell together(world), alone(MPI_COMM_SELF);

    for (const auto& [from, to] : {std::pair{0, 8}, {8, 20}, {20, 30}}) {
        together.go(from, to);
        alone.go(from, to);
        ASSERT_EQ(together.everything(), alone.everything()) << to;
    }
    EXPECT_THAT(alone.tissue.molecules()->engine().extents(), testing::Each(testing::Gt(5)));
}

TEST(Restart, ACheckpointContinuesToTheLastBitOnAnotherNumberOfRanks) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("ngv_rd_restart_{}.h5", size_of(world));
    Cell first(world);
    first.go(0, 15);  // the boundary is open, both constants are changed, the clamp holds
    save_checkpoint(world, file, first.tissue, ms(15));

    Cell again(world), alone(MPI_COMM_SELF);
    EXPECT_EQ(load_checkpoint(world, file, again.tissue), ms(15));
    load_checkpoint(MPI_COMM_SELF, file, alone.tissue);
    for (auto* run : {&first, &again, &alone}) run->go(15, 30);

    EXPECT_EQ(first.everything(), again.everything());
    EXPECT_EQ(first.everything(), alone.everything());
    const auto &a = first.tissue.molecules()->engine().state(), &b = again.tissue.molecules()->engine().state();
    EXPECT_EQ(a.tetrahedra, b.tetrahedra);  // with the clocks' bits
    EXPECT_EQ(a.triangles, b.triangles);
    MPI_Barrier(world);
    if (rank_of(world) == 0) std::filesystem::remove(file);
}

}  // namespace
}  // namespace rd_test
