#include "solvers/common/xdmf.hpp"

#include <sstream>

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::rank;
using ngv::testing::ranks;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// A chain of five lines between the points 0..5 (ids 100..105) along x; line l has the id 10 - l and belongs to rank l
// % ranks.
XdmfMesh chain() {
    XdmfMesh mesh{.kind = XdmfCells::lines};
    for (std::int64_t l = 0; l < 5; ++l) {
        if (l % ranks() != rank()) continue;
        mesh.cell_ids.push_back(10 - l);
        for (auto p : {l, l + 1}) {
            mesh.cells.push_back(static_cast<std::int64_t>(mesh.point_ids.size()));
            mesh.point_ids.push_back(100 + p);
            for (double x : {static_cast<double>(p), 0.0, 0.0}) mesh.points.push_back(x);
        }
    }
    return mesh;
}

}  // namespace

TEST(XdmfSeries, HoldsTheSameOnAnyNumberOfRanks) {
    const Folder folder;
    const auto mesh = chain();
    std::vector<double> flow, radius;
    XdmfSeries series(MPI_COMM_WORLD, folder / "out/vessels", mesh, {{"flow", "um3/s"}, {"radius", "um"}});
    for (int frame = 0; frame < 3; ++frame) {
        flow.clear();
        radius.clear();
        for (auto id : mesh.cell_ids) {
            flow.push_back(static_cast<double>(id) + 100 * frame);
            radius.push_back(0.5);
        }
        series.write(10.0 * frame, {flow, radius});
    }
    series.close();
    MPI_Barrier(MPI_COMM_WORLD);

    const auto file = h5::File::open(folder / "out/vessels.h5");
    EXPECT_THAT(file.dataset("points").read_column<double>(0), ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_THAT(file.dataset("cell_ids").read<std::int64_t>(), ElementsAre(6, 7, 8, 9, 10));
    EXPECT_THAT(file.dataset("cells").read<std::int64_t>(), ElementsAre(4, 5, 3, 4, 2, 3, 1, 2, 0, 1));
    EXPECT_THAT(file.dataset("fields/flow").read_range<double>(2, 3), ElementsAre(206, 207, 208, 209, 210));
    EXPECT_EQ(file.dataset("fields/flow").text_attribute("units"), "um3/s");
    EXPECT_THAT(file.dataset("time").read<double>(), ElementsAre(0, 10, 20));
    EXPECT_EQ(file.number_attribute("complete"), 1);
    const auto xml = text_of(folder / "out/vessels.xdmf");
    EXPECT_THAT(xml, HasSubstr("Name=\"flow [um3/s]\""));
    EXPECT_THAT(xml, HasSubstr("<Time Value=\"20\"/>"));
    EXPECT_THAT(xml, HasSubstr("<DataItem Dimensions=\"3 5\" NumberType=\"Float\" Precision=\"4\" "
                               "Format=\"HDF\">vessels.h5:/fields/flow"));
    EXPECT_THAT(xml, HasSubstr("</Xdmf>"));
}

TEST(XdmfSeries, CellsWithoutSharedPointsHaveTheirOwn) {
    const Folder folder;
    XdmfMesh mesh;
    if (rank() == ranks() - 1) {
        mesh.cell_ids = {7, 3};
        mesh.points = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 0, 6, 0, 0, 5, 1, 0, 5, 0, 1};
    }
    const std::vector<double> values = rank() == ranks() - 1 ? std::vector<double>{70, 30} : std::vector<double>{};
    XdmfSeries series(MPI_COMM_WORLD, folder / "t", mesh, {{"K_o", "mM"}});
    series.write(0, {values});
    series.flush();
    MPI_Barrier(MPI_COMM_WORLD);

    const auto file = h5::File::open(folder / "t.h5");
    EXPECT_THAT(file.dataset("points").read_column<double>(0), ElementsAre(5, 6, 5, 5, 0, 1, 0, 0));
    EXPECT_THAT(file.dataset("cells").read<std::int64_t>(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
    EXPECT_THAT(file.dataset("fields/K_o").read<double>(), ElementsAre(30, 70));
    EXPECT_EQ(file.number_attribute("complete"), 0);
    EXPECT_THAT(text_of(folder / "t.xdmf"), HasSubstr("TopologyType=\"Tetrahedron\""));
    series.close();
}
