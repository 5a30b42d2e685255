#include "solvers/common/report.hpp"

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::rank;
using ngv::testing::ranks;
using ::testing::ElementsAre;

namespace {

// Nodes 2, 5 and 9 with 1, 3 and 2 compartments; node 5 has section 0 once and section 1 twice. Given away to different
// ranks, rank 1 of 3 has nothing.
std::vector<ReportColumn> my_columns() {
    std::vector<ReportColumn> columns;
    if (rank() == 0) columns = {{5, 0}, {5, 1}, {5, 1}};
    if (rank() == ranks() - 1) {
        for (auto c : {ReportColumn{9, 0}, ReportColumn{9, 4}, ReportColumn{2, 0}}) columns.push_back(c);
    }
    return columns;
}

// 100 node + 10 element, and the frame; the two compartments of a section differ by 0.5.
std::vector<double> my_values(int frame) {
    std::vector<double> values;
    for (const auto& c : my_columns()) {
        values.push_back(static_cast<double>(100 * c.node_id + 10 * c.element_id) + frame);
        const auto n = values.size();
        if (n == 3 && rank() == 0) values[2] += 0.5;
    }
    return values;
}

const std::vector<double> frame0 = {200, 500, 510, 510.5, 900, 940};

}  // namespace

TEST(SonataReport, HoldsTheSameOnAnyNumberOfRanks) {
    for (double flush_seconds : {0.0, 100.0}) {
        const Folder folder;
        SonataReport report(
            MPI_COMM_WORLD, folder / "out/v.h5",
            {.population = "cortex", .unit = "mV", .start_ms = 10, .dt_ms = 0.5, .flush_seconds = flush_seconds},
            my_columns());
        for (int frame = 0; frame < 5; ++frame) report.write(my_values(frame));
        report.close();
        MPI_Barrier(MPI_COMM_WORLD);

        const auto file = h5::File::open(folder / "out/v.h5");
        const auto root = file.group("report/cortex");
        const auto data = root.dataset("data");
        const auto values = data.read<double>();
        EXPECT_THAT(data.shape(), ElementsAre(5, 6));
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_EQ(values[i], frame0[i % 6] + static_cast<double>(i / 6));
        EXPECT_EQ(data.text_attribute("units"), "mV");
        EXPECT_THAT(root.dataset("mapping/node_ids").read<std::int64_t>(), ElementsAre(2, 5, 9));
        EXPECT_THAT(root.dataset("mapping/index_pointers").read<std::int64_t>(), ElementsAre(0, 1, 4, 6));
        EXPECT_THAT(root.dataset("mapping/element_ids").read<std::int64_t>(), ElementsAre(0, 0, 1, 1, 0, 4));
        EXPECT_THAT(root.dataset("mapping/time").read<double>(), ElementsAre(10, 12.5, 0.5));
        EXPECT_EQ(root.dataset("mapping/time").text_attribute("units"), "ms");
        EXPECT_EQ(file.number_attribute("complete"), 1);
    }
}

TEST(SonataReport, IsReadableWhileItIsWrittenAndSaysThatItIsIncomplete) {
    const Folder folder;
    SonataReport report(MPI_COMM_WORLD, folder / "v.h5", {.population = "p", .unit = "mM", .dt_ms = 1, .float64 = true},
                        my_columns());
    report.write(my_values(0));
    report.write(my_values(1));
    report.flush();
    report.write(my_values(2));
    MPI_Barrier(MPI_COMM_WORLD);

    if (rank() == 0) {
        std::filesystem::copy(folder / "v.h5", folder / "killed.h5");
        const auto file = h5::File::open(folder / "killed.h5");
        EXPECT_GE(file.dataset("report/p/data").shape()[0], 2);
        EXPECT_EQ(file.dataset("report/p/data").read_range<double>(1, 2)[5], 941);
        EXPECT_EQ(file.dataset("report/p/mapping/time").read<double>()[1], 2);
        EXPECT_EQ(file.number_attribute("complete"), 0);
    }
    report.close();
}

TEST(SonataReport, MayHaveNoColumnsAtAll) {
    const Folder folder;
    SonataReport report(MPI_COMM_WORLD, folder / "v.h5", {.population = "p", .unit = "mV", .dt_ms = 1}, {});
    report.write({});
    report.close();

    EXPECT_EQ(report.columns(), 0);
    EXPECT_EQ(h5::File::open(folder / "v.h5").number_attribute("complete"), 1);
}

TEST(SonataReport, AFolderThatCannotBeMadeIsAnError) {
    EXPECT_THROW(SonataReport(MPI_COMM_WORLD, "/proc/nowhere/v.h5", {.population = "p", .unit = "mV", .dt_ms = 1}, {}),
                 UserError);
}
