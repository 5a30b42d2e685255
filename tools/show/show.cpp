#include "tools/show/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/spikes.hpp"
#include "tools/show/page.hpp"
#include "tools/show/series.hpp"
#include "tools/show/tissue.hpp"

namespace ngv {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t bins = 600;         // pairs of extremes a curve: the width of a picture
constexpr std::size_t most_columns = 40;  // curves a picture
constexpr std::size_t most_spikes = 60'000;

json as_json(const Series& s) {
    // Five significant digits: more than a screen shows.
    std::vector<std::vector<double>> columns(s.columns.size());
    for (std::size_t c = 0; c < s.columns.size(); ++c)
        for (std::size_t f = 0; f < s.times_ms.size(); ++f)
            columns[c].push_back(std::stod(fmt::format("{:.5g}", s.at(f, c))));
    return {{"name", s.name},  {"population", s.population}, {"unit", s.unit},    {"complete", s.complete},
            {"t", s.times_ms}, {"ids", s.columns},           {"columns", columns}};
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

    std::vector<fs::path> reports;
    for (const auto& entry : fs::recursive_directory_iterator(results))
        if (entry.path().extension() == ".h5") reports.push_back(entry.path());
    std::sort(reports.begin(), reports.end());
    bool found = false;
    for (const auto& path : reports)
        attempt(path, [&] {
            const auto file = h5::File::open(path);
            found = true;
            if (file.has_group("/spikes")) data["spikes"] = spikes_of(path);
            if (!file.has_group("/report")) return;
            for (const auto& series : read_series(results, path)) {
                if (csv) write_csv(series, results / "csv" / (series.name + ".csv"));
                if (series.columns.empty() || series.times_ms.empty()) continue;
                if (series.columns.size() > most_columns) {
                    auto mean = envelope(series);
                    mean.name += ":envelope";
                    data["series"].push_back(as_json(thinned(mean, bins)));
                }
                data["series"].push_back(as_json(thinned(with_columns(series, most_columns), bins)));
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
