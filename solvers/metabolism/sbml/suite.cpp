#include "solvers/metabolism/sbml/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/metabolism/sbml/columns.hpp"
#include "solvers/metabolism/sbml/run.hpp"

namespace ngv::metabolism {

namespace {

namespace fs = std::filesystem;

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\""), end = text.find_last_not_of(" \t\r\"");
    return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');) parts.push_back(trimmed(part));
    return parts;
}

std::vector<std::string> lines(const fs::path& file) {
    std::ifstream in(file);
    if (!in) throw UserError({file.string(), "no such file", "a case has a model, its tags, settings and results"});
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);)
        if (!trimmed(line).empty()) all.push_back(trimmed(line));
    return all;
}

/// `key: value` lines.
std::map<std::string, std::string> keys(const fs::path& file) {
    std::map<std::string, std::string> values;
    for (const auto& line : lines(file))
        if (const auto colon = line.find(':'); colon != std::string::npos)
            values.emplace(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return values;
}

double number(const std::string& text, const fs::path& file) {
    std::size_t end = 0;
    double x = std::nan("");
    try {
        x = std::stod(text, &end);
    } catch (const std::exception&) {
        end = 0;
    }
    if (text.empty() || end != text.size())
        throw UserError({file.string(), fmt::format("'{}' is not a number", text), ""});
    return x;
}

struct Expected {
    std::vector<std::string> columns;
    std::vector<std::vector<double>> rows;  ///< time first
};

Expected read_results(const fs::path& file) {
    Expected expected;
    for (const auto& line : lines(file)) {
        const auto parts = split(line);
        if (expected.columns.empty()) {
            for (auto name : parts) {  // `case00001`S1`: the suite's older results name the model
                const auto tick = name.rfind('`');
                expected.columns.push_back(tick == std::string::npos ? name : name.substr(tick + 1));
            }
            continue;
        }
        if (parts.size() != expected.columns.size())
            throw UserError({file.string(), fmt::format("a row has {} values", parts.size()),
                             fmt::format("expected {}", expected.columns.size())});
        auto& row = expected.rows.emplace_back();
        for (const auto& part : parts) row.push_back(number(part, file));
    }
    if (expected.rows.empty()) throw UserError({file.string(), "has no rows", ""});
    return expected;
}

/// The first value that differs, or nothing.
std::string compare(const fs::path& file, const Expected& expected, const std::map<std::string, std::string>& settings,
                    const fs::path& settings_file, double rtol) {
    const auto setting = [&](const char* key) {
        const auto it = settings.find(key);
        return it == settings.end() ? std::string() : it->second;
    };
    const double start = number(setting("start"), settings_file), duration = number(setting("duration"), settings_file);
    const double absolute = number(setting("absolute"), settings_file),
                 relative = number(setting("relative"), settings_file);
    const auto model = SbmlModel::load(file);
    const SbmlColumns columns{{expected.columns.begin() + 1, expected.columns.end()},
                              split(setting("amount")),
                              split(setting("concentration"))};
    const auto shown = columns.of(model);
    SbmlRun run(model, {.rtol = rtol, .begin = start, .longest_step = look_interval(model, duration, duration)});
    for (const auto& row : expected.rows) {
        run.advance(row[0]);
        const auto values = run.evaluate(shown);
        for (std::size_t k = 0; k < values.size(); ++k) {
            const double x = values[k], y = row[k + 1];
            const bool equal =
                x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= absolute + relative * std::fabs(y);
            if (!equal)
                return fmt::format("{}: {} is {} at time {}, expected {}", file.filename().string(),
                                   columns.variables[k], x, row[0], y);
        }
    }
    return "";
}

}  // namespace

bool SuiteCase::is_core() const {
    return std::none_of(tags.begin(), tags.end(), [](const std::string& tag) {
        return tag == "AlgebraicRule" || tag == "FastReaction" || tag.find(':') != std::string::npos;
    });
}

std::vector<fs::path> suite_cases(const fs::path& folder) {
    const auto is_case = [](const fs::path& path) {
        return fs::exists(path / (path.filename().string() + "-results.csv"));
    };
    std::vector<fs::path> cases;
    if (fs::is_directory(folder)) {
        if (is_case(folder)) cases.push_back(folder);
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.is_directory() && is_case(entry.path())) cases.push_back(entry.path());
    }
    std::sort(cases.begin(), cases.end());
    if (cases.empty())
        throw UserError({folder.string(), "has no cases", "give the folder whose folders 00001, 00002, ... are cases"});
    return cases;
}

SuiteCase run_suite_case(const fs::path& folder, double rtol) {
    SuiteCase result;
    result.name = folder.filename().string();
    const auto part = [&](const char* end) { return folder / (result.name + end); };
    const auto about = keys(part("-model.m"));
    for (const char* key : {"componentTags", "testTags"})
        if (const auto it = about.find(key); it != about.end())
            for (const auto& tag : split(it->second))
                if (!tag.empty()) result.tags.push_back(tag);
    const auto settings = keys(part("-settings.txt"));
    const auto expected = read_results(part("-results.csv"));
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(result.name + "-sbml-l") && entry.path().extension() == ".xml")
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) throw UserError({folder.string(), "has no model", "expected NAME-sbml-l3v2.xml or the like"});
    for (const auto& file : files) {
        try {
            result.reason = compare(file, expected, settings, part("-settings.txt"), rtol);
            if (!result.reason.empty()) result.outcome = SuiteCase::Outcome::failed;
        } catch (const UserError& error) {
            result.outcome = SuiteCase::Outcome::unsupported;
            result.reason = error.what();
        } catch (const PhysicsError& error) {
            result.outcome = SuiteCase::Outcome::failed;
            result.reason = error.what();
        }
        if (result.outcome != SuiteCase::Outcome::passed) break;
    }
    return result;
}

std::string suite_report(const std::vector<SuiteCase>& cases) {
    std::map<std::string, std::array<int, 3>> by_tag;
    std::array<int, 3> all{}, core{};
    for (const auto& c : cases) {
        const auto k = static_cast<std::size_t>(c.outcome);
        for (const auto& tag : c.tags) ++by_tag[tag][k];
        ++all[k];
        if (c.is_core()) ++core[k];
    }
    std::string text = fmt::format("{:32} {:>6} {:>6} {:>12}\n", "tag", "passed", "failed", "unsupported");
    const auto row = [&](const std::string& name, const std::array<int, 3>& n) {
        text += fmt::format("{:32} {:6} {:6} {:12}\n", name, n[0], n[1], n[2]);
    };
    for (const auto& [tag, n] : by_tag) row(tag, n);
    row("all", all);
    for (const auto& c : cases)
        if (c.outcome != SuiteCase::Outcome::passed)
            text += fmt::format("{} {}: {}\n", c.name,
                                c.outcome == SuiteCase::Outcome::failed ? "failed" : "unsupported", c.reason);
    const int n = core[0] + core[1] + core[2];
    text += fmt::format("core, without algebraic rules and fast reactions: {} of {} pass ({:.1f} %)\n", core[0], n,
                        n ? 100.0 * core[0] / n : 0.0);
    return text;
}

}  // namespace ngv::metabolism
