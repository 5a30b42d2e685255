// Meshes as Gmsh makes them, in all four formats: the reader, and the accuracy of diffusion on a real mesher's
// tetrahedra.
#include <gmsh.h>

#include <filesystem>

#include "solvers/rd/mesh/msh_reader.hpp"
#include "solvers/rd/mesh/quality.hpp"
#include "tests/unit/rd/support.hpp"
#include "tests/unit/rd/two_boxes.hpp"

namespace rd_test {
namespace {

class Folder {
  public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("ngv_rd_gmsh_" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::filesystem::path file(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

// A cube of 10 um with tetrahedra of `size`, written as text and binary of both versions.
void write_cube(const Folder& folder, double size) {
    gmsh::initialize();
    gmsh::option::setNumber("General.Terminal", 0);
    gmsh::option::setNumber("General.NumThreads", 1);
    gmsh::option::setNumber("Mesh.MeshSizeMin", size);
    gmsh::option::setNumber("Mesh.MeshSizeMax", size);
    gmsh::option::setNumber("Mesh.Algorithm3D", 10);
    gmsh::model::occ::addBox(0, 0, 0, 10, 10, 10, 1);
    gmsh::model::occ::synchronize();
    gmsh::model::mesh::generate(3);
    for (const int binary : {0, 1})
        for (const double version : {2.2, 4.1}) {
            gmsh::option::setNumber("Mesh.Binary", binary);
            gmsh::option::setNumber("Mesh.MshFileVersion", version);
            gmsh::write(folder.file(std::string(version > 4 ? "4" : "2") + (binary ? "b" : "a") + ".msh").string());
        }
    gmsh::finalize();
}

TEST(GmshMesh, AllFormatsGiveTheSameMesh) {
    const Folder folder;
    write_cube(folder, 2.5);

    const TetMesh first = read_msh(folder.file("4b.msh"));
    EXPECT_GT(first.num_tetrahedra(), 100);
    for (const char* name : {"2a.msh", "2b.msh", "4a.msh"}) {
        const TetMesh other = read_msh(folder.file(name));
        EXPECT_EQ(other.corners, first.corners) << name;
        ASSERT_EQ(other.points.size(), first.points.size()) << name;
        for (std::size_t i = 0; i < first.points.size(); ++i)
            ASSERT_NEAR(other.points[i], first.points[i], 1e-12) << name;
    }
}

// Two cubes that share a face, named, whole and in three parts.
void write_two_cubes(const Folder& folder) {
    mesh_two_boxes(3, "between");
    for (const int binary : {0, 1})
        for (const double version : {2.2, 4.1}) {
            gmsh::option::setNumber("Mesh.Binary", binary);
            gmsh::option::setNumber("Mesh.MshFileVersion", version);
            gmsh::write(folder.file(std::string("two") + (version > 4 ? "4" : "2") + (binary ? "b" : "a") + ".msh"));
        }
    gmsh::model::mesh::partition(3);
    for (const int binary : {0, 1}) {
        gmsh::option::setNumber("Mesh.Binary", binary);
        gmsh::write(folder.file(binary ? "partsb.msh" : "partsa.msh"));
    }
    gmsh::finalize();
}

// Gmsh's partitioner adds groups without a name for the surfaces between the parts.
std::vector<std::string> names_and_sizes(const TetMesh& mesh) {
    std::vector<std::string> result;
    for (const auto& g : mesh.groups)
        if (std::isalpha(static_cast<unsigned char>(g.name.front())) != 0)
            result.push_back(g.name + " " + std::to_string(g.dimension) + " " + std::to_string(g.members.size()));
    return result;
}

TEST(GmshMesh, PhysicalGroupsComeWithTheirNamesAlsoFromParts) {
    const Folder folder;
    write_two_cubes(folder);

    const TetMesh whole = read_msh(folder.file("two4b.msh"));
    ASSERT_EQ(whole.groups.size(), 3u);
    for (const char* name : {"two2a.msh", "two2b.msh", "two4a.msh", "partsa.msh", "partsb.msh"}) {
        const TetMesh other = checked(read_msh(folder.file(name)));
        EXPECT_EQ(other.num_tetrahedra(), whole.num_tetrahedra()) << name;
        EXPECT_EQ(other.num_points(), whole.num_points()) << name;
        EXPECT_EQ(names_and_sizes(other), names_and_sizes(whole)) << name;
    }
    const TetMesh parts = checked(read_msh(folder.file("partsb.msh")));
    const auto neighbours = face_neighbours(parts);
    const auto faces = faces_of_triangles(parts, neighbours);
    const auto between =
        std::find_if(parts.groups.begin(), parts.groups.end(), [](const MeshGroup& g) { return g.name == "between"; });
    for (const auto t : between->members) {
        EXPECT_NE(faces[2 * t + 1], -1) << "the surface between the cubes has tetrahedra on both sides";
        for (int k = 0; k < 3; ++k) EXPECT_NEAR(parts.points[3 * parts.triangles[3 * t + k]], 10.0, 1e-9);
    }
}

double cosine_error(double size, MeshQuality& mesh_quality) {
    const Folder folder;
    write_cube(folder, size);
    Model model = one_species(1.0, 0.0, 0.05);
    auto mesh = distribute(MPI_COMM_WORLD, [&] { return checked(read_msh(folder.file("4b.msh"))); });
    mesh_quality = quality(mesh, MPI_COMM_WORLD);
    Simulation tissue(MPI_COMM_WORLD, std::move(mesh), model);
    const auto mode = [](double t) -> Profile {
        return [t](const Point& p) {
            return 1.0 +
                   0.5 * std::exp(-std::pow(std::numbers::pi / 10, 2) * t) * std::cos(std::numbers::pi * p[0] / 10);
        };
    };
    set_profile(tissue, 0, mode(0));
    tissue.advance(0, ms(3));
    return distance(tissue, 0, mode(3), MPI_COMM_WORLD);
}

TEST(GmshMesh, DiffusionIsOfSecondOrderInTheMeshSize) {
    MeshQuality coarse, fine;
    const double e0 = cosine_error(2.0, coarse), e1 = cosine_error(1.0, fine);

    const double refinement =
        std::cbrt(static_cast<double>(fine.num_tetrahedra) / static_cast<double>(coarse.num_tetrahedra));
    const double slope = std::log(e0 / e1) / std::log(refinement);
    std::printf("gmsh cube: rms error %.2e with %lld tetrahedra, %.2e with %lld, slope %.2f\n", e0,
                static_cast<long long>(coarse.num_tetrahedra), e1, static_cast<long long>(fine.num_tetrahedra), slope);
    EXPECT_GT(slope, 1.6);
    EXPECT_LT(e1, 1e-3);
}

}  // namespace
}  // namespace rd_test
