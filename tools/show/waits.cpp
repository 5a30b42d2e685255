#include "tools/show/waits.hpp"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ngv {

nlohmann::json waits_of(const std::filesystem::path& results) {
    auto waits = nlohmann::json::object();
    std::ifstream in(results / "trace.json");
    if (!in) return waits;
    const auto trace = nlohmann::json::parse(in, nullptr, false);
    if (trace.is_discarded() || !trace.contains("traceEvents")) return waits;
    constexpr std::string_view prefix = "wait for ";
    std::map<int, std::string> names;
    std::map<int, double> total;
    std::map<int, std::map<std::string, double>> waited;
    for (const auto& event : trace["traceEvents"]) {
        const auto name = event.value("name", "");
        if (name == "process_name") names[event["pid"]] = event["args"]["name"];
        if (event.value("ph", "") != "X") continue;
        const double length = event["dur"];
        total[event["pid"]] += length;
        if (name.starts_with(prefix)) waited[event["pid"]][name.substr(prefix.size())] += length;
    }
    for (const auto& [pid, peers] : waited) {
        for (const auto& [peer, length] : peers) waits[names[pid]][peer] = length / total[pid];
    }
    return waits;
}

}  // namespace ngv
