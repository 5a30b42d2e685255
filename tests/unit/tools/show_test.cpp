#include "tools/show/show.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "solvers/common/hdf5.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/report.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/common/xdmf.hpp"
#include "tests/unit/common/helpers.hpp"
#include "tools/show/series.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// What the page draws.
json data_of(const std::filesystem::path& page) {
    const auto text = text_of(page);
    const auto begin = text.find("const DATA = ") + 13;
    return json::parse(text.substr(begin, text.find(";</script>", begin) - begin));
}

void write_report(const std::filesystem::path& file, int frames, std::int64_t columns) {
    std::vector<ReportColumn> all;
    for (std::int64_t c = 0; c < columns; ++c) all.push_back({c});
    SonataReport report(MPI_COMM_SELF, file, {.population = "neurons", .unit = "mV", .dt_ms = 0.5}, all);
    for (int f = 0; f < frames; ++f) {
        std::vector<double> values;
        for (std::int64_t c = 0; c < columns; ++c) values.push_back(100 + static_cast<double>(c) * f);
        if (f == frames / 2) values[0] = 1000;  // a single spike that thinning must keep
        report.write(values);
    }
    report.close();
}

}  // namespace

TEST(Show, APageIsMadeOfWhatIsThere) {
    const Folder folder;
    write_report(folder / "neuron/soma_v.h5", 4, 3);
    SpikeWriter spikes(MPI_COMM_SELF, folder / "neuron/spikes.h5", {"neurons"});
    spikes.add(0, 1.25, 2);
    spikes.close();
    XdmfSeries cells(MPI_COMM_SELF, folder / "neuron/fields",
                     {.kind = XdmfCells::lines,
                      .cell_ids = {segment_id(1, 7, 0), segment_id(1, 7, 1)},
                      .points = {0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 2, 0}},
                     {});
    cells.close();
    folder.write("summary.json", R"({"name": "a </script> b", "status": "complete", "time_ms": 2})");

    EXPECT_EQ(show(folder / ".", false), 0);

    const auto page = text_of(folder / "index.html");
    EXPECT_THAT(page, Not(HasSubstr("a </script> b")));
    EXPECT_THAT(page, Not(HasSubstr("http")));
    EXPECT_THAT(page, Not(HasSubstr("/*SCRIPT*/")));
    const auto data = data_of(folder / "index.html");
    EXPECT_EQ(data["summary"]["name"], "a </script> b");
    EXPECT_EQ(data["series"][0]["name"], "neuron/soma_v");
    EXPECT_THAT(data["series"][0]["columns"][2], ElementsAre(100, 102, 104, 106));
    EXPECT_EQ(data["spikes"][0]["t"][0], 1.25);
    EXPECT_EQ(data["tissue"]["cells"][0]["id"], 7);
    EXPECT_THAT(data["tissue"]["cells"][0]["paths"], ElementsAre(json{0, 0, 0, 1, 0, 0, 1, 2, 0}));
}

TEST(Show, LongAndWideReportsAreThinnedWithoutLosingPeaks) {
    const Folder folder;
    write_report(folder / "neuron/soma_v.h5", 5000, 100);

    show(folder / ".", true);

    const auto series = data_of(folder / "index.html")["series"][0];
    EXPECT_EQ(series["total"], 100);
    EXPECT_EQ(series["ids"].size(), 40u);
    EXPECT_LT(series["t"].size(), 1300u);
    EXPECT_EQ(series["t"].size(), series["columns"][0].size());
    EXPECT_EQ(series["t"].size(), series["all"]["mean"].size());
    const auto first = series["columns"][0].get<std::vector<double>>();
    EXPECT_EQ(*std::max_element(first.begin(), first.end()), 1000);
    EXPECT_LT(std::filesystem::file_size(folder / "index.html"), 1'000'000u);
    std::istringstream csv(text_of(folder / "csv/neuron/soma_v.csv"));
    std::string header, line;
    std::getline(csv, header);
    int lines = 0;
    while (std::getline(csv, line)) ++lines;
    EXPECT_TRUE(header.starts_with("time_ms,mean,low,high,0_0,2_0,5_0")) << header;
    EXPECT_EQ(lines, 5000);
}

TEST(Show, TheBandsAreMeanExtremesAndChange) {
    const Folder folder;
    write_report(folder / "x.h5", 3, 3);

    const auto s = read_series(folder / ".", folder / "x.h5", 40)[0];

    EXPECT_THAT(s.all.mean, ElementsAre(100, ::testing::FloatEq(401), 102));
    EXPECT_THAT(s.all.high, ElementsAre(100, 1000, 104));
    EXPECT_THAT(s.change.high, ElementsAre(0, ::testing::FloatNear(900, 1e-3f), ::testing::FloatNear(4, 1e-3f)));
}

TEST(Show, DamagedAndIncompleteFilesAreNamedOnThePage) {
    const Folder folder;
    write_report(folder / "neuron/soma_v.h5", 4, 2);
    folder.write("flow/radius.h5", "no HDF5");
    folder.write("summary.json", "{");

    show(folder / ".", false);

    const auto problems = data_of(folder / "index.html")["problems"].dump();
    EXPECT_THAT(problems, HasSubstr("flow/radius.h5"));
    EXPECT_THAT(problems, HasSubstr("summary.json"));
}

TEST(Show, AFolderWithoutResultsIsAnError) {
    const Folder folder;

    EXPECT_THAT(user_error([&] { show(folder / "nowhere", false); }), HasSubstr("is not a folder"));
    EXPECT_THAT(user_error([&] { show(folder / ".", false); }), HasSubstr("holds no results"));
}
