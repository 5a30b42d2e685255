// Intersections that were kept by an earlier run: used when they fit, computed again, and said why, when they do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "coupler/mapping/digest.hpp"
#include "tests/unit/mapping/box_mesh.hpp"
#include "tests/unit/mapping/homed.hpp"

namespace ngv::mapping::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
const MPI_Comm world = MPI_COMM_WORLD;

// Work that one rank does to the files, while the others wait.
template <class Work>
void on_one_rank(Work work) {
    if (rank_of(world) == 0) work();
    MPI_Barrier(world);
}

class Cache : public testing::Test {
  protected:
    Cache() {
        int pid = getpid();
        MPI_Bcast(&pid, 1, MPI_INT, 0, world);
        folder_ = fs::temp_directory_path() / ("ngv-cache-test-" + std::to_string(pid));
        std::mt19937_64 random(31);
        std::uniform_real_distribution<double> inside(0, 50);
        mesh_ = box_mesh(3, 40);
        lines_ = {.name = "segments", .geometry = Geometry::lines};
        for (int i = 0; i < 100; ++i)
            add_line(lines_, {inside(random), inside(random), inside(random)},
                     {inside(random), inside(random), inside(random)});
    }
    ~Cache() override {
        MPI_Barrier(world);
        on_one_rank([&] { fs::remove_all(folder_); });
    }

    struct Built {
        std::vector<Entry> entries;
        Coverage coverage;
        std::vector<std::string> log;
    };
    Built build_on(MPI_Comm comm, std::uint64_t salt, const fs::path& folder, const char* from = "neuron.segments",
                   const char* to = "rd.tetrahedra") const {
        const ElementSets sets{{"neuron.segments", spread(comm, lines_, salt)},
                               {"rd.tetrahedra", spread(comm, mesh_, salt + 1)}};
        Built built;
        const auto plan = build(comm, sets, {from, to, {"intersection"}, Kind::amount}, folder, built.log);
        built.entries = everything(comm, plan.forward);
        built.coverage = plan.coverage;
        return built;
    }
    Built build_here(std::uint64_t salt = 0) const { return build_on(world, salt, folder_); }

    fs::path only_file() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder_)) files.push_back(entry.path());
        EXPECT_EQ(files.size(), 1u);
        return files.at(0);
    }

    // The cache is not used, `why` is in the log, and the next build uses it again.
    void expect_rebuilt(const Built& first, const std::string& why) const {
        const auto again = build_here();
        EXPECT_FALSE(again.coverage.from_cache);
        EXPECT_THAT(again.log, testing::Contains(AllOf(HasSubstr("intersection of neuron.segments with rd.tetrahedra"),
                                                       HasSubstr(why))));
        EXPECT_TRUE(same_bits(again.entries, first.entries));
        EXPECT_TRUE(build_here().coverage.from_cache);
    }

    static bool same_bits(const std::vector<Entry>& a, const std::vector<Entry>& b) {
        return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Entry)) == 0;
    }

    fs::path folder_;
    ElementSet mesh_, lines_;
};

TEST_F(Cache, GivesTheSameBitsOnAnyNumberOfRanks) {
    Built first;
    on_one_rank([&] { first = build_on(MPI_COMM_SELF, 7, folder_); });
    if (rank_of(world) != 0) first = build_on(MPI_COMM_SELF, 7, {});

    const auto second = build_here(3);

    EXPECT_TRUE(second.coverage.from_cache);
    EXPECT_TRUE(same_bits(second.entries, first.entries));
    EXPECT_EQ(second.coverage.length_total_um, build_on(MPI_COMM_SELF, 7, folder_).coverage.length_total_um);
    EXPECT_EQ(second.coverage.examples, first.coverage.examples);
    // What lies outside is reported from the file, too.
    EXPECT_THAT(second.log, ElementsAre(HasSubstr("lie outside of the tetrahedra")));
}

TEST_F(Cache, IsOneFileForBothDirections) {
    const auto forward = build_here();
    const auto back = build_on(world, 0, folder_, "rd.tetrahedra", "neuron.segments");

    EXPECT_THAT(forward.log, testing::Contains(HasSubstr("computed, no earlier run has left one")));
    EXPECT_TRUE(back.coverage.from_cache);
    only_file();
}

