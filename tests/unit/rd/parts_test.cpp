// Meshes that Gmsh saved in parts: each rank reads its share, and nothing else differs from the whole file.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "solvers/rd/mesh/msh_reader.hpp"
#include "tests/unit/rd/support.hpp"
#include "tests/unit/rd/two_boxes.hpp"

namespace rd_test {
namespace {

// A folder for all ranks, with the files that rank 0 puts there.
class Folder {
  public:
    explicit Folder(const std::function<void(const std::filesystem::path&)>& fill) {
        int key = static_cast<int>(::getpid());
        MPI_Bcast(&key, 1, MPI_INT, 0, MPI_COMM_WORLD);
        path_ = std::filesystem::temp_directory_path() / ("ngv_rd_parts_" + std::to_string(key));
        if (rank_of(MPI_COMM_WORLD) == 0) {
            std::filesystem::create_directories(path_);
            fill(path_);
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    ~Folder() {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank_of(MPI_COMM_WORLD) == 0) std::filesystem::remove_all(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// Two boxes that share the named face "wall", whole and in 2, 3 and 5 parts.
void write_boxes(const std::filesystem::path& folder) {
    mesh_two_boxes(2.5, "wall");
    gmsh::option::setNumber("Mesh.Binary", 1);
    gmsh::option::setNumber("Mesh.MshFileVersion", 4.1);
    gmsh::write((folder / "whole.msh").string());
    for (const int parts : {2, 3, 5}) {
        gmsh::option::setNumber("Mesh.PartitionCreateGhostCells", parts == 3 ? 1 : 0);
        gmsh::model::mesh::partition(parts);
        gmsh::write((folder / ("in" + std::to_string(parts) + ".msh")).string());
        if (parts == 3) {
            gmsh::option::setNumber("Mesh.PartitionSplitMeshFiles", 0);
            gmsh::write((folder / "together.msh").string());
            gmsh::option::setNumber("Mesh.PartitionSplitMeshFiles", 1);
        }
        gmsh::model::mesh::unpartition();
    }
    gmsh::finalize();
}

// A ligand that binds to receptors on the wall and crosses it, and species that react and diffuse.
Model two_boxes(Engine engine) {
    Model model;
    model.tortuosity = 1.0;
    model.step = ms(0.05);
    model.seed = 7;
    for (const char* name : {"A", "B", "R", "AR"})
        model.species.push_back(
            Species{.name = name, .diffusion = name[0] == 'R' || name[1] == 'R' ? 0.0 : 20.0, .engine = engine});
    model.compartments = {{.name = "left", .group = "left", .species = {0, 1}},
                          {.name = "right", .group = "right", .species = {0, 1}}};
    model.patches = {{.name = "wall", .group = "wall", .inside = 0, .outside = 1, .species = {2, 3}}};
    const auto react = [&](bool surface, int region, std::vector<Participation> left, std::vector<Participation> right,
                           double rate) {
        model.reactions.push_back(Reaction{
            .surface = surface, .region = region, .left = std::move(left), .right = std::move(right), .rate = rate});
    };
    react(false, 0, {{0}}, {{1}}, 0.3);
    react(false, 1, {{1}}, {{0}}, 0.2);
    react(true, 0, {{2}, {0, Side::inside}}, {{3}}, 200.0);
    react(true, 0, {{3}}, {{2}, {0, Side::outside}}, 2.0);
    model.contents = {{.species = 0, .region = {false, 0}, .value = 0.002},
                      {.species = 2, .region = {true, 0}, .value = 40.0, .measure = Content::Measure::density}};
    return model;
}

// All values of a simulation by global index, on rank 0.
std::map<std::int64_t, std::vector<double>> after(LocalMesh mesh, const Model& model) {
    Simulation tissue(MPI_COMM_WORLD, std::move(mesh), model);
    tissue.advance(0, ms(1));
    std::vector<double> mine;
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        mine.push_back(static_cast<double>(tissue.mesh().ids[i]));
        for (int s = 0; s < 4; ++s) mine.push_back(s < 2 ? tissue.concentration(i, s) : 0.0);
    }
    for (std::size_t k = 0; k < tissue.regions().faces.size(); ++k) {
        mine.push_back(1e9 + static_cast<double>(tissue.regions().faces[k].triangle));
        for (int s = 0; s < 4; ++s) mine.push_back(s < 2 ? 0.0 : tissue.density(k, s));
    }
    const int n = static_cast<int>(mine.size()), ranks = size_of(MPI_COMM_WORLD);
    std::vector<int> counts(ranks), starts(ranks);
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
    std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
    std::vector<double> all(static_cast<std::size_t>(starts.back() + counts.back()));
    MPI_Allgatherv(mine.data(), n, MPI_DOUBLE, all.data(), counts.data(), starts.data(), MPI_DOUBLE, MPI_COMM_WORLD);
    std::map<std::int64_t, std::vector<double>> result;
    for (std::size_t i = 0; i < all.size(); i += 5)
        EXPECT_TRUE(result.emplace(static_cast<std::int64_t>(all[i]), std::vector(&all[i + 1], &all[i + 5])).second);
    return result;
}

class InParts : public testing::TestWithParam<int> {
  protected:
    std::filesystem::path name() const { return "in" + std::to_string(GetParam()) + ".msh"; }
};
INSTANTIATE_TEST_SUITE_P(Mesh, InParts, testing::Values(2, 3, 5));

TEST_P(InParts, TheMeshIsThatOfTheWholeFile) {
    const Folder folder(write_boxes);
    const TetMesh whole = checked(read_msh(folder.path() / "whole.msh"));
    const auto neighbours = face_neighbours(whole);
    const auto rules = partition_rules(two_boxes(Engine::deterministic));

    const LocalMesh mesh = load_mesh(MPI_COMM_WORLD, folder.path() / name(), 1.0, rules);

    EXPECT_EQ(mesh.num_global, whole.num_tetrahedra());
    std::int64_t owned = mesh.num_owned;
    MPI_Allreduce(MPI_IN_PLACE, &owned, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(owned, whole.num_tetrahedra());
    const double share = static_cast<double>(owned) / size_of(MPI_COMM_WORLD);
    EXPECT_NEAR(mesh.num_owned, share, 0.1 * share) << "the ranks have about equal parts";
    for (std::int32_t i = 0; i < mesh.num_local(); ++i)
        for (int k = 0; k < 4; ++k) {
            const auto node = whole.corners[4 * mesh.ids[i] + k];
            ASSERT_EQ(mesh.nodes[4 * i + k], node);
            ASSERT_EQ(mesh.corner(i, k),
                      (Point{whole.points[3 * node], whole.points[3 * node + 1], whole.points[3 * node + 2]}));
            if (i >= mesh.num_owned) continue;
            const auto j = mesh.neighbours[4 * i + k];
            ASSERT_EQ(j < 0 ? -1 : mesh.ids[j], neighbours[4 * mesh.ids[i] + k]);
        }
    const auto faces = faces_of_triangles(whole, neighbours);
    std::int64_t walls = 0, expected = 0;
    for (const auto& g : whole.groups) expected += g.name == "wall" ? static_cast<std::int64_t>(g.members.size()) : 0;
    for (const auto t : mesh.group("wall", 2, "here").members)
        for (int side = 0; side < 2; ++side, ++walls) {
            const auto face = mesh.triangle_faces[2 * t + side];
            ASSERT_GE(face, 0);
            EXPECT_LT(face / 4, mesh.num_owned) << "both sides of a patch are on one rank";
            EXPECT_EQ(4 * mesh.ids[face / 4] + face % 4, faces[2 * mesh.triangle_ids[t] + side]);
        }
    MPI_Allreduce(MPI_IN_PLACE, &walls, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(walls, 2 * expected);
}

TEST_P(InParts, FieldsAreThoseOfTheWholeFile) {
    const Folder folder(write_boxes);
    const Model model = two_boxes(Engine::deterministic);
    const auto load = [&](const std::filesystem::path& file) {
        return load_mesh(MPI_COMM_WORLD, folder.path() / file, 1.0, partition_rules(model));
    };

    const auto whole = after(load("whole.msh"), model), parts = after(load(name()), model);

    ASSERT_EQ(parts.size(), whole.size());
    double largest = 0.0;
    for (const auto& [id, values] : whole)
        for (std::size_t s = 0; s < 4; ++s) {
            largest = std::max(largest, values[s]);
            ASSERT_NEAR(parts.at(id)[s], values[s], 1e-9 * std::max(values[s], s < 2 ? 0.002 : 40.0)) << id;
        }
    EXPECT_GT(largest, 0.0);
}

TEST_P(InParts, MoleculesAreIdentical) {
    const Folder folder(write_boxes);
    const Model model = two_boxes(Engine::stochastic);
    const auto load = [&](const std::filesystem::path& file) {
        return load_mesh(MPI_COMM_WORLD, folder.path() / file, 1.0, partition_rules(model));
    };

    const auto whole = after(load("whole.msh"), model), parts = after(load(name()), model);

    EXPECT_EQ(parts, whole);
    double crossed = 0.0;  // the wall was passed
    for (const auto& [id, values] : whole) crossed += values[1];
    EXPECT_GT(crossed, 0.0);
}

TEST(Parts, InOneFileAreTheWholeWithoutItsGhosts) {
    const Folder folder(write_boxes);

    const TetMesh whole = read_msh(folder.path() / "whole.msh"), parts = read_msh(folder.path() / "together.msh");

    EXPECT_EQ(parts.corners, whole.corners);
    EXPECT_EQ(parts.points, whole.points);
    EXPECT_EQ(read_msh(folder.path() / "in5.msh").corners, whole.corners) << "several files, read by one";
}

TEST(Parts, AMissingPartIsNamed) {
    const Folder folder(write_boxes);
    if (rank_of(MPI_COMM_WORLD) == 0) std::filesystem::remove(folder.path() / "in3_3.msh");
    MPI_Barrier(MPI_COMM_WORLD);

    try {
        load_mesh(MPI_COMM_WORLD, folder.path() / "in3.msh", 1.0);
        FAIL() << "no exception";
    } catch (const ngv::UserError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("belongs to a mesh of 3 parts, of which 2 are here"));
    }
}

TEST(Parts, ThatDoNotShareTheirNodesAreRefused) {
    // Two tetrahedra on one triangle, whose nodes have other numbers in the second part.
    const auto file = [](const std::string& nodes, const std::string& element) {
        return "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n4\n" + nodes + "$EndNodes\n$Elements\n1\n" + element +
               "$EndElements\n";
    };
    const Folder folder([&](const std::filesystem::path& path) {
        std::ofstream(path / "two_1.msh") << file("1 0 0 0\n2 1 0 0\n3 0 1 0\n4 0 0 1\n", "1 4 2 1 1 1 2 3 4\n");
        std::ofstream(path / "two_2.msh") << file("5 0 0 0\n6 1 0 0\n7 0 1 0\n8 0 0 -1\n", "2 4 2 1 1 5 7 6 8\n");
    });

    try {
        load_mesh(MPI_COMM_WORLD, folder.path() / "two.msh", 1.0);
        FAIL() << "no exception";
    } catch (const ngv::UserError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("tetrahedra 0 and 1 touch at"));
    }
}

}  // namespace
}  // namespace rd_test
