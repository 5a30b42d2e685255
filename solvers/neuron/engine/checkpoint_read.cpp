// A checkpoint becomes the state of a simulation again.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/engine/checkpoint.hpp"
#include "solvers/neuron/engine/checkpoint_state.hpp"
#include "solvers/neuron/engine/names_of_ranks.hpp"

namespace ngv::neuron {

namespace {

using Impl = Simulation::Impl;
using checkpoint::event_width;
using checkpoint::State;
using checkpoint::Table;
using checkpoint::watch_width;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
    throw UserError(Problem{path.string(), what, "resume the model that wrote it"});
}

h5::File open(const std::filesystem::path& path) {
    auto file = h5::File::open(path);
    if (!file.has_attribute("ngv_neuron_checkpoint")) refuse(path, "is no checkpoint of the neuron-solver");
    if (file.number_attribute("ngv_neuron_checkpoint") != checkpoint::version)
        refuse(path, "was written by another version of this program");
    return file;
}

/// "mechanism_K_Tst" -> "mechanism K_Tst"
std::string in_words(std::string table) {
    if (const auto at = table.find('_'); at != std::string::npos) table[at] = ' ';
    return table;
}

/// The file has the rows of this model and no others. A mechanism that is new in the model may be missing: it keeps its initial values.
void same_tables(MPI_Comm comm, const h5::File& file, const std::filesystem::path& path, const State& state) {
    std::set<std::string> mine;
    for (const auto& [name, table] : state.tables)
        if (!table.keys.empty()) mine.insert(name);
    const auto names = names_of_ranks(comm, mine);
    for (const std::string& name : file.group("/").list()) {
        const auto& others = checkpoint::rows_made_anew;
        if (std::find(std::begin(others), std::end(others), name) != std::end(others)) continue;
        const std::int64_t written = file.has_dataset(name + "/key") ? file.dataset(name + "/key").rows() : 0;
        const auto it = state.tables.find(name);
        std::int64_t here = it == state.tables.end() ? 0 : static_cast<std::int64_t>(it->second.keys.size());
        MPI_Allreduce(MPI_IN_PLACE, &here, 1, MPI_INT64_T, MPI_SUM, comm);
        if (written == here) continue;
        if (!std::binary_search(names.begin(), names.end(), name))
            refuse(path, fmt::format("has {}, which this model has not", in_words(name)));
        refuse(path, fmt::format("has {} rows of {}, this model has {}", written, in_words(name), here));
    }
    for (const char* needed : {"nodes", "connections", "detectors"})
        if (std::binary_search(names.begin(), names.end(), needed) && !file.has_dataset(std::string(needed) + "/key"))
            refuse(path, fmt::format("has no {}", needed));
}

void read_table(const h5::File& file, const std::filesystem::path& path, const std::string& name, const Table& table,
                std::set<std::string>& missing) {
    if (!file.has_dataset(name + "/key")) {
        missing.insert(name);
        return;
    }
    const auto keys = file.dataset(name + "/key").read<std::int64_t>();
    const auto key = [&](std::int64_t row) {
        const auto* k = keys.data() + 3 * row;
        return std::array<std::int64_t, 3>{k[0], k[1], k[2]};
    };
    std::vector<std::int64_t> sorted(keys.size() / 3), rows;
    std::iota(sorted.begin(), sorted.end(), std::int64_t{0});
    std::sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return key(a) < key(b); });
    for (const auto& k : table.keys) {
        const auto it =
            std::lower_bound(sorted.begin(), sorted.end(), k, [&](auto row, const auto& x) { return key(row) < x; });
        if (it == sorted.end() || key(*it) != k)
            refuse(path, fmt::format("has no {} of cell {}, number {}", in_words(name), k[0], k[1]));
        rows.push_back(*it);
    }
    for (const auto& [column, places] : table.columns) {
        if (std::none_of(places.begin(), places.end(), [](const double* p) { return p; })) continue;
        if (!file.has_dataset(name + "/" + column)) {
            missing.insert(name + "." + column);
            continue;
        }
        const auto values = file.dataset(name + "/" + column).read_rows<double>(rows);
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (places[i] && !std::isnan(values[i])) *places[i] = values[i];
    }
    for (const auto& column : file.group(name).list())
        if (column != "key" && !table.columns.count(column))
            refuse(path, fmt::format("has {} of {}, which this model has not", column, in_words(name)));
}

}  // namespace

double time_of_checkpoint(const std::filesystem::path& path) {
    return open(path).number_attribute("time");
}

