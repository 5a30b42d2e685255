#include "solvers/neuron/engine/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/appendable.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/engine/checkpoint_state.hpp"

namespace ngv::neuron {

namespace {

using Impl = Simulation::Impl;
using checkpoint::most_weights;
using checkpoint::PointName;
using checkpoint::State;
using checkpoint::Table;
constexpr std::int64_t version = 1;

/// Rows of integers and numbers that are made anew when read: events and watches.
struct Rows {
    std::vector<std::int64_t> integers;  ///< `width` a row
    std::vector<double> numbers;         ///< two a row
};
constexpr int event_width = 6, watch_width = 4;

/// gid, ordinal, connection at its target (-1: self event, -2: weight change), order (connections: number of the spike), place of the
/// weight (or -1), alive
Rows events_of(Impl& impl, const State& state) {
    Rows rows;
    const ConnectionTable& table = impl.connections;
    auto add = [&](std::int64_t point, std::int64_t connection, std::int64_t order, std::int64_t weight, bool alive,
                   double te, double flag) {
        const PointName& name = state.name(point);
        rows.integers.insert(rows.integers.end(), {name.gid, name.ordinal, connection, order, weight, alive});
        rows.numbers.insert(rows.numbers.end(), {te, flag});
    };
    // the place of a weight among those of its point: most_weights * connection at its target + argument
    auto place_of_weight = [&](std::int64_t point, std::int64_t offset) {
        const auto& place = impl.points[point];
        const int n = std::max(1, impl.groups[place.group]->sets[place.set].mechanism->num_weights);
        for (auto c = table.by_target_offset[point]; c < table.by_target_offset[point + 1]; ++c) {
            const std::int64_t w = offset - (table.by_target[c] - table.weight.data());
            if (w >= 0 && w < n) return (c - table.by_target_offset[point]) * most_weights + w;
        }
        throw InternalError("weight of an event", __FILE__, __LINE__);
    };
    std::map<std::int64_t, std::int64_t> point_of_weight_change;
    for (const auto& w : impl.weight_changes) point_of_weight_change[w.weight] = table.target[w.connection];
    for (auto& g : impl.groups) {
        auto events = g->queue.events();
        std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return b.later_than(a); });
        for (const Event& e : events) {
            if (e.slot < 0) {
                const auto c = static_cast<std::int64_t>(e.order);
                add(table.target[c], state.rank_at_target(c), e.spike, -1, true, e.te, 0);
                continue;
            }
            const SelfEvent s = g->queue.self(e.slot);
            const auto order = static_cast<std::int64_t>(e.order & ~Event::self_bit);
            if (s.set < 0) {
                const std::int64_t point = point_of_weight_change.at(s.instance);
                add(point, -2, order, place_of_weight(point, s.instance), s.alive, e.te, s.flag);
            } else {
                const std::int64_t point = g->sets[s.set].point[s.instance];
                add(point, -1, order, s.connection < 0 ? -1 : place_of_weight(point, s.connection), s.alive, e.te,
                    s.flag);
            }
        }
    }
    return rows;
}

/// gid, ordinal, condition, above
Rows watches_of(Impl& impl, const State& state) {
    Rows rows;
    for (auto& g : impl.groups) {
        for (const Watch& w : g->watches) {
            const PointName& name = state.name(g->sets[w.set].point[w.instance]);
            rows.integers.insert(rows.integers.end(), {name.gid, name.ordinal, w.condition, w.above});
            rows.numbers.insert(rows.numbers.end(), {w.flag, 0});
        }
    }
    return rows;
}

struct Blocks {
    std::int64_t begin, total;
};
Blocks blocks_of(MPI_Comm comm, std::int64_t mine) {
    std::int64_t end = 0, total = 0;
    MPI_Scan(&mine, &end, 1, MPI_INT64_T, MPI_SUM, comm);
    MPI_Allreduce(&mine, &total, 1, MPI_INT64_T, MPI_SUM, comm);
    return {end - mine, total};
}

