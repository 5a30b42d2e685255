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
#include "solvers/common/ranks.hpp"
#include "solvers/neuron/engine/checkpoint_state.hpp"
#include "solvers/neuron/engine/names_of_ranks.hpp"

namespace ngv::neuron {

namespace {

using Impl = Simulation::Impl;
using checkpoint::event_width;
using checkpoint::PointName;
using checkpoint::State;
using checkpoint::Table;
using checkpoint::watch_width;

/// Rows of integers and numbers that are made anew when read: events and watches.
struct Rows {
    std::vector<std::int64_t> integers;  ///< `width` a row
    std::vector<double> numbers;         ///< two a row
};

/// gid, ordinal, connection at its target (-1: self event, -2: weight change), order (connections: number of the spike), connection whose
/// numbers the handler sees or whose weight changes (or -1), alive
Rows events_of(Impl& impl, const State& state) {
    Rows rows;
    const ConnectionTable& table = impl.connections;
    auto add = [&](std::int64_t point, std::int64_t connection, std::int64_t order, std::int64_t numbers, bool alive,
                   double te, double flag) {
        const PointName& name = state.name(point);
        rows.integers.insert(rows.integers.end(), {name.gid, name.ordinal, connection, order, numbers, alive});
        rows.numbers.insert(rows.numbers.end(), {te, flag});
    };
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
                add(table.target[s.connection], -2, order, state.rank_at_target(s.connection), s.alive, e.te, s.flag);
            } else {
                const std::int64_t point = g->sets[s.set].point[s.instance];
                add(point, -1, order, s.connection < 0 ? -1 : state.rank_at_target(s.connection), s.alive, e.te,
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

void write_checkpoint(Simulation& simulation, const std::filesystem::path& path, const std::string& model) {
    Impl& impl = simulation.impl();
    settle(impl);
    State state(impl);
    const std::filesystem::path part = path.string() + ".part";
    Writer out(impl.comm, part);
    out.file().set_attribute("model", model);
    out.file().set_attribute("ngv_neuron_checkpoint", checkpoint::version);
    out.file().set_attribute("steps", impl.steps);
    out.file().set_attribute("time", impl.now);
    out.file().set_attribute("spikes_sent", static_cast<std::int64_t>(impl.spikes_sent));
    out.file().set_attribute("dt", impl.options.dt);
    std::set<std::string> names;
    for (const auto& [name, table] : state.tables) names.insert(name);
    for (const std::string& name : names_of_ranks(impl.comm, names)) {
        const Table& table = state.tables[name];
        std::vector<std::int64_t> keys;
        for (const auto& k : table.keys) keys.insert(keys.end(), k.begin(), k.end());
        out.file().create_group("/" + name);
        out.integers("/" + name + "/key", keys, 3);
        std::set<std::string> columns;
        for (const auto& [column, values] : table.columns)
            if (std::any_of(values.begin(), values.end(), [](const double* p) { return p; })) columns.insert(column);
        for (const std::string& column : names_of_ranks(impl.comm, columns)) {
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
    if (rank == 0) std::filesystem::rename(part, path);
    MPI_Barrier(impl.comm);
}

}  // namespace ngv::neuron
