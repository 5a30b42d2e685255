// Events, thresholds, and what mechanisms may ask of the engine.
#include <fmt/format.h>

#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

namespace {

constexpr double threshold_epsilon = 1e-10;  // ms: NEURON's spikes carry it
constexpr double watch_epsilon = 1e-11;

struct Caller {
    Simulation::Impl& simulation;
    Group& group;
    int set_number;
    MechanismSet& set;
};

Caller caller(void* context, const ngv_set* set) {
    auto& impl = *static_cast<Simulation::Impl*>(context);
    auto [group, number] = impl.set_by_id[set->id];
    return {impl, *group, number, group->sets[number]};
}

std::string name_of(const Caller& c, std::int64_t instance) {
    const auto& impl = c.simulation;
    const double t = impl.mechanisms[c.set.number].run.t;
    std::int64_t gid = -1;
    if (c.set.view.node) {
        gid = c.group.gid[c.group.wide ? 0 : c.set.node[instance] % lanes];
    } else if (!c.set.fires.empty()) {
        gid = c.set.fires[instance];
    }
    return fmt::format("{} of cell {} at {:.6g} ms", c.set.mechanism->name, gid, t);
}

void net_send(void* context, const ngv_set* set, std::int64_t instance, double* weight, double te, double flag) {
    const Caller c = caller(context, set);
    if (!(te >= c.simulation.mechanisms[c.set.number].run.t - 1e-9))
        throw UserError(Problem{name_of(c, instance), fmt::format("net_send to the past, {} ms", te), ""});
    if (c.set.self_event.empty()) c.set.self_event.assign(c.set.view.num_blocks * lanes, -1);
    c.set.self_event[instance] =
        c.group.queue.push_self(te, {c.set_number, instance, weight ? c.simulation.delivered : -1, flag, true});
}

void net_move(void* context, const ngv_set* set, std::int64_t instance, double te) {
    const Caller c = caller(context, set);
    const std::int32_t slot = c.set.self_event.empty() ? -1 : c.set.self_event[instance];
    if (slot < 0) throw UserError(Problem{name_of(c, instance), "net_move without a self event that waits", ""});
    const SelfEvent moved = c.group.queue.self(slot);
    c.group.queue.self(slot).alive = false;
    c.set.self_event[instance] = c.group.queue.push_self(te, moved);
}

void net_event(void* context, const ngv_set* set, std::int64_t instance, double te) {
    const Caller c = caller(context, set);
    if (c.set.fires.empty() || c.set.fires[instance] < 0) return;
    c.simulation.fire(c.set.fires[instance], te);
}

void watch(void* context, const ngv_set* set, std::int64_t instance, std::int32_t k, double flag, std::int32_t reset) {
    const Caller c = caller(context, set);
    if (reset)
        std::erase_if(c.group.watches, [&](const Watch& w) { return w.set == c.set_number && w.instance == instance; });
    const ngv_group view = c.simulation.view(c.group);
    const double value =
        c.set.mechanism->watch(&c.simulation.mechanisms[c.set.number].run, &view, &c.set.view, instance, k);
    c.group.watches.push_back({c.set_number, k, instance, flag, value >= -watch_epsilon});
}

std::int64_t netcons(void* context, const ngv_set* set, std::int64_t instance, double* const** weights) {
    const Caller c = caller(context, set);
    auto& impl = c.simulation;
    ConnectionTable& table = impl.connections;
    table.index_by_target(impl.points.size());
    if (table.own_numbers.empty())
        for (const std::int32_t k : table.by_target) table.own_numbers.push_back(table.numbers.own(k));
    const std::int64_t point = c.set.point.at(instance);
    *weights = table.own_numbers.data() + table.by_target_offset[point];
    return static_cast<std::int64_t>(table.of_target(point).size());
}

void message(void* context, const ngv_set* set, std::int64_t instance, const char* text) {
    log_info("{}: {}", name_of(caller(context, set), instance), text);
}

void fail(void* context, const ngv_set* set, std::int64_t instance, const char* text) {
    const Caller c = caller(context, set);
    throw PhysicsError(fmt::format("{}: {}", name_of(c, instance), text), c.set.mechanism->name, -1,
                       c.simulation.mechanisms[c.set.number].run.t);
}

}  // namespace

void Simulation::Impl::make_host() {
    host = {net_send, net_move, net_event, neuron::watch, netcons, message, fail};
}

void Simulation::Impl::fire(std::int64_t source, double t) {
    fired.push_back({t, cause, source});
}

void Simulation::Impl::check_thresholds(Group& g, double t) {
    for (Detector& d : g.detectors) {
        const double value = *d.value;
        if (value > d.threshold) {
            if (!d.above)
                fire(d.source, options.interpolate_spikes && t > 0
                                   ? t - options.dt * (value - d.threshold) / (value - d.previous)
                                   : t + threshold_epsilon);
            d.above = true;
        } else {
            d.above = false;
        }
        d.previous = value;
    }
    if (g.watches.empty()) return;
    const ngv_group nodes = view(g);
    for (std::size_t w = 0; w < g.watches.size(); ++w) {
        Watch& watched = g.watches[w];
        const MechanismSet& set = g.sets[watched.set];
        const double value =
            set.mechanism->watch(&mechanisms[set.number].run, &nodes, &set.view, watched.instance, watched.condition);
        if (value > 0 && !watched.above) g.queue.push_self(t, {watched.set, watched.instance, -1, watched.flag, true});
        watched.above = value > 0;
    }
}

void Simulation::Impl::deliver(Group& g, double until) {
    if (!g.queue.due(until)) return;
    const ngv_group nodes = view(g);
    while (g.queue.due(until)) {
        const Event e = g.queue.pop();
        int set_number;
        std::int64_t instance;
        double flag = 0;
        if (e.slot < 0) {
            delivered = static_cast<std::int64_t>(e.order);
            const PointPlace& point = points[connections.target[delivered]];
            set_number = point.set;
            instance = point.instance;
            cause = 1 + std::int64_t{e.spike};
        } else {
            const SelfEvent s = g.queue.self(e.slot);
            g.queue.free(e.slot);
            if (!s.alive) continue;
            if (s.set < 0) {  // a weight changes
                connections.numbers.weight(s.connection) = s.flag;
                continue;
            }
            set_number = s.set;
            instance = s.instance;
            flag = s.flag;
            cause = 0;
            delivered = s.connection;
            auto& last = g.sets[set_number].self_event;
            if (!last.empty() && last[instance] == e.slot) last[instance] = -1;
        }
        MechanismSet& set = g.sets[set_number];
        ngv_run& run = mechanisms[set.number].run;
        run.t = e.te;
        double* numbers = delivered < 0
                              ? room.data()
                              : connections.numbers.arguments(delivered, set.mechanism->num_weights, room.data());
        set.mechanism->net_receive(&run, &nodes, &set.view, instance, numbers, flag);
    }
    cause = 0;
    delivered = -1;
}

void Simulation::Impl::send_spikes(const std::vector<FiredSpike>& spikes) {
    for (const FiredSpike& s : spikes) send_spike(s.time, s.source, ++spikes_sent);
}

void Simulation::Impl::send_spike(double time, std::int64_t source, std::uint32_t number) {
    const auto [begin, end] = connections.of(source);
    for (std::int64_t c = begin; c < end; ++c)
        groups[points[connections.target[c]].group]->queue.push_connection(time + connections.delay[c], c, number);
}

}  // namespace ngv::neuron
