// Diffusion on a patch that several ranks share.
#include <map>

#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

Model on_a_wall() {
    Model model;
    model.species = {Species{.name = "X", .surface_diffusion = 0.5}, Species{.name = "Y", .surface_diffusion = 0.1}};
    model.compartments = {{.name = "inside"}};
    model.patches = {{.name = "wall", .group = "wall", .inside = 0, .species = {0, 1}}};
    model.step = ms(0.25);
    return model;
}

/// A box whose whole surface is the patch; X stands at one end of it, Y everywhere.
std::unique_ptr<Simulation> walled(MPI_Comm comm) {
    const Model model = on_a_wall();
    auto tissue = std::make_unique<Simulation>(comm,
                                               distribute(
                                                   comm,
                                                   [] {
                                                       TetMesh mesh = box_mesh(8, 4, 4, 8, 4, 4, 0.15);
                                                       const auto neighbours = face_neighbours(mesh);
                                                       std::vector<std::int64_t> faces;
                                                       for (std::size_t f = 0; f < neighbours.size(); ++f)
                                                           if (neighbours[f] < 0)
                                                               faces.push_back(static_cast<std::int64_t>(f));
                                                       add_surface(mesh, "wall", faces);
                                                       return mesh;
                                                   },
                                                   partition_rules(model)),
                                               model);
    for (std::size_t f = 0; f < tissue->regions().faces.size(); ++f) {
        const auto& face = tissue->regions().faces[f];
        tissue->set_density(f, 0, tissue->mesh().centroid(face.inside)[0] < 2 ? 100 : 0);
        tissue->set_density(f, 1, 7);
    }
    return tissue;
}

TEST(SurfaceDiffusion, IsTheSameOnAnyNumberOfRanksAndLosesNothing) {
    const auto together = walled(MPI_COMM_WORLD), alone = walled(MPI_COMM_SELF);
    const double before = together->molecules_on(0, 0);

    for (auto* tissue : {together.get(), alone.get()}) tissue->advance(0, ms(10));

    std::map<std::int64_t, double> expected;
    for (std::size_t f = 0; f < alone->regions().faces.size(); ++f)
        expected[alone->regions().faces[f].triangle] = alone->density(f, 0);
    double farthest = 0.0;
    for (std::size_t f = 0; f < together->regions().faces.size(); ++f) {
        const auto& face = together->regions().faces[f];
        ASSERT_NEAR(together->density(f, 0), expected.at(face.triangle), 1e-9 * 100) << face.triangle;
        EXPECT_NEAR(together->density(f, 1), 7, 7e-12) << "a uniform density stays";
        if (together->mesh().centroid(face.inside)[0] > 5) farthest = std::max(farthest, together->density(f, 0));
    }
    MPI_Allreduce(MPI_IN_PLACE, &farthest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    EXPECT_GT(farthest, 1.0) << "X crosses from rank to rank";
    EXPECT_NEAR(together->molecules_on(0, 0), before, 1e-12 * before);
}

}  // namespace
}  // namespace rd_test