/// Names that some rank has, the same list on all.
std::vector<std::string> union_of(MPI_Comm comm, const std::set<std::string>& mine) {
    std::string text;
    for (const auto& s : mine) text += s + '\n';
    int size = 1, n = static_cast<int>(text.size());
    MPI_Comm_size(comm, &size);
    std::vector<int> counts(size), offsets(size, 0);
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
    for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
    std::string all(offsets.back() + counts.back(), ' ');
    MPI_Allgatherv(text.data(), n, MPI_CHAR, all.data(), counts.data(), offsets.data(), MPI_CHAR, comm);
    std::set<std::string> names;
    for (std::size_t begin = 0; begin < all.size();) {
        const auto end = all.find('\n', begin);
        names.insert(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return {names.begin(), names.end()};
}

class Writer {
  public:
    Writer(MPI_Comm comm, const std::filesystem::path& path)
        : comm_(comm), parallel_(size_of(comm) > 1), file_(h5::File::create(path, comm)) {}

    void integers(const std::string& path, const std::vector<std::int64_t>& values, std::int64_t width) {
        const auto rows = static_cast<std::int64_t>(values.size()) / width;
        const Blocks b = blocks_of(comm_, rows);
        if (b.total > 0) write_blocks(file_, parallel_, path, H5T_STD_I64LE, {b.total, width}, b.begin, values);
    }
    void numbers(const std::string& path, const std::vector<double>& values, std::int64_t width) {
        const auto rows = static_cast<std::int64_t>(values.size()) / width;
        const Blocks b = blocks_of(comm_, rows);
        if (b.total > 0) write_blocks(file_, parallel_, path, H5T_IEEE_F64LE, {b.total, width}, b.begin, values);
    }
    h5::File& file() { return file_; }

  private:
    static int size_of(MPI_Comm comm) {
        int size = 1;
        MPI_Comm_size(comm, &size);
        return size;
    }
    MPI_Comm comm_;
    bool parallel_;
    h5::File file_;
};

/// In-flight spikes are events before anything is written.
void settle(Impl& impl) {
    if (!impl.exchange.pending()) return;
    impl.send_spikes(impl.exchange.finish());
    impl.exchange.start({});
}

}  // namespace

void write_checkpoint(Simulation& simulation, const std::filesystem::path& path) {
    Impl& impl = simulation.impl();
    settle(impl);
    State state(impl);
    Writer out(impl.comm, path);
    out.file().set_attribute("ngv_neuron_checkpoint", version);
    out.file().set_attribute("steps", impl.steps);
    out.file().set_attribute("time", impl.now);
    out.file().set_attribute("spikes_sent", static_cast<std::int64_t>(impl.spikes_sent));
    out.file().set_attribute("dt", impl.options.dt);
    std::set<std::string> names;
    for (const auto& [name, table] : state.tables) names.insert(name);
    for (const std::string& name : union_of(impl.comm, names)) {
        const Table& table = state.tables[name];
        std::vector<std::int64_t> keys;
        for (const auto& k : table.keys) keys.insert(keys.end(), k.begin(), k.end());
        out.file().create_group("/" + name);
        out.integers("/" + name + "/key", keys, 3);
        std::set<std::string> columns;
        for (const auto& [column, values] : table.columns)
            if (std::any_of(values.begin(), values.end(), [](const double* p) { return p; })) columns.insert(column);
        for (const std::string& column : union_of(impl.comm, columns)) {
            std::vector<double> values(table.keys.size(), std::numeric_limits<double>::quiet_NaN());
            const auto it = table.columns.find(column);
            if (it != table.columns.end())
                for (std::size_t i = 0; i < values.size(); ++i)
                    if (it->second[i]) values[i] = *it->second[i];
            out.numbers("/" + name + "/" + column, values, 1);
        }
    }
    const Rows events = events_of(impl, state), watches = watches_of(impl, state);
    out.integers("/events/integers", events.integers, event_width);
    out.numbers("/events/numbers", events.numbers, 2);
    out.integers("/watches/integers", watches.integers, watch_width);
    out.numbers("/watches/numbers", watches.numbers, 2);
    int rank = 0;
    MPI_Comm_rank(impl.comm, &rank);
    for (const MechanismEntry& m : impl.mechanisms)  // the same on all ranks: rank 0 writes
        out.numbers(std::string("/globals/") + m.mechanism->name, rank == 0 ? m.globals : std::vector<double>{}, 1);
    out.file().close();
}

void read_checkpoint(Simulation& simulation, const std::filesystem::path& path) {
    Impl& impl = simulation.impl();
    const auto file = h5::File::open(path);
    auto fail = [&](const std::string& what, const std::string& fix = "build the model of the run that wrote it") {
        throw UserError(Problem{path.string(), what, fix});
    };
    if (!file.has_attribute("ngv_neuron_checkpoint")) fail("is no checkpoint of the neuron-solver", "");
    if (file.number_attribute("dt") != impl.options.dt)
        fail(fmt::format("was written with dt = {} ms, this run has {} ms", file.number_attribute("dt"),
                         impl.options.dt),
             "use the same time step");
    State state(impl);
    std::set<std::string> missing;
    for (auto& [name, table] : state.tables) {
        if (table.keys.empty()) continue;
        if (!file.has_dataset(name + "/key")) {
            if (name == "nodes") fail("has no nodes");
            missing.insert(name);
            continue;
        }
        const auto keys = file.dataset(name + "/key").read<std::int64_t>();
        std::map<std::array<std::int64_t, 3>, std::int64_t> row_of;
        for (std::size_t i = 0; i < keys.size(); i += 3)
            row_of[{keys[i], keys[i + 1], keys[i + 2]}] = static_cast<std::int64_t>(i / 3);
        std::vector<std::int64_t> rows;
        for (const auto& key : table.keys) {
            const auto it = row_of.find(key);
            if (it == row_of.end()) fail(fmt::format("has no {} of cell {}, number {}", name, key[0], key[1]));
            rows.push_back(it->second);
        }
        for (auto& [column, places] : table.columns) {
            if (std::none_of(places.begin(), places.end(), [](const double* p) { return p; })) continue;
            if (!file.has_dataset(name + "/" + column)) {
                missing.insert(name + "." + column);
                continue;
            }
            const auto values = file.dataset(name + "/" + column).read_rows<double>(rows);
            for (std::size_t i = 0; i < rows.size(); ++i)
                if (places[i]) *places[i] = values[i];
        }
        for (const auto& column : file.group(name).list())
            if (column != "key" && !table.columns.count(column))
                fail(fmt::format("has {} of {}, which this model has not", column, name));
    }
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
    std::map<double*, std::int64_t> connection_of;
    for (std::int64_t c = 0; c < table.size(); ++c) connection_of[table.weights(c)] = c;
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
            const auto first = table.by_target_offset[it->second];
            if (e[2] >= 0) {
                g.queue.push_connection(te, connection_of.at(table.by_target[first + e[2]]),
                                        static_cast<std::uint32_t>(e[3]));
                continue;
            }
            const std::int64_t weight =
                e[4] < 0 ? -1
                         : table.by_target[first + e[4] / most_weights] + e[4] % most_weights - table.weight.data();
            if (e[2] == -2) {
                g.queue.push_self(te, {-1, weight, -1, flag, true});
                continue;
            }
            MechanismSet& set = g.sets[place.set];
            if (set.self_event.empty()) set.self_event.assign(set.view.num_blocks * lanes, -1);
            const auto slot = g.queue.push_self(te, {place.set, place.instance, weight, flag, true});
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
}

}  // namespace ngv::neuron
