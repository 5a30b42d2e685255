// The example of solvers/rd/README.md, run and looked at: files, frames, the mass that the sources brought.
#include "solvers/rd/standalone.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "solvers/rd/source.hpp"
#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

void write_msh(const TetMesh& mesh, const std::filesystem::path& file) {
    std::ofstream out(file);
    out << "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n" << mesh.num_points() << '\n';
    for (std::int64_t i = 0; i < mesh.num_points(); ++i)
        out << i + 1 << ' ' << mesh.points[3 * i] << ' ' << mesh.points[3 * i + 1] << ' ' << mesh.points[3 * i + 2]
            << '\n';
    out << "$EndNodes\n$Elements\n" << mesh.num_tetrahedra() << '\n';
    for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t) {
        out << t + 1 << " 4 2 1 1";
        for (int k = 0; k < 4; ++k) out << ' ' << mesh.corners[4 * t + k] + 1;
        out << '\n';
    }
    out << "$EndElements\n";
}

double number_after(const std::string& text, const std::string& key) {
    const auto at = text.find('"' + key + "\": ");
    return at == std::string::npos ? std::nan("") : std::stod(text.substr(at + key.size() + 4));
}

TEST(Standalone, WritesReportsThatHoldWhatTheSourcesBrought) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("ngv_rd_standalone_" + std::to_string(size_of(MPI_COMM_WORLD)));
    if (rank_in(MPI_COMM_WORLD) == 0) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        write_msh(box_mesh(20, 20, 20, 5, 5, 5, 0.2), folder / "box.msh");
        std::ofstream(folder / "model.yaml")
            << "duration: 6 ms\n"
               "mesh: box.msh\n"
               "report_every: 2 ms\n"
               "species: {K: {clearance_rate: 0 1/ms}}\n"
               "sources:\n"
               "- {species: K, rate: 1e-18 mol/ms, centre: [10 um, 10 um, 10 um], radius: 6 um, end: 4 ms}\n";
    }
    MPI_Barrier(MPI_COMM_WORLD);

    run_standalone(MPI_COMM_WORLD, folder / "model.yaml", folder / "out");

    MPI_Barrier(MPI_COMM_WORLD);
    for (const char* name :
         {"tissue.xdmf", "tissue.h5", "K_o.h5", "K_o_mean.h5", "glutamate_o_mean.h5", "summary.json"})
        EXPECT_TRUE(std::filesystem::exists(folder / "out" / name)) << name;
    std::ifstream in(folder / "out" / "summary.json");
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_NEAR(number_after(text.str(), "K_o.added_mol"), 4e-18, 1e-30);
    EXPECT_NEAR(number_after(text.str(), "K_o.mean_mM"), 3.0 + 4e-18 / (0.2 * 8000 * mol_per_mM_um3), 1e-9);
    EXPECT_LT(number_after(text.str(), "K_o.mass_defect"), 1e-13);
}

TEST(Standalone, ContinuesFromACheckpoint) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("ngv_rd_restore_" + std::to_string(size_of(MPI_COMM_WORLD)));
    const std::string model =
        "mesh: box.msh\nreport_every: 2 ms\nstep: 0.5 ms\ncheckpoint_every: 4 ms\n"
        "sources: [{species: K, rate: 1e-18 mol/ms, centre: [10 um, 10 um, 10 um], radius: 6 um}]\n";
    if (rank_in(MPI_COMM_WORLD) == 0) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        write_msh(box_mesh(20, 20, 20, 3, 3, 3, 0.2), folder / "box.msh");
        std::ofstream(folder / "whole.yaml") << "duration: 8 ms\n" << model;
        std::ofstream(folder / "first.yaml") << "duration: 4 ms\n" << model;
        std::ofstream(folder / "second.yaml") << "duration: 8 ms\nrestore: first/checkpoint.h5\n" << model;
    }
    MPI_Barrier(MPI_COMM_WORLD);
    for (const char* name : {"whole", "first", "second"})
        run_standalone(MPI_COMM_WORLD, folder / (std::string(name) + ".yaml"), folder / name);

    MPI_Barrier(MPI_COMM_WORLD);
    const auto mean = [&](const char* name) {
        std::ifstream in(folder / name / "summary.json");
        std::stringstream text;
        text << in.rdbuf();
        return std::pair(number_after(text.str(), "K_o.highest_mM"), number_after(text.str(), "steps"));
    };
    EXPECT_EQ(mean("second"), mean("whole"));
    EXPECT_NE(mean("first"), mean("whole"));
}

TEST(Source, SharesAddUpToOneOverAllRanks) {
    const auto mesh = box(MPI_COMM_WORLD, 20, 20, 20, 5, 5, 5, 0.2);
    for (const double radius : {0.0, 4.0}) {
        Source source;
        source.centre = {10, 10, 10};
        source.radius = radius;

        double sum = 0;
        for (const double share : source.shares(mesh, MPI_COMM_WORLD)) sum += share;

        MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        EXPECT_NEAR(sum, 1.0, 1e-13);
    }
}

}  // namespace
}  // namespace rd_test