void read_checkpoint(Simulation& simulation, const std::filesystem::path& path, const std::string& model) {
    Impl& impl = simulation.impl();
    const auto file = open(path);
    const std::string written_by = file.has_attribute("model") ? file.text_attribute("model") : "";
    if (written_by != model) refuse(path, fmt::format("is of another circuit: {}; this run has {}", written_by, model));
    if (file.number_attribute("dt") != impl.options.dt)
        refuse(path, fmt::format("was written with dt = {} ms, this run has {} ms", file.number_attribute("dt"),
                                 impl.options.dt));
    State state(impl);
    same_tables(impl.comm, file, path, state);
    std::set<std::string> missing;
    for (auto& [name, table] : state.tables)
        if (!table.keys.empty()) read_table(file, path, name, table, missing);
    state.store();
    for (MechanismEntry& m : impl.mechanisms) {
        const std::string name = std::string("globals/") + m.mechanism->name;
        if (m.globals.empty() || !file.has_dataset(name)) continue;
        const auto values = file.dataset(name).read<double>();
        if (values.size() == m.globals.size()) {
            std::copy(values.begin(), values.end(), m.globals.begin());
        } else {
            missing.insert(name);
        }
    }
    for (const auto& name : missing) log_warning("{} has no {}: it keeps its initial value", path.string(), name);

    impl.steps = static_cast<std::int64_t>(file.number_attribute("steps"));
    impl.now = file.number_attribute("time");
    impl.spikes_sent = static_cast<std::uint32_t>(file.number_attribute("spikes_sent"));
    if (impl.exchange.pending()) impl.exchange.finish();
    impl.exchange.start({});
    impl.prepare();
    // sources outside: as if all spikes until now had been given
    std::vector<std::pair<double, std::int64_t>> past;
    for (const auto& generate : impl.generators) generate(-1, 0, past), generate(0, impl.now, past);
    for (impl.next_given = 0; impl.next_given < impl.given.size() && impl.given[impl.next_given].time <= impl.now;)
        ++impl.next_given;
    for (RecorderState& r : impl.recorders) {
        r.values.clear();
        r.frames = 0;
        r.next =
            impl.steps < r.spec.first ? 0 : (std::min(impl.steps, r.spec.last - 1) - r.spec.first) / r.spec.every + 1;
    }
    impl.fired.clear();
    impl.recorded.clear();

    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> point_of;
    for (std::size_t p = 0; p < impl.points.size(); ++p)
        point_of[{state.name(p).gid, state.name(p).ordinal}] = static_cast<std::int64_t>(p);
    ConnectionTable& table = impl.connections;
    for (auto& g : impl.groups) {
        g->queue.clear();
        g->watches.clear();
        for (MechanismSet& s : g->sets) std::fill(s.self_event.begin(), s.self_event.end(), -1);
    }
    if (file.has_dataset("events/integers")) {
        const auto integers = file.dataset("events/integers").read<std::int64_t>();
        const auto numbers = file.dataset("events/numbers").read<double>();
        std::vector<std::size_t> order(integers.size() / event_width);
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        // self events in the order in which they were sent
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return integers[a * event_width + 3] < integers[b * event_width + 3];
        });
        for (std::size_t i : order) {
            const std::int64_t* e = integers.data() + i * event_width;
            const auto it = point_of.find({e[0], e[1]});
            if (it == point_of.end()) continue;  // on another rank
            const auto& place = impl.points[it->second];
            Group& g = *impl.groups[place.group];
            const double te = numbers[2 * i], flag = numbers[2 * i + 1];
            const auto connections = table.of_target(it->second);
            if (e[2] >= 0) {
                g.queue.push_connection(te, connections[e[2]], static_cast<std::uint32_t>(e[3]));
                continue;
            }
            const std::int64_t numbers = e[4] < 0 ? -1 : connections[e[4]];
            if (e[2] == -2) {
                g.queue.push_self(te, {-1, 0, numbers, flag, true});
                continue;
            }
            MechanismSet& set = g.sets[place.set];
            if (set.self_event.empty()) set.self_event.assign(set.view.num_blocks * lanes, -1);
            const auto slot = g.queue.push_self(te, {place.set, place.instance, numbers, flag, true});
            if (e[5]) {
                set.self_event[place.instance] = slot;
            } else {
                g.queue.self(slot).alive = false;
            }
        }
    }
    if (file.has_dataset("watches/integers")) {
        const auto integers = file.dataset("watches/integers").read<std::int64_t>();
        const auto numbers = file.dataset("watches/numbers").read<double>();
        for (std::size_t i = 0; i < integers.size() / watch_width; ++i) {
            const std::int64_t* w = integers.data() + i * watch_width;
            const auto it = point_of.find({w[0], w[1]});
            if (it == point_of.end()) continue;
            const auto& place = impl.points[it->second];
            impl.groups[place.group]->watches.push_back(
                {place.set, static_cast<std::int32_t>(w[2]), place.instance, numbers[2 * i], w[3] != 0});
        }
    }
    impl.transfer();
    impl.derive();
}

}  // namespace ngv::neuron
