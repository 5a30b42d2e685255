// Partition, ghosts, and meshes that cannot be used.
#include <algorithm>
#include <map>
#include <set>

#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/mesh/quality.hpp"
#include "solvers/rd/mesh/region_map.hpp"
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

// Faces between the half x < 15 and the half x > 15, from the left.
TetMesh halves() {
    TetMesh mesh = box_mesh(30, 20, 10, 6, 5, 4, 0.0);
    const auto x = [&](std::int64_t t) {
        double sum = 0;
        for (int k = 0; k < 4; ++k) sum += 0.25 * mesh.points[3 * mesh.corners[4 * t + k]];
        return sum;
    };
    MeshGroup left{"left", 3, {}}, right{"right", 3, {}};
    std::vector<std::int64_t> between;
    const auto neighbours = face_neighbours(mesh);
    for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t) {
        (x(t) < 15 ? left : right).members.push_back(t);
        for (int k = 0; k < 4; ++k)
            if (const auto j = neighbours[4 * t + k]; j >= 0 && x(t) < 15 && x(j) > 15) between.push_back(4 * t + k);
    }
    mesh.groups = {left, right};
    add_surface(mesh, "wall", between);
    return mesh;
}

TEST(Partition, GroupsAndTrianglesArriveWhereTheirTetrahedraAre) {
    const TetMesh whole = halves();
    const auto mesh = distribute(MPI_COMM_WORLD, [] { return halves(); }, {.cost = {}, .undivided = {"wall"}});

    long sums[3] = {0, 0, 0};
    for (int g = 0; g < 2; ++g)
        for (const auto i : mesh.groups[g].members) {
            sums[g] += i < mesh.num_owned;
            EXPECT_EQ(mesh.centroid(i)[0] < 15, g == 0);
        }
    for (const auto t : mesh.group("wall", 2, "here").members) {
        const auto a = mesh.triangle_faces[2 * t], b = mesh.triangle_faces[2 * t + 1];
        ASSERT_GE(b, 0);
        EXPECT_TRUE(a / 4 < mesh.num_owned && b / 4 < mesh.num_owned) << "both sides are on one rank";
        EXPECT_EQ(mesh.neighbours[a], b / 4);
        EXPECT_EQ(mesh.neighbours[b], a / 4);
        EXPECT_LT(mesh.ids[a / 4], mesh.ids[b / 4]);
        ++sums[2];
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(sums[0], 360);
    EXPECT_EQ(sums[1], 360);
    EXPECT_EQ(sums[2], whole.num_triangles());
    EXPECT_EQ(whole.num_triangles(), 40);
    EXPECT_THAT(problem_of([&] { mesh.group("wal", 2, "patches.wall"); }), testing::HasSubstr("wall"));
}

TEST(Regions, CompartmentsAndPatchesAreFoundByTheirGroups) {
    Model model = one_species(1.0, 0.0, 1.0);
    model.compartments = {{.name = "cytosol", .group = "left"}, {.name = "er", .group = "right"}};
    model.patches = {{.name = "membrane", .group = "wall", .inside = 1, .outside = 0}};
    model.boundaries = {{.name = "gate", .first = 0, .second = 1}};
    const auto mesh = distribute(
        MPI_COMM_WORLD, [] { return halves(); }, partition_rules(model));

    const RegionMap regions = regions_of(mesh, model, MPI_COMM_WORLD);

    long count = static_cast<long>(regions.faces.size());
    for (const auto& f : regions.faces) {
        EXPECT_GT(mesh.centroid(f.inside)[0], 15);
        EXPECT_LT(mesh.outward_area(f.inside, f.face)[0], 0);
    }
    MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(count, 40);
    for (const auto f : regions.boundary_faces[0])
        EXPECT_NE(regions.compartment[f / 4], regions.compartment[mesh.neighbours[f]]);
}

TEST(Regions, WhatDoesNotFitTheMeshIsReportedOnEveryRank) {
    const auto text = problem_of([] {
        Model model = one_species(1.0, 0.0, 1.0);
        model.compartments = {{.name = "cytosol", .group = "left"}};
        regions_of(distribute(MPI_COMM_WORLD, [] { return halves(); }), model, MPI_COMM_WORLD);
    });

    EXPECT_THAT(text, testing::HasSubstr("360 tetrahedra belong to no compartment"));
}

TEST(Partition, CostsShiftTheBalance) {
    const TetMesh mesh = halves();
    const auto neighbours = face_neighbours(mesh);

    const auto owner = partition(mesh, neighbours, 2, {.cost = {{"left", 9}}, .undivided = {}});

    long work[2] = {0, 0};
    for (const auto t : mesh.groups[0].members) work[owner[t]] += 9;
    for (const auto t : mesh.groups[1].members) work[owner[t]] += 1;
    EXPECT_NEAR(static_cast<double>(work[0]), static_cast<double>(work[1]), 0.06 * 3600);
}

TEST(Mesh, ATriangleInTheMiddleOfNowhereIsNamed) {
    const auto text = problem_of([] {
        TetMesh mesh = box_mesh(1, 1, 1, 1, 1, 1);
        mesh.triangles = {0, 1, 6};
        mesh.groups = {{"wall", 2, {0}}};
        distribute(MPI_COMM_WORLD, [&] { return mesh; });
    });

    EXPECT_THAT(text, testing::HasSubstr("is not a face of a tetrahedron"));
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
