#include <fmt/format.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "ngv/error.hpp"
#include "tools/ngv/commands.hpp"

namespace ngv {

namespace {

/// Seconds of one participant, over all its ranks, by what it did ("compute", "wait for rd", ...).
using Seconds = std::map<std::string, double>;

std::map<std::string, Seconds> read_trace(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw UserError({path.string(), "is not there", "give the results folder of a run that has ended"});
    const auto trace = nlohmann::json::parse(in, nullptr, false);
    if (trace.is_discarded() || !trace.contains("traceEvents"))
        throw UserError({path.string(), "is damaged: not a trace in JSON", "run the scenario again"});
    std::map<int, std::string> names;
    std::map<std::string, Seconds> all;
    for (const auto& event : trace["traceEvents"]) {
        if (event.value("name", "") == "process_name") names[event["pid"]] = event["args"]["name"];
        if (event.value("ph", "") == "X") all[names[event["pid"]]][event["name"]] += event["dur"].get<double>() * 1e-6;
    }
    return all;
}

}  // namespace

void add_trace_command(CLI::App& app, int&) {
    auto results = std::make_shared<std::string>();
    auto* command = app.add_subcommand("trace", "Say who waits for whom; RESULTS/trace.json opens in Perfetto");
    command->add_option("RESULTS", *results, "Results folder of a run")->required();
    command->callback([results] {
        const auto path = std::filesystem::path(*results) / "trace.json";
        std::string slowest, waiter, reason;
        double most = 0;
        fmt::print("{:<16} {:>10}  {}\n", "participant", "seconds", "what");
        for (const auto& [name, seconds] : read_trace(path)) {
            double total = 0;
            for (const auto& [what, s] : seconds) total += s;
            for (const auto& [what, s] : seconds) {
                fmt::print("{:<16} {:>10.3f}  {} ({:.0f} %)\n", name, s, what, 100 * s / total);
                const std::string prefix = "wait for ";
                if (what.starts_with(prefix) && s / total > most) {
                    most = s / total;
                    waiter = name;
                    slowest = what.substr(prefix.size());
                }
            }
        }
        if (most > 0)
            fmt::print("\n{} waits {:.0f} % of its time for {}: more ranks for {} help most, if there are cores\n",
                       waiter, 100 * most, slowest, slowest);
        fmt::print("timeline: open {} at ui.perfetto.dev\n", path.string());
    });
}

}  // namespace ngv
