#include "solvers/metabolism/study/study.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/metabolism/cells/cells.hpp"
#include "solvers/metabolism/coupled/census.hpp"

namespace ngv::metabolism {
namespace {

namespace fs = std::filesystem;

class Study : public testing::Test {
  protected:
    void SetUp() override {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
        int pid = getpid();
        MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
        folder_ = fs::temp_directory_path() / ("ngv_study_" + std::to_string(pid));
        if (rank_ == 0) fs::create_directories(folder_);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    void TearDown() override {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank_ == 0) fs::remove_all(folder_);
    }
    fs::path write(const std::string& text) {
        const auto file = folder_ / "study.yaml";
        if (rank_ == 0) std::ofstream(file) << text;
        MPI_Barrier(MPI_COMM_WORLD);
        return file;
    }
    std::string problem(const std::string& text) {
        const auto file = write(text);
        std::string what;
        try {
            run_study(MPI_COMM_WORLD, file, folder_ / "out");
        } catch (const std::exception& error) {
            what = error.what();
        }
        MPI_Barrier(MPI_COMM_WORLD);
        return what;
    }
    static std::string bytes(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    int rank_ = 0;
    fs::path folder_;
};

TEST_F(Study, ExamplesRun) {
    for (const char* name : {"jolivet2015_stimulus.yaml", "perturbed.yaml", "shichkova2025_activity.yaml"}) {
        std::string text = bytes(fs::path(NGV_SOURCE_DIR) / "solvers/metabolism/examples" / name);
        const auto cells = text.find("cells: 1000");
        if (cells != std::string::npos) text.replace(cells, 11, "cells: 10");

        const auto result = run_study(MPI_COMM_WORLD, write(text), folder_ / "out");

        EXPECT_GT(result.simulated_s, 9);
        MPI_Barrier(MPI_COMM_WORLD);
        EXPECT_TRUE(fs::exists(folder_ / "out" / "trajectory.csv"));
    }
}

TEST_F(Study, IsTheSameOnAnyNumberOfRanks) {
    const auto file = write(R"yaml(
cells: 21
perturb: {kPump_n: 0.3, ATP_n: 0.005}
reports: [ATP]
phases: [{until: 0.3 s, inputs: {ge: "0.003"}}, {until: 0.5 s}]
)yaml");

    run_study(MPI_COMM_WORLD, file, folder_ / "together");
    if (rank_ == 0) run_study(MPI_COMM_SELF, file, folder_ / "alone");
    MPI_Barrier(MPI_COMM_WORLD);

    EXPECT_TRUE(bytes(folder_ / "together" / "trajectory.csv") == bytes(folder_ / "alone" / "trajectory.csv"));
    const auto frames = [&](const char* run) {
        return h5::File::open(folder_ / run / "ATP.h5").dataset("/report/cells/data").read<double>();
    };
    const auto together = frames("together"), alone = frames("alone");
    EXPECT_EQ(together.size(), 6u * 21u);
    EXPECT_TRUE(together == alone);
}

// In the middle of a phase, at its end, and on one rank what several wrote.
TEST_F(Study, GoesOnFromACheckpointWithTheSameBits) {
    const std::string cells = "cells: 13\nperturb: {kPump_n: 0.3, ATP_n: 0.005}\nreports: [all]\n";
    const std::string first = "{until: 300 ms, inputs: {ge: \"0.003\"}}", second = ", {until: 500 ms}";
    for (const char* until : {"200 ms", "300 ms", "400 ms"}) {
        const bool is_short = std::string(until) != "400 ms";
        const auto part =
            write(cells + "checkpoint: part.checkpoint\nphases: [{until: " + (is_short ? until : "300 ms") +
                  ", inputs: {ge: \"0.003\"}}" + (is_short ? "" : ", {until: 400 ms}") + "]\n");
        run_study(MPI_COMM_WORLD, part, folder_ / "part");
        const auto rest = write(cells + "start_from: part.checkpoint\ncheckpoint: rest.checkpoint\nphases: [" + first +
                                second + "]\n");
        if (rank_ == 0) run_study(MPI_COMM_SELF, rest, folder_ / "rest");
        MPI_Barrier(MPI_COMM_WORLD);
        const auto whole = write(cells + "checkpoint: whole.checkpoint\nphases: [" + first + second + "]\n");
        run_study(MPI_COMM_WORLD, whole, folder_ / "whole");

        EXPECT_TRUE(bytes(folder_ / "rest.checkpoint") == bytes(folder_ / "whole.checkpoint")) << until;
        MPI_Barrier(MPI_COMM_WORLD);
    }
    EXPECT_NE(problem("cells: 2\nstart_from: part.checkpoint\nphases: [{until: 1 s}]").find("has 13 cells, the run 2"),
              std::string::npos);
}

TEST_F(Study, HasTheSameBitsWithEveryInstructionSet) {
    int size = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size > 1 || !std::getenv("NGV_LONG")) GTEST_SKIP() << "compiles three times; NGV_LONG=1 runs it, on one rank";
    const auto checkpoint = [&](const char* set) {
        setenv("NGV_SIMD", set, 1);
        run_study(MPI_COMM_WORLD,
                  write("cells: 13\nperturb: {kPump_n: 0.3, ATP_n: 0.005}\ncompile: always\nreports: [ATP]\n"
                        "checkpoint: set.checkpoint\nphases: [{until: 300 ms, inputs: {ge: \"0.003\"}}]\n"),
                  folder_ / "set");
        unsetenv("NGV_SIMD");
        return bytes(folder_ / "set.checkpoint");
    };
    const auto portable = checkpoint("portable");
    EXPECT_GT(portable.size(), 13u * 28 * sizeof(double));
    EXPECT_TRUE(checkpoint("avx2") == portable);
    EXPECT_TRUE(checkpoint("avx512") == portable);  // the best that this machine has
}

TEST_F(Study, SetsFailedCellsAsideAndSaysWhichInAFile) {
    const auto file = write(R"yaml(
cells: 10
perturb: {vATPases_n: 8}
failures: {then: set_aside, largest_share: 0.5}
reports: [ATP]
phases: [{until: 10 s}]
)yaml");

    run_study(MPI_COMM_WORLD, file, folder_ / "out");

    int lines = 0;
    for (int rank = 0; rank < 10; ++rank) {
        const auto text = bytes(folder_ / "out" / ("set_aside_" + std::to_string(rank) + ".csv"));
        if (text.empty()) continue;
        EXPECT_EQ(text.find("cell,node,time [s],reason,GLC_n [mM]"), 0u);
        EXPECT_NE(text.find("'ATP_n' would become"), std::string::npos);
        lines += static_cast<int>(std::count(text.begin(), text.end(), '\n')) - 1;
    }
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, 5);
    EXPECT_NE(problem(R"yaml(
cells: 10
parameters: {vATPases_n: 3 mM/s}
reports: [ATP]
phases: [{until: 10 s}]
)yaml")
                  .find("10 of 10 cells had to be set aside"),
              std::string::npos);
}

// The first cells of the list are far more expensive than the others: they are computed elsewhere, with the same result.
TEST_F(Study, BalancesUnevenCellsWithoutChangingThem) {
    int size = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const OdeSystem system(ModelFile::shipped_or_file("jolivet2015"), {.variant = "coupled"});
    std::vector<std::int64_t> ids(24);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i);
    const auto run = [&](MPI_Comm comm, std::vector<std::int64_t> mine, double above) {
        Cells cells(system, mine, {.comm = comm, .balance_above = above});
        for (int w = 0; w < 6; ++w) {
            for (std::size_t i = 0; i < cells.size(); ++i) {
                cells.input(system.input("ATP_linked"), i) = 1;
                // The first 8 change their use in every window, the others rest.
                cells.input(system.input("ATP_use"), i) = mine[i] < 8 ? 0.1 + 0.3 * ((w + mine[i]) % 2) : 0.18;
            }
            cells.advance(0.1 * w, 0.1);
        }
        return std::pair{cells.save(), cells.balance().num_away()};
    };
    const auto mine = block_of(ids, rank_, size);

