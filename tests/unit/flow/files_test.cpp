// Reading networks, options and boundary conditions from files; the standalone program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "coupler/config/config.hpp"
#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "solvers/flow/options.hpp"
#include "solvers/flow/output/vtk.hpp"
#include "solvers/flow/standalone.hpp"
#include "tests/unit/flow/circuit_file.hpp"
#include "tests/unit/flow/networks.hpp"

namespace ngv::flow::test {
namespace {

// One folder for all ranks of a test: rank 0 fills it, then the others may read.
std::filesystem::path fill(const std::string& name, const std::function<void(const std::filesystem::path&)>& write) {
    int rank = 0, process = getpid();  // several rank counts may be tested at the same time
    MPI_Comm_rank(world(), &rank);
    MPI_Bcast(&process, 1, MPI_INT, 0, world());
    const auto folder = std::filesystem::temp_directory_path() / ("ngv_flow_" + std::to_string(process)) / name;
    if (rank == 0) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        write(folder);
    }
    MPI_Barrier(world());
    return folder;
}

void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

class RemoveFolder : public testing::Environment {
    void TearDown() override {
        std::filesystem::remove_all(std::filesystem::temp_directory_path() / ("ngv_flow_" + std::to_string(getpid())));
    }
};
const auto* const remove_folder = testing::AddGlobalTestEnvironment(new RemoveFolder);

TEST(ReadSonata, AnyPopulationNameSparseIdsAndLegacyNames) {
    for (const std::string suffix : {"", "_id"}) {
        const auto folder = fill("sonata" + suffix, [&](const auto& f) { write_circuit(f, suffix); });

        const auto network = read_sonata(world(), folder / "circuit_config.json");

        EXPECT_EQ(network.population, "vasculatureA");
        FlowOptions options;
        options.boundary = driven_by_types();
        FlowModel model(world(), network.vessels, options);
        model.solve(0.0);
        EXPECT_EQ(model.summary().vessels, 3);
        EXPECT_NEAR(model.summary().length, 30 + 40 + std::hypot(30, 20), 1e-4);
        EXPECT_EQ(model.boundary().summary().pressures, 2);
        const auto& vessels = model.graph().vessels();
        for (std::size_t i = 0; i < vessels.size(); ++i) {
            const std::map<std::int64_t, double> radius{{10, 5.0}, {450'002, 2.5}, {77, 4.0}};
            EXPECT_EQ(vessels.radius[i], radius.at(vessels.id[i]));
            EXPECT_NEAR(std::abs(model.flow()[i]) / model.total_flow(), 1.0, 1e-12);
        }
    }
}

TEST(ReadSonata, CircuitWithoutVesselsSaysWhatItHas) {
    const auto folder = fill("novessels", [](const auto& f) {
        write_circuit(f, "");
        write_text(f / "circuit_config.json", R"({"version": 2, "networks": {"nodes": [
            {"nodes_file": "nodes.h5", "populations": {"vasculatureA": {"type": "virtual"}}}], "edges": []}})");
    });

    try {
        read_sonata(world(), folder / "circuit_config.json");
        FAIL();
    } catch (const UserError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("vasculatureA (virtual)"));
    }
}

const char* const nodes_csv = "node,x,y,z,diameter,q\n4,0,0,0,10,1000\n5,0,30,40,8,0\n9,100,30,40,8,-1000\n";
const char* const edges_csv = "start_node,end_node,type\n4,5,4\n9,5,3\n";

TEST(ReadCsv, LengthAndRadiusComeFromTheNodes) {
    const auto folder = fill("csv", [](const auto& f) {
        write_text(f / "nodes.csv", nodes_csv);
        write_text(f / "edges.csv", edges_csv);
    });

    const auto v = read_csv(world(), folder / "nodes.csv", folder / "edges.csv");

    for (std::size_t i = 0; i < v.size(); ++i) {
        EXPECT_DOUBLE_EQ(v.length[i], v.id[i] == 0 ? 50.0 : 100.0);
        EXPECT_DOUBLE_EQ(v.radius[i], v.id[i] == 0 ? 4.5 : 4.0);
    }
}

TEST(ReadCsv, MistakesAreNamedWithTheirLine) {
    const auto folder = fill("badcsv", [](const auto& f) {
        write_text(f / "nodes.csv", nodes_csv);
        write_text(f / "edges.csv", "start_node,end_node\n4,5\n9,55\n");
        write_text(f / "nonsense.csv", "start_node,end_node\n4,five\n");
    });
    // Read alone, as each rank sees the lines of its own block only.
    const auto words = [&](const char* edges) {
        try {
            read_csv(MPI_COMM_SELF, folder / "nodes.csv", folder / edges);
        } catch (const UserError& error) {
            return std::string(error.what());
        }
        return std::string();
    };

    EXPECT_THAT(words("edges.csv"),
                testing::AllOf(testing::HasSubstr("edges.csv:3"), testing::HasSubstr("end_node 55")));
    EXPECT_THAT(words("nonsense.csv"), testing::HasSubstr("nonsense.csv:2: 'five'"));
}

