// The example of solvers/rd/README.md, run and looked at: files, frames, the mass that the sources brought.
#include "solvers/rd/standalone.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "solvers/common/hdf5.hpp"
#include "solvers/rd/output/selection.hpp"
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
    if (rank_of(MPI_COMM_WORLD) == 0) {
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
    if (rank_of(MPI_COMM_WORLD) == 0) {
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

// Two compartments, two species, reports by id, point and region; the same run without reports.
TEST(Standalone, ReportsOfChosenTetrahedraChangeNothing) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("ngv_rd_reports_" + std::to_string(size_of(MPI_COMM_WORLD)));
    if (rank_of(MPI_COMM_WORLD) == 0) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        write_msh(box_mesh(20, 20, 20, 4, 4, 4, 0.2), folder / "box.msh");
        const std::string model =
            "duration: 3 ms\nmesh: box.msh\nstep: 0.5 ms\n"
            "compartments: {box: {}}\n"
            "species: {A: {diffusion: 1 um2/ms}, B: {diffusion: 0.5 um2/ms}}\n"
            "reactions: {box: [{A -> B : 0.1 1/ms}]}\n"
            "contents: {box: {A: 1 mM}}\n"
            "sources: [{species: A, rate: 1e-18 mol/ms, centre: [10 um, 10 um, 10 um], radius: 6 um}]\n";
        std::ofstream(folder / "plain.yaml") << model << "report_every: 3 ms\nreport_fields: false\n";
        std::ofstream(folder / "reports.yaml")
            << model
            << "report_every: 0.3 ms\nreports:\n"
               "- {name: few, species: [B, A], ids: [383, 0, 7]}\n"
               "- {name: middle, species: [A], points: [10 um, 10 um, 10 um, 1 um, 2 um, 3 um]}\n"
               "- {name: all, species: [A, B], in: box, sum: true}\n"
               "- {name: ball, species: [B], centre: [10 um, 10 um, 10 um], radius: 5 um}\n";
    }
    MPI_Barrier(MPI_COMM_WORLD);
    for (const char* name : {"plain", "reports"})
        run_standalone(MPI_COMM_WORLD, folder / (std::string(name) + ".yaml"), folder / name);
    MPI_Barrier(MPI_COMM_WORLD);

    std::string summaries[2];
    for (const int k : {0, 1}) {
        std::ifstream in(folder / (k ? "reports" : "plain") / "summary.json");
        std::stringstream text;
        text << in.rdbuf();
        summaries[k] = text.str();
    }
    for (const char* key : {"A_o.end_mol", "B_o.end_mol", "A_o.highest_mM", "B_o.lowest_mM", "steps"})
        EXPECT_EQ(number_after(summaries[0], key), number_after(summaries[1], key)) << key;
    const auto report = [&](const char* name, const char* what) {
        return ngv::h5::File::open(folder / "reports" / (std::string(name) + ".h5"))
            .dataset(std::string("/report/tetrahedra/") + what)
            .read<double>();
    };
    EXPECT_THAT(report("few", "mapping/node_ids"), testing::ElementsAre(0, 7, 383));
    EXPECT_EQ(report("few", "data").size(), 11u * 6);
    EXPECT_EQ(report("middle", "data").size(), 11u * 2);
    const auto sums = report("all", "data");
    ASSERT_EQ(sums.size(), 11u * 2);
    const auto same = [](double a, double b) { EXPECT_NEAR(a, b, 1e-13 * b); };
    same(sums[20], number_after(summaries[1], "A_o.end_mol"));
    same(sums[21], number_after(summaries[1], "B_o.end_mol"));
    // All of B came from the reaction, and the only region holds everything.
    const auto whole = [&](const char* name, const char* population) {
        return ngv::h5::File::open(folder / "reports" / name)
            .dataset(std::string("/report/") + population + "/data")
            .read<double>();
    };
    EXPECT_NEAR(whole("extents.h5", "reactions").back(), sums[21], 1e-12 * sums[21]);
    const auto regions = whole("regions.h5", "regions");
    same(regions[20], sums[20]);
    same(regions[21], sums[21]);
    const auto ball = report("ball", "data"), near_source = report("middle", "data");
    EXPECT_GT(ball.size(), 11u);
    // The tetrahedron at the source holds more of A than the one in the corner.
    EXPECT_GT(std::max(near_source[20], near_source[21]), 1.002 * std::min(near_source[20], near_source[21]));
}

TEST(Standalone, MistakesAreAllFoundAtOnce) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("ngv_rd_mistakes_" + std::to_string(rank_of(MPI_COMM_WORLD)) + ".yaml");
    std::ofstream(file) << "duration: 3 ms\nmesh: there_is_none.msh\nstep: 3 mM\n"
                           "sources: [{species: Q, rate: 1e-18 mol/ms, centre: [1 um, 1 um]}]\n"
                           "injections: [{current: 1 nA, centre: [0 um, 0 um, 0 um], radius: 1 um}]\n"
                           "reports: [{name: a, species: [R], ids: [1.5]}, {name: a, species: [K]}]\n";

    try {
        run_standalone(MPI_COMM_WORLD, file, "never");
        FAIL() << "no exception";
    } catch (const ngv::UserError& error) {
        const std::string text = error.what();
        for (const char* part : {"there_is_none.msh", "step", "'Q'", "'centre' has 2 numbers", "electrodes", "'R'",
                                 "1.5 is not a tetrahedron's number", "'a' cannot name", "which tetrahedra"})
            EXPECT_THAT(text, testing::HasSubstr(part));
        EXPECT_EQ(error.problems().size(), 9u) << text;
    }
    std::filesystem::remove(file);
}