    const auto balanced = run(MPI_COMM_WORLD, mine, 1.05), fixed = run(MPI_COMM_WORLD, mine, 0),
               alone = run(MPI_COMM_NULL, mine, 1.05);

    EXPECT_TRUE(balanced.first == fixed.first);
    EXPECT_TRUE(balanced.first == alone.first);
    EXPECT_EQ(balanced.second > 0, size > 1);
    EXPECT_EQ(fixed.second, 0);
}

TEST_F(Study, MistakesAreSentences) {
    EXPECT_NE(problem("phases: [{until: 1 s, inputs: {gee: '1'}}]").find("did you mean 'ge'"), std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s, inputs: {ge: '1 + Na_nn'}}]").find("did you mean 'Na_n'"),
              std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s}]\nparameters: {F0: 1 mM}").find("mM"), std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s}]\nperturb: {kPump_nn: 0.1}").find("did you mean 'kPump_n'"),
              std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s}]\nreports: [ATPP]").find("did you mean 'ATP'"), std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s}, {until: 0.5 s}]").find("not later"), std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s}]\nmodel: jolivet2051").find("did you mean 'jolivet2015'"),
              std::string::npos);
    EXPECT_NE(problem("phases: [{until: 1 s}]\nranges: {ATPn: {min: 1}}").find("did you mean 'ATP_n'"),
              std::string::npos);
}

}  // namespace
}  // namespace ngv::metabolism
