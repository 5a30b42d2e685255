// Spikes from files: synapse_replay of BBP's extension, h5/sonata/csv inputs of Allen's configs.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/rng.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

namespace {

void sort_times(Replay& replay) {
    for (auto& [node, times] : replay.times) std::sort(times.begin(), times.end());
}

/// Allen's text format: "node_ids population timestamps" or "gid spike-times", separated by spaces; several times by commas.
std::vector<ngv::Spike> read_csv_spikes(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw UserError(Problem{file.string(), "the spike file cannot be read", "check the path"});
    std::vector<ngv::Spike> result;
    std::string line;
    std::getline(in, line);
    std::istringstream header(line);
    std::vector<std::string> names;
    for (std::string name; header >> name;) names.push_back(name);
    const auto column = [&](std::initializer_list<const char*> options) {
        for (const char* option : options)
            if (const auto it = std::find(names.begin(), names.end(), option); it != names.end())
                return it - names.begin();
        throw UserError(
            Problem{file.string() + ":1", "the columns are '" + line + "'", "expected node_ids and timestamps"});
    };
    const auto id = column({"node_ids", "node_id", "gid"}), time = column({"timestamps", "spike-times"});
    for (int number = 2; std::getline(in, line); ++number) {
        std::istringstream row(line);
        std::vector<std::string> cells;
        for (std::string cell; row >> cell;) cells.push_back(cell);
        if (cells.empty()) continue;
        if (static_cast<std::size_t>(std::max(id, time)) >= cells.size())
            throw UserError(Problem{fmt::format("{}:{}", file.string(), number),
                                    fmt::format("has {} columns, the header {}", cells.size(), names.size()), ""});
        std::istringstream times(cells[static_cast<std::size_t>(time)]);
        for (std::string t; std::getline(times, t, ',');)
            result.push_back({std::stod(t), std::stoll(cells[static_cast<std::size_t>(id)])});
    }
    return result;
}

/// Spikes of a population in a file; nothing if the file has none of it.
std::vector<ngv::Spike> spikes_of(const std::filesystem::path& file, const std::string& population, bool any) {
    if (file.extension() == ".csv") return read_csv_spikes(file);
    const auto h5 = h5::File::open(file);
    const auto group = h5.group("spikes");
    if (!group.has_dataset("timestamps")) {
        if (group.has_group(population)) return read_spikes(file, population);
        return any && group.list().size() == 1 ? read_spikes(file) : std::vector<ngv::Spike>{};
    }
    return read_spikes(file);
}

void synapse_replay(const Network& network, const NamedBlock& input, std::vector<Replay>& result) {
    const auto& [name, block] = input;
    check_keys(block, {"module", "input_type", "delay", "duration", "node_set", "source", "spike_file"},
               "input '" + name + "'");
    const auto file = network.config().path(block["spike_file"]);
    const double delay = block.number("delay", 0);
    const auto h5 = h5::File::open(file);
    const auto group = h5.group("spikes");
    std::size_t found = 0;
    for (const auto& p : network.nodes().populations()) {
        if (!group.has_dataset("timestamps") && !group.has_group(p.entry.name)) continue;
        std::vector<std::int64_t> sources;
        const bool some = block.has("source") && !block["source"].is_null();
        if (some) {
            sources = network.nodes().resolve(block["source"].text(), p, block["source"].where());
            if (sources.empty()) continue;
        }
        Replay replay{&p};
        for (const auto& s : spikes_of(file, p.entry.name, false))
            if (s.time_ms >= delay && (!some || std::binary_search(sources.begin(), sources.end(), s.node_id)))
                replay.times[s.node_id].push_back(s.time_ms);
        ++found;
        if (replay.times.empty()) continue;
        if (block.has("node_set") && !block["node_set"].is_null())
            for (const auto& target : network.nodes().populations())
                replay.targets[&target] =
                    network.nodes().resolve(block["node_set"].text(), target, block["node_set"].where());
        sort_times(replay);
        result.push_back(std::move(replay));
    }
    if (found == 0)
        throw block["spike_file"].error(file.string() + " has no spikes of a population of the circuit",
                                        "its populations: " + fmt::format("{}", fmt::join(group.list(), ", ")));
}

void allen_spikes(const Network& network, const NamedBlock& input, std::vector<Replay>& result) {
    const auto& [name, block] = input;
    check_keys(block, {"module", "input_type", "input_file", "node_set", "trial", "delay", "duration", "random_seed"},
               "input '" + name + "'");
    const auto file = network.config().path(block["input_file"]);
    for (const auto& p : network.nodes().populations()) {
        const auto ids = network.nodes().resolve(block["node_set"].text(), p, block["node_set"].where());
        if (ids.empty()) continue;
        Replay replay{&p};
        for (const auto& s : spikes_of(file, p.entry.name, true))
            if (std::binary_search(ids.begin(), ids.end(), s.node_id)) replay.times[s.node_id].push_back(s.time_ms);
        sort_times(replay);
        if (!replay.times.empty()) result.push_back(std::move(replay));
    }
}

/// Ours: {"module": "poisson", "source": virtual population, "rate": Hz}. Interval k of a node is a pure function of (seed, node, k).
void poisson(const Network& network, const NamedBlock& input, std::vector<Replay>& result) {
    const auto& [name, block] = input;
    check_keys(block, {"module", "input_type", "delay", "duration", "source", "rate", "node_set"},
               "input '" + name + "'");
    const auto& p = network.nodes().population(block["source"].text());
    const double delay = block.number("delay", 0),
                 end = std::min(network.config().tstop, delay + block.number("duration", 1e300));
    const auto ids = p.nodes.ids();
    const auto rates = block.has("rate") ? std::vector<double>(ids.size(), block["rate"].number())
                                         : p.nodes.numbers("dynamics_params/rate", ids, {});
    Replay replay{&p};
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!(rates[i] > 0)) continue;
        auto& times = replay.times[ids[i]];  // also if it stays empty: what is wired does not depend on tstop
        std::int64_t count = 0;
        double t = delay;
        while (true) {
            t += 1000 / rates[i] *
                 Random(network.config().random_seed, purpose("poisson input"), p.gid(ids[i]), count++).exponential();
            if (t >= end) break;
            times.push_back(t);
        }
    }
    if (!replay.times.empty()) result.push_back(std::move(replay));
}

}  // namespace

std::vector<Replay> read_replays(const Network& network) {
    std::vector<Replay> result;
    for (const auto& input : network.config().inputs) {
        const std::string module = input.block["module"].text();
        if (module == "synapse_replay") synapse_replay(network, input, result);
        if (module == "poisson") poisson(network, input, result);
        if (module == "h5" || module == "sonata" || module == "csv" || module == "nwb") {
            if (module == "nwb")
                throw input.block["module"].error("spikes in NWB files are not supported",
                                                  "convert them to SONATA spikes");
            allen_spikes(network, input, result);
        }
    }
    return result;
}

}  // namespace ngv::neuron
