#include "solvers/metabolism/study/study.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"

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
    for (const char* name : {"jolivet2015_stimulus.yaml", "perturbed.yaml"}) {
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