TEST(ReadVtk, NetworkComesBackAsItWasWritten) {
    const auto folder = fill("vtk", [](const auto&) {});
    FlowOptions options;
    options.boundary = driven_by_types();
    FlowModel model(world(), share(world(), lattice(3)), options);
    model.solve(0.0);

    write_vtk(folder / "net.vtk", model.graph(), {{"radius", model.radius()}, {"flow", model.flow()}});
    MPI_Barrier(world());
    FlowModel again(world(), read_vtk(world(), folder / "net.vtk"), options);

    EXPECT_EQ(again.summary().vessels, model.summary().vessels);
    EXPECT_EQ(again.summary().junctions, model.summary().junctions);
    EXPECT_EQ(again.summary().by_type, model.summary().by_type);
    EXPECT_EQ(again.summary().least_radius, model.summary().least_radius);
    EXPECT_EQ(again.summary().box, model.summary().box);
}

TEST(ReadVtk, LinesOfManyPointsAndBothFormsOfLines) {
    const auto folder = fill("vtk_lines", [](const auto& f) {
        const std::string head =
            "# vtk DataFile Version 4.2\nt\nASCII\nDATASET POLYDATA\nPOINTS 4 float\n"
            "0 0 0  10 0 0  10 5 0  10 0 20\n";
        write_text(f / "old.vtk", head +
                                      "LINES 2 7\n3 0 1 2\n2 1 3\nCELL_DATA 2\nFIELD FieldData 2\nradius 1 2 float\n"
                                      "3 4\ntype 1 2 int\n4 6\n");
        write_text(f / "new.vtk", head +
                                      "LINES 3 5\nOFFSETS vtktypeint64\n0 3 5\nCONNECTIVITY vtktypeint64\n0 1 2 1 3\n"
                                      "POINT_DATA 4\nSCALARS diameter float 1\nLOOKUP_TABLE default\n6 8 6 8\n");
        write_text(f / "bare.vtk", head + "LINES 1 3\n2 0 1\n");
        write_text(f / "cut.vtk", head + "LINES 2 7\n3 0 1");
    });

    const auto old = read_vtk(MPI_COMM_SELF, folder / "old.vtk");
    EXPECT_THAT(old.length, testing::ElementsAre(10, 5, 20));
    EXPECT_THAT(old.radius, testing::ElementsAre(3, 3, 4));
    EXPECT_THAT(old.type,
                testing::ElementsAre(VesselType::arteriole, VesselType::arteriole, VesselType::arterial_capillary));
    const auto recent = read_vtk(MPI_COMM_SELF, folder / "new.vtk");
    EXPECT_THAT(recent.radius, testing::ElementsAre(3.5, 3.5, 4));
    const auto words = [&](const char* file) {
        try {
            read_vtk(MPI_COMM_SELF, folder / file);
        } catch (const UserError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_THAT(words("bare.vtk"), testing::HasSubstr("neither radius nor diameter"));
    EXPECT_THAT(words("cut.vtk"), testing::HasSubstr("ends where a point is expected"));
}

TEST(ReadSections, SectionsThatMeetShareAJunction) {
    const auto folder = fill("sections", [](const auto& f) {
        auto file = h5::File::create(f / "net.h5");
        file.write("/points",
                   std::vector<double>{0,       0, 0,      8, 10, 0, 0, 6, /**/ 10, 0, 0, 6, 10, 7, 0, 4, 10, 9, 0, 4,
                                       /**/ 10, 0, 0.0001, 5, 20, 0, 0, 6},
                   {7, 4});
        file.write("/structure", std::vector<std::int64_t>{0, 4, 2, 6, 5, 3}, {3, 2});
        file.write("/connectivity", std::vector<std::int64_t>{0, 1, 0, 2}, {2, 2});
    });

    const auto v = read_sections(MPI_COMM_SELF, folder / "net.h5");

    EXPECT_THAT(v.length, testing::ElementsAre(10, 7, 2, 10));
    EXPECT_THAT(v.radius, testing::ElementsAre(3.5, 2.5, 2, 3));
    EXPECT_EQ(v.end_node[0], v.start_node[1]);
    EXPECT_EQ(v.end_node[0], v.start_node[3]);
    EXPECT_EQ(v.type[3], VesselType::venule);
}

TEST(Options, DefaultsDriveArteriolesAgainstVenules) {
    const auto options = options_from(Config::parse("{}", "flow_standalone"));

    EXPECT_EQ(options.blood.law, ViscosityLaw::pries_in_vivo_1994);
    EXPECT_DOUBLE_EQ(options.blood.plasma_viscosity, 1.2e-3);
    EXPECT_NEAR(options.boundary.by_type.at("arteriole").value, 35 * pascal_per_mmHg, 1e-6);
    EXPECT_NEAR(options.boundary.by_type.at("venule").value, 20 * pascal_per_mmHg, 1e-6);
}

TEST(Options, AllMistakesOfTheBoundariesAreToldAtOnce) {
    try {
        options_from(
            Config::parse("boundaries:\n"
                          "  arteriol: {pressure: 60 mmHg}\n"
                          "  venule: {pressure: 10 mmHg, flow: 3 um3/s}\n"
                          "boundary_nodes: [{node: 3, pressure: 1 Pa}, {node: 3, pressure: 2 Pa}]\n",
                          "flow_standalone"));
        FAIL();
    } catch (const UserError& error) {
        EXPECT_EQ(error.problems().size(), 3u);
        EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'arteriole'"));
        EXPECT_THAT(error.what(), testing::HasSubstr("<text>:3"));
    }
}

TEST(Standalone, NetworkAtRestLeavesReportsThatAreComplete) {
    const auto folder = fill("standalone", [](const auto& f) {
        write_text(f / "nodes.csv", nodes_csv);
        write_text(f / "edges.csv", edges_csv);
        write_text(f / "network.yaml",
                   "nodes: nodes.csv\nedges: edges.csv\nboundary_flows: q\nbase_pressure: 12 mmHg\n"
                   "tissue: {volume: 1e5 um3}\nblood: {law: newtonian}\n");
    });

    run_standalone(MPI_COMM_WORLD, folder / "network.yaml", folder / "out");
    MPI_Barrier(world());

    const auto flow = h5::File::open(folder / "out/flow.h5");
    EXPECT_EQ(flow.number_attribute("complete"), 1);
    const auto data = flow.dataset("/report/vasculature/data");
    EXPECT_EQ(data.text_attribute("units"), "um3/s");
    EXPECT_THAT(data.read<double>(), testing::Pointwise(testing::FloatNear(1e-3f), {1000.0, -1000.0}));
    const auto pressure = h5::File::open(folder / "out/pressure.h5").dataset("/report/vasculature/data").read<double>();
    EXPECT_GT(pressure[0], pressure[1]);
    EXPECT_GT(pressure[1], 12.0);
    EXPECT_TRUE(std::filesystem::exists(folder / "out/vessels.xdmf"));
    EXPECT_TRUE(std::filesystem::exists(folder / "out/summary.json"));
    EXPECT_TRUE(std::filesystem::exists(folder / "out/statistics.csv"));
}

TEST(Standalone, RadiiThatMoveByChanceAndVesselsThatWidenLeaveAFrameAStep) {
    const auto folder = fill("series", [](const auto& f) {
        write_text(f / "nodes.csv", nodes_csv);
        write_text(f / "edges.csv", edges_csv);
        write_text(f / "network.yaml",
                   "nodes: nodes.csv\nedges: edges.csv\ntissue: {volume: 1e5 um3}\nblood: {law: newtonian}\n"
                   "dilate: [{types: [arteriole], factor: 1.2}]\nduration: 50 ms\nradius_noise: {coverage: 1}\n");
    });

    run_standalone(MPI_COMM_WORLD, folder / "network.yaml", folder / "out");
    MPI_Barrier(world());

    const auto radius = h5::File::open(folder / "out/radius.h5").dataset("/report/vasculature/data").read<double>();
    ASSERT_EQ(radius.size(), 2u * 7);
    EXPECT_EQ(radius[0], 4.5);
    EXPECT_DOUBLE_EQ(radius[2], 1.2 * 4.5);
    EXPECT_EQ(radius[3], 4.0);
    for (int frame = 2; frame < 7; ++frame) EXPECT_GE(radius[2 * frame], 4.5);
    EXPECT_NE(radius[12], radius[10]);
    const auto glucose = h5::File::open(folder / "out/glucose.h5").dataset("/report/vasculature/data").read<double>();
    for (const double c : glucose) EXPECT_NEAR(c, 5.0, 1e-9);
}

}  // namespace
}  // namespace ngv::flow::test