TEST_F(Cache, IsWrittenByAllRanksTogether) {
    build_here();

    EXPECT_TRUE(build_on(MPI_COMM_SELF, 0, folder_).coverage.from_cache);
    MPI_Barrier(world);
    EXPECT_EQ(only_file().extension(), ".h5") << "no temporary file stays";
}

TEST_F(Cache, OfAnotherMeshIsNotUsed) {
    build_here();
    mesh_.coordinates[5] += 1e-9;

    const auto built = build_here();

    EXPECT_FALSE(built.coverage.from_cache);
    EXPECT_THAT(built.log, testing::Contains(HasSubstr("computed, rd.tetrahedra has changed")));
}

TEST_F(Cache, OfAnotherVersionIsNotUsed) {
    const auto first = build_here();
    on_one_rank([&] {
        const hid_t file = H5Fopen(only_file().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t version = H5Aopen(file, "version", H5P_DEFAULT);
        const int old = 0;
        EXPECT_GE(H5Awrite(version, H5T_NATIVE_INT, &old), 0);
        H5Aclose(version);
        H5Fclose(file);
    });
    expect_rebuilt(first, "written by version 0");
}

TEST_F(Cache, ThatIsTruncatedIsNotUsed) {
    const auto first = build_here();
    on_one_rank([&] { fs::resize_file(only_file(), fs::file_size(only_file()) / 2); });
    expect_rebuilt(first, "cannot be opened");
}

TEST_F(Cache, ThatIsEmptyIsNotUsed) {
    const auto first = build_here();
    on_one_rank([&] { fs::resize_file(only_file(), 0); });
    expect_rebuilt(first, "cannot be opened");
}

TEST_F(Cache, WithOneWrongBitIsNotUsed) {
    const auto first = build_here();
    on_one_rank([&] {
        const hid_t file = H5Fopen(only_file().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t lengths = H5Dopen2(file, "length", H5P_DEFAULT);
        std::vector<double> values(first.entries.size());
        EXPECT_GE(H5Dread(lengths, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
        values.back() = std::nextafter(values.back(), 0.0);
        EXPECT_GE(H5Dwrite(lengths, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
        H5Dclose(lengths);
        H5Fclose(file);
    });
    expect_rebuilt(first, "checksum is wrong");
}

TEST_F(Cache, ThatOneRankDoesNotSeeIsNotUsedByAny) {
    build_here();
    const bool last = rank_of(world) == size_of(world) - 1;

    const auto built = build_on(world, 0, last && size_of(world) > 1 ? folder_ / "elsewhere" : folder_);

    EXPECT_EQ(built.coverage.from_cache, size_of(world) == 1);
    if (size_of(world) > 1) {
        EXPECT_THAT(built.log, testing::Contains(HasSubstr("does not see it")));
    }
}

TEST_F(Cache, ThatCannotBeWrittenIsALineInTheLog) {
    on_one_rank([&] { std::ofstream(folder_) << "a file, not a folder"; });

    const auto built = build_here();

    EXPECT_FALSE(built.entries.empty());
    EXPECT_THAT(built.log, testing::Contains(HasSubstr("cannot be kept in")));
}

TEST_F(Cache, DigestDoesNotDependOnOrderOrRanksButOnEveryNumber) {
    const auto digest = [](MPI_Comm comm, const ElementSet& set, std::uint64_t salt) {
        return geometry_digest(comm, spread(comm, set, salt));
    };
    const auto reference = digest(MPI_COMM_SELF, mesh_, 0);

    EXPECT_EQ(digest(world, mesh_, 1), reference);
    EXPECT_EQ(digest(world, mesh_, 2), reference);
    auto other = mesh_;
    std::swap(other.ids[0], other.ids[1]);
    EXPECT_NE(digest(world, other, 0), reference);
    other = mesh_;
    other.coordinates[100] = std::nextafter(other.coordinates[100], 1e9);
    EXPECT_NE(digest(world, other, 0), reference);
}

}  // namespace
}  // namespace ngv::mapping::test