// Two tetrahedra in two volumes.
void write_two_tetrahedra(const std::filesystem::path& file) {
    std::ofstream(file) << "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n"
                           "$PhysicalNames\n2\n3 1 \"cell\"\n3 2 \"er\"\n$EndPhysicalNames\n"
                           "$Nodes\n5\n1 0 0 0\n2 1 0 0\n3 0 1 0\n4 0 0 1\n5 0 0 -1\n$EndNodes\n"
                           "$Elements\n2\n1 4 2 1 1 1 2 3 4\n2 4 2 2 2 1 3 2 5\n$EndElements\n";
}

TEST(Standalone, ARankWithoutTetrahedraTakesPart) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("ngv_rd_two_" + std::to_string(size_of(MPI_COMM_WORLD)));
    if (rank_of(MPI_COMM_WORLD) == 0) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        write_two_tetrahedra(folder / "two.msh");
        std::ofstream(folder / "model.yaml") << "duration: 2 ms\nmesh: two.msh\nreport_every: 1 ms\n"
                                                "compartments: {cell: {group: cell}, er: {group: er}}\n"
                                                "species: {A: {diffusion: 1 um2/ms}}\n"
                                                "contents: {cell: {A: 1 mM}, er: {A: 2 mM}}\n";
    }
    MPI_Barrier(MPI_COMM_WORLD);

    run_standalone(MPI_COMM_WORLD, folder / "model.yaml", folder / "out");

    MPI_Barrier(MPI_COMM_WORLD);
    if (rank_of(MPI_COMM_WORLD) != 0) return;
    const auto file = ngv::h5::File::open(folder / "out" / "tissue.h5");
    EXPECT_EQ(file.dataset("/cells").read<std::int64_t>().size(), 8u);
    EXPECT_EQ(file.dataset("/points").read<double>().size(), 15u) << "the points between the two stand once";
}

TEST(Standalone, MistakesOfTheFileTheModelAndTheMeshAreToldTogether) {
    const auto name = "ngv_rd_one_of_each_" + std::to_string(rank_of(MPI_COMM_WORLD));
    const auto folder = std::filesystem::temp_directory_path();
    write_two_tetrahedra(folder / (name + ".msh"));
    std::ofstream(folder / (name + ".yaml"))
        << "duration: 3 ms\nmesh: " << name << ".msh\n"
        << "step: 3 mM\n"
           "compartments: {cell: {group: cell}}\n"
           "patches: {wall: {inside: cell}}\n"
           "species: {A: {diffusion: 1 um2/ms}, B: {diffusion: 1 um2/ms}}\n"
           "constants: {forgotten: 3 1/s}\n"
           "reactions:\n"
           "  cell:\n"
           "  - A <-> B : 1 1/s, 2 1/s\n"
           "  - 2 A <-> A + B : 3 1/(mM s), 3 1/(mM s)\n"
           "  - B <-> A : 3 1/s, 4e9 1/s\n"
           "  - A + Q -> B : 1 1/(uM s)\n"
           "  - 5 A -> B : 1 1/s\n"
           "  - A -> B : 3 mM\n"
           "contents: {cell: {A: 1 mM}}\n"
           "sources: [{species: R, rate: 1e-18 mol/ms, centre: [0 um, 0 um, 0 um], radius: 1 um}]\n";

    try {
        run_standalone(MPI_COMM_WORLD, folder / (name + ".yaml"), "never");
        FAIL() << "no exception";
    } catch (const ngv::UserError& error) {
        const std::string text = error.what();
        for (const char* part :
             {"step", "species 'Q' is not in the model", "5 A", "'3 mM'", "constant 'forgotten' is not used",
              "times the median of its order", "species 'R' is not in the model", "no physical surface 'wall'",
              "1 tetrahedra belong to no compartment"})
            EXPECT_THAT(text, testing::HasSubstr(part));
    }
    std::filesystem::remove(folder / (name + ".yaml"));
    std::filesystem::remove(folder / (name + ".msh"));
}

TEST(Standalone, ReportsOfPlacesThatTheMeshDoesNotHaveAreRefused) {
    const LocalMesh mesh = box(MPI_COMM_WORLD, 20, 20, 20, 4, 4, 4, 0.2);
    const auto refused = [&](const Selection& selection) {
        try {
            selection.tetrahedra(mesh, RegionMap{std::vector<std::int16_t>(mesh.ids.size(), 0), {}, {}},
                                 MPI_COMM_WORLD);
            return std::string();
        } catch (const ngv::UserError& error) {
            return std::string(error.what());
        }
    };

    EXPECT_THAT(refused({.ids = {3, 384}}), testing::HasSubstr("no tetrahedron 384"));
    EXPECT_THAT(refused({.points = {{1, 2, 21}}}), testing::HasSubstr("no tetrahedron contains (1, 2, 21) um"));
    EXPECT_EQ(refused({.points = {{20, 20, 20}, {5, 5, 5}, {0, 10, 0}}}), "")
        << "corners, edges and faces belong to it";
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
