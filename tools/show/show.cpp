#include "tools/show/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/spikes.hpp"
#include "tools/show/cells.hpp"
#include "tools/show/page.hpp"
#include "tools/show/series.hpp"
#include "tools/show/tissue.hpp"
#include "tools/show/waits.hpp"

namespace ngv {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t bins = 600;         // pairs of extremes a curve: the width of a picture
constexpr std::size_t most_columns = 40;  // curves a picture
constexpr std::size_t most_spikes = 60'000;

// Four significant digits: more than a screen shows.
json rounded(const std::vector<float>& values) {
    json all = json::array();
    for (const float v : values) all.push_back(std::stod(fmt::format("{:.4g}", v)));
    return all;
}

json band_json(const Band& band) {
    if (band.mean.empty()) return nullptr;
    return {{"mean", rounded(band.mean)}, {"low", rounded(band.low)}, {"high", rounded(band.high)}};
}

json as_json(const Series& s) {
    json columns = json::array();
    std::vector<float> column(s.times_ms.size());
    for (std::size_t c = 0; c < s.ids.size(); ++c) {
        for (std::size_t f = 0; f < column.size(); ++f) column[f] = static_cast<float>(s.at(f, c));
        columns.push_back(rounded(column));
    }
    std::vector<double> times;
    for (const double t : s.times_ms) times.push_back(std::stod(fmt::format("{:.3f}", t)));
    return {{"name", s.name},
            {"population", s.population},
            {"unit", s.unit},
            {"complete", s.complete},
            {"t", times},
            {"ids", s.ids},
            {"columns", columns},
            {"total", s.total_columns},
            {"all", band_json(s.all)},
            {"change", band_json(s.change)}};
}

json spikes_of(const fs::path& path) {
    json all = json::array();
    const auto file = h5::File::open(path);
    for (const auto& population : file.group("/spikes").list()) {
        const auto group = file.group("/spikes/" + population);
        if (!group.has_dataset("timestamps")) continue;
        const auto spikes = read_spikes(path, population);
        const std::size_t stride = spikes.size() / most_spikes + 1;
        json times = json::array(), ids = json::array();
        for (std::size_t i = 0; i < spikes.size(); i += stride) {
            times.push_back(std::stod(fmt::format("{:.3f}", spikes[i].time_ms)));
            ids.push_back(spikes[i].node_id);
        }
        all.push_back(
            {{"population", population}, {"count", spikes.size()}, {"stride", stride}, {"t", times}, {"ids", ids}});
    }
    return all;
}

std::string slurp(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_atomically(const fs::path& path, const std::string& text) {
    const fs::path part = path.string() + ".part";
    std::ofstream(part) << text;
    fs::rename(part, path);
}

}  // namespace

int show(const fs::path& results, bool csv) {
    if (!fs::is_directory(results))
        throw UserError(
            {results.string(), "is not a folder", "give the results folder of a run: the one with summary.json"});
    json data = {
        {"series", json::array()}, {"problems", json::array()}, {"spikes", json::array()}, {"tissue", json::object()}};
    auto attempt = [&](const fs::path& path, const auto& read) {
        try {
            read();
        } catch (const std::exception& error) {
            data["problems"].push_back(fmt::format("{}: {}", path.lexically_relative(results).string(), error.what()));
        }
    };

    if (const auto path = results / "summary.json"; fs::exists(path))
        attempt(path, [&] { data["summary"] = json::parse(slurp(path)); });
    else
        data["problems"].push_back(
            "summary.json is not there: the run has not ended, or this is not its results folder");

    if (data.contains("summary") && data["summary"].contains("scenario")) {
        fs::path scenario = data["summary"]["scenario"].value("file", "");
        // The run may have been started from another folder; its results usually lie beside its scenario.
        if (!fs::exists(scenario))
            scenario = fs::absolute(results).lexically_normal().parent_path() / scenario.filename();
        attempt(scenario, [&] { data["cells"] = cells_of(scenario); });
    }
    data["waits"] = waits_of(results);

    std::vector<fs::path> reports;
    for (const auto& entry : fs::recursive_directory_iterator(results))
        if (entry.path().extension() == ".h5") reports.push_back(entry.path());
    std::sort(reports.begin(), reports.end());
    std::set<fs::path> csv_files;
    const auto csv_file = [&](const Series& series) {
        auto file = results / "csv" / (series.name + ".csv");
        if (!csv_files.insert(file).second) file = results / "csv" / (series.name + "_" + series.population + ".csv");
        return file;
    };
    bool found = false;
    for (const auto& path : reports)
        attempt(path, [&] {
            const auto file = h5::File::open(path);
            found = true;
            if (file.has_group("/spikes")) data["spikes"] = spikes_of(path);
            if (!file.has_group("/report")) return;
            for (const auto& series : read_series(results, path, most_columns)) {
                if (series.ids.empty() || series.times_ms.empty()) continue;
                if (csv) write_csv(series, csv_file(series));
                data["series"].push_back(as_json(thinned(series, bins)));
            }
        });
    if (!found && !data.contains("summary"))
        throw UserError(
            {results.string(), "holds no results", "give the results folder of a run: the one with summary.json"});
    attempt(results, [&] { data["tissue"] = tissue_picture(results); });

    std::string text = data.dump();
    // "</script>" inside a string would end the page's script.
    for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3) text.replace(at, 2, "<\\/");
    std::string page = results_page;
    page.replace(page.find("/*STYLE*/"), 9, results_style);
    page.replace(page.find("/*SCRIPT*/"), 10, results_script);
    page.replace(page.find("/*DATA*/null"), 12, text);
    write_atomically(results / "index.html", page);
    return 0;
}

}  // namespace ngv
