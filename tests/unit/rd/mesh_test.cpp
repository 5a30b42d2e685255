// Partition, ghosts, and meshes that cannot be used.
#include <algorithm>
#include <map>
#include <set>

#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/mesh/quality.hpp"
#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

std::string problem_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const ngv::UserError& error) {
        return error.what();
    }
    return "";
}

TEST(Partition, EveryTetrahedronHasOneOwner) {
    const auto mesh = box(MPI_COMM_WORLD, 30, 20, 10, 6, 5, 4, 0.2);

    std::vector<int> owners(static_cast<std::size_t>(mesh.num_global), 0);
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) ++owners[mesh.ids[i]];
    MPI_Allreduce(MPI_IN_PLACE, owners.data(), static_cast<int>(owners.size()), MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(mesh.num_global, 6 * 5 * 4 * 6);
    EXPECT_TRUE(std::all_of(owners.begin(), owners.end(), [](int n) { return n == 1; }));
}

TEST(Partition, IsBalanced) {
    const auto mesh = box(MPI_COMM_WORLD, 30, 20, 10, 9, 8, 7, 0.2);

    const double share = static_cast<double>(mesh.num_global) / size_of(MPI_COMM_WORLD);
    EXPECT_NEAR(mesh.num_owned, share, 0.05 * share);
}

TEST(Partition, GhostsAreWhatLiesBehindTheFaces) {
    const TetMesh whole = box_mesh(30, 20, 10, 6, 5, 4, 0.2);
    const auto neighbours = face_neighbours(whole);

    const auto mesh = box(MPI_COMM_WORLD, 30, 20, 10, 6, 5, 4, 0.2);

    std::set<std::int64_t> owned(mesh.ids.begin(), mesh.ids.begin() + mesh.num_owned), expected;
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        std::multiset<std::int64_t> here, there;
        for (int k = 0; k < 4; ++k) {
            const auto j = mesh.neighbours[4 * i + k];
            here.insert(j < 0 ? -1 : mesh.ids[j]);
            const auto id = neighbours[4 * mesh.ids[i] + k];
            there.insert(id);
            if (id >= 0 && !owned.count(id)) expected.insert(id);
            EXPECT_EQ(i < mesh.num_interior && j >= mesh.num_owned, false);
        }
        ASSERT_EQ(here, there);
    }
    EXPECT_EQ(std::set<std::int64_t>(mesh.ids.begin() + mesh.num_owned, mesh.ids.end()), expected);
    EXPECT_EQ(static_cast<std::size_t>(mesh.num_ghosts()), expected.size());
}

TEST(Partition, TheHaloBringsTheOwnersValues) {
    const auto mesh = box(MPI_COMM_WORLD, 30, 20, 10, 6, 5, 4, 0.2);
    Halo halo(mesh, MPI_COMM_WORLD);
    std::vector<double> own, ghosts(2 * static_cast<std::size_t>(mesh.num_ghosts()));
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        own.push_back(static_cast<double>(mesh.ids[i]));
        own.push_back(mesh.volumes[i]);
    }

    halo.exchange(own.data(), ghosts.data(), 2);

    for (std::int32_t g = 0; g < mesh.num_ghosts(); ++g) {
        ASSERT_EQ(ghosts[2 * g], static_cast<double>(mesh.ids[mesh.num_owned + g]));
        ASSERT_EQ(ghosts[2 * g + 1], mesh.volumes[mesh.num_owned + g]);  // the same bits on both sides
    }
}

TEST(Partition, IsTheSameEveryTime) {
    const TetMesh mesh = box_mesh(30, 20, 10, 9, 8, 7, 0.2);
    const auto neighbours = face_neighbours(mesh);

    EXPECT_EQ(partition(mesh, neighbours, 5), partition(mesh, neighbours, 5));
}

TEST(Mesh, FaceNormalsCloseEveryTetrahedron) {
    const auto mesh = box(MPI_COMM_WORLD, 30, 20, 10, 6, 5, 4, 0.2);

    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        Point sum{};
        for (int k = 0; k < 4; ++k) sum = sum + mesh.outward_area(i, k);
        ASSERT_LT(norm(sum), 1e-12);
    }
}

TEST(Mesh, QualityCountsTheWholeMesh) {
    const auto q = quality(box(MPI_COMM_WORLD, 30, 20, 10, 6, 5, 4, 0.0), MPI_COMM_WORLD);

    EXPECT_EQ(q.num_tetrahedra, 720);
    EXPECT_NEAR(q.volume_um3, 6000.0, 1e-9);
    EXPECT_NEAR(q.smallest_volume_um3, 6000.0 / 720, 1e-12);
    EXPECT_EQ(q.num_slivers, 0);
    EXPECT_THAT(q.text(), testing::HasSubstr("720 tetrahedra"));
}

TEST(Mesh, ATetrahedronTheWrongWayRoundIsTurned) {
    TetMesh mesh;
    mesh.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    mesh.corners = {0, 2, 1, 3};

    EXPECT_EQ(repair_and_check(mesh), 1);
    EXPECT_EQ(mesh.corners, (std::vector<std::int64_t>{0, 2, 3, 1}));
}

TEST(Mesh, AMeshWithoutTetrahedraIsRefusedOnEveryRank) {
    const auto text = problem_of([] {
        distribute(MPI_COMM_WORLD, [] { return checked(TetMesh{"empty.msh", {}, {}}); });
    });

    EXPECT_THAT(text, testing::HasSubstr("empty.msh: has no tetrahedra"));
}

TEST(Mesh, AFlatTetrahedronIsNamed) {
    const auto text = problem_of([] {
        TetMesh mesh;
        mesh.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0};
        mesh.corners = {0, 1, 2, 3};
        repair_and_check(mesh);
    });

    EXPECT_THAT(text, testing::HasSubstr("tetrahedron 0 at (0.5, 0.5, 0) um has no volume"));
}

TEST(Mesh, ThreeTetrahedraAtOneFaceAreRefused) {
    const auto text = problem_of([] {
        TetMesh mesh;
        mesh.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1, 0.2, 0.2, 2};
        mesh.corners = {0, 1, 2, 3, 0, 2, 1, 4, 0, 1, 2, 5};
        face_neighbours(checked(mesh));
    });

    EXPECT_THAT(text, testing::HasSubstr("3 tetrahedra (0, 1, 2, ...) share one face"));
}

TEST(Mesh, TetrahedraThatOverlapAreRefused) {
    const auto text = problem_of([] {
        TetMesh mesh;
        mesh.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 2};
        mesh.corners = {0, 1, 2, 3, 0, 1, 2, 4};
        face_neighbours(checked(mesh));
    });

    EXPECT_THAT(text, testing::HasSubstr("tetrahedra 0 and 1 lie on the same side of their common face"));
}

TEST(Mesh, PartsThatTouchWithoutSharingNodesAreRefused) {
    const auto text = problem_of([] {
        TetMesh mesh;  // two tetrahedra on one triangle, whose nodes stand twice
        mesh.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, -1};
        mesh.corners = {0, 1, 2, 3, 4, 6, 5, 7};
        face_neighbours(checked(mesh));
    });

    EXPECT_THAT(text, testing::HasSubstr("touch at"));
}

}  // namespace
}  // namespace rd_test
