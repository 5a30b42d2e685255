// Gmsh files of both versions, as text and binary, and damaged ones.
#include "solvers/rd/mesh/msh_reader.hpp"

#include <filesystem>
#include <fstream>

#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

// Two tetrahedra on one face, with a triangle and a point between them, node tags with gaps.
const char* const text_2 = R"($MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
1
3 1 "tissue"
$EndPhysicalNames
$Nodes
6
10 0 0 0
11 1 0 0
12 0 1 0
13 0 0 1
20 0 0 -1
99 7 7 7
$EndNodes
$Elements
4
1 15 2 1 1 10
2 4 2 1 1 10 11 12 13
3 2 2 1 1 10 11 12
4 4 2 1 1 10 12 11 20
$EndElements
)";

const char* const text_4 = R"($MeshFormat
4.1 0 8
$EndMeshFormat
$Entities
0 0 0 1
1 0 0 -1 1 1 1 1 1 0
$EndEntities
$Nodes
2 6 10 99
2 1 1 1
99
7 7 7 0.5 0.5
3 1 0 5
10
11
12
13
20
0 0 0
1 0 0
0 1 0
0 0 1
0 0 -1
$EndNodes
$Elements
2 3 2 4
2 1 2 1
3 10 11 12
3 1 4 2
2 10 11 12 13
4 10 12 11 20
$EndElements
)";

class File {
  public:
    explicit File(const std::string& bytes)
        : path_(std::filesystem::temp_directory_path() / ("ngv_rd_" + std::to_string(::getpid()) + ".msh")) {
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    ~File() { std::filesystem::remove(path_); }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

void expect_two_tetrahedra(const TetMesh& mesh) {
    EXPECT_EQ(mesh.num_points(), 5);  // the node that nobody uses is gone
    EXPECT_EQ(mesh.corners, (std::vector<std::int64_t>{0, 1, 2, 3, 0, 2, 1, 4}));
    EXPECT_EQ(mesh.points, (std::vector<double>{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1}));
}

template <class T>
void put(std::string& bytes, T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string binary_4() {
    std::string b = "$MeshFormat\n4.1 1 8\n";
    put<std::int32_t>(b, 1);
    b += "\n$EndMeshFormat\n$Nodes\n";
    for (std::uint64_t x : {1, 5, 10, 20}) put(b, x);
    for (std::int32_t x : {3, 1, 0}) put(b, x);
    put<std::uint64_t>(b, 5);
    for (std::uint64_t x : {10, 11, 12, 13, 20}) put(b, x);
    for (double x : {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1}) put(b, x);
    b += "\n$EndNodes\n$Elements\n";
    for (std::uint64_t x : {1, 2, 1, 2}) put(b, x);
    for (std::int32_t x : {3, 1, 4}) put(b, x);
    for (std::uint64_t x : {2, 1, 10, 11, 12, 13, 2, 10, 12, 11, 20}) put(b, x);
    return b + "\n$EndElements\n";
}

std::string binary_2() {
    std::string b = "$MeshFormat\n2.2 1 8\n";
    put<std::int32_t>(b, 1);
    b += "\n$EndMeshFormat\n$Nodes\n5\n";
    const double points[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1};
    const std::int32_t tags[] = {10, 11, 12, 13, 20};
    for (int i = 0; i < 5; ++i) {
        put(b, tags[i]);
        for (int d = 0; d < 3; ++d) put(b, points[3 * i + d]);
    }
    b += "\n$EndNodes\n$Elements\n3\n";
    for (std::int32_t x : {2, 1, 2, 1, 1, 1, 10, 11, 12, 4, 2, 2, 2, 1, 1, 10, 11, 12, 13, 3, 1, 1, 10, 12, 11, 20})
        put(b, x);
    return b + "\n$EndElements\n";
}

TEST(MshReader, ReadsVersion2AsText) {
    expect_two_tetrahedra(read_msh(File(text_2).path()));
}
TEST(MshReader, ReadsVersion4AsTextWithParametricNodes) {
    expect_two_tetrahedra(read_msh(File(text_4).path()));
}
TEST(MshReader, ReadsVersion2Binary) {
    expect_two_tetrahedra(read_msh(File(binary_2()).path()));
}
TEST(MshReader, ReadsVersion4Binary) {
    expect_two_tetrahedra(read_msh(File(binary_4()).path()));
}

TEST(MshReader, ScalesByTheUnit) {
    EXPECT_EQ(read_msh(File(text_2).path(), 1e6).points[3], 1e6);
}

std::string problem_of(const std::string& bytes) {
    const File file(bytes);
    try {
        repair_and_check(*std::make_unique<TetMesh>(read_msh(file.path())));
    } catch (const ngv::UserError& error) {
        return error.what();
    }
    return "";
}

TEST(MshReader, EveryTruncationIsAnErrorThatSaysSo) {
    for (const std::string& whole : {std::string(text_2), std::string(text_4), binary_2(), binary_4()}) {
        const auto elements = whole.find("$EndElements");
        for (std::size_t n = 12; n < elements; ++n) {
            const auto text = problem_of(whole.substr(0, n));
            ASSERT_FALSE(text.empty()) << "cut at byte " << n << " of " << whole.size();
        }
        EXPECT_THAT(problem_of(whole.substr(0, elements / 2)), testing::HasSubstr("the file ends too early"));
    }
}

TEST(MshReader, OtherFilesAndVersionsAreRefused) {
    EXPECT_THAT(problem_of("#!/bin/sh\n"), testing::HasSubstr("is not a Gmsh mesh"));
    EXPECT_THAT(problem_of("$MeshFormat\n4.0 0 8\n$EndMeshFormat\n"),
                testing::HasSubstr("version 4, expected 2.2 or 4.1"));
    std::string surface = text_2;
    surface.replace(surface.find("2 4 2 1 1 10 11 12 13"), 21, "2 2 2 1 1 10 11 12");
    surface.replace(surface.find("4 4 2 1 1 10 12 11 20"), 21, "4 2 2 1 1 10 12 11");
    EXPECT_THAT(problem_of(surface), testing::HasSubstr("has no tetrahedra"));
}

TEST(MshReader, AMissingFileNamesTheNearest) {
    const File file(text_2);
    auto wrong = file.path().string();
    wrong.insert(wrong.size() - 4, "x");
    try {
        read_msh(wrong);
        FAIL() << "no exception";
    } catch (const ngv::UserError& error) {
        EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("cannot be opened"),
                                                 testing::HasSubstr(file.path().filename().string())));
    }
}

}  // namespace
}  // namespace rd_test
