// The start of a simulation: NEURON's finitialize.
#include <algorithm>

#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

void Simulation::Impl::prepare() {
    for (MechanismEntry& m : mechanisms) {
        m.run = {.t = now,
                 .dt = options.dt,
                 .celsius = options.celsius,
                 .second_order = options.second_order,
                 .random_key = options.random_key,
                 .global = m.globals.data(),
                 .table = m.table.data(),
                 .host = &host,
                 .context = this,
                 .external = m.externals.data()};
        if (m.mechanism->prepare) m.mechanism->prepare(&m.run);
    }
}

void Simulation::Impl::derive() {
    for (auto& group : groups) {
        const ngv_group nodes = view(*group);
        for (const MechanismSet& s : group->sets)
            if (s.mechanism->derive) s.mechanism->derive(&mechanisms[s.number].run, &nodes, &s.view);
    }
}

void Simulation::Impl::start_reversals(IonArrays& ion) const {
    for (std::int32_t k : ion.starts)
        ion.e[k] = nernst(ion.in[k * ion.view.in_stride], ion.out[k * ion.view.out_stride], ion.view.valence);
}

void Simulation::Impl::initialise() {
    steps = 0;
    now = 0;
    next_given = 0;
    if (exchange.pending()) exchange.finish();
    fired.clear();
    recorded.clear();
    for (RecorderState& r : recorders) {
        r.next = 0;
        r.frames = 0;
        r.values.clear();
    }
    prepare();
    reserve_frames(0);
    for (auto& group : groups) {
        Group& g = *group;
        g.queue.clear();
        g.watches.clear();
        std::fill(g.v.begin(), g.v.end(), options.v_init);
        for (auto [node, v] : g.start_voltage) g.v[node] = v;
        for (IonArrays& ion : g.ions) {
            std::fill(ion.efflux.begin(), ion.efflux.end(), 0.0);
            start_reversals(ion);
        }
    }
    transfer();
    for (auto& group : groups) {
        Group& g = *group;
        start_group(g);
        for (Play& p : g.plays) *p.target = p.wave.at(0);
        const ngv_group nodes = view(g);
        for (MechanismSet& s : g.sets) {
            std::fill(s.self_event.begin(), s.self_event.end(), -1);
            if (s.mechanism->init) s.mechanism->init(&mechanisms[s.number].run, &nodes, &s.view);
            for (int i = 0; i < s.mechanism->num_ions; ++i) {  // NEURON's nrn_wrote_conc
                if (!(s.mechanism->ions[i].access & (NGV_WRITE_IN | NGV_WRITE_OUT))) continue;
                IonArrays& written = *ion(g, s.mechanism->ions[i].ion);
                start_reversals(written);
            }
        }
        for (Detector& d : g.detectors) {
            d.above = false;
            d.previous = *d.value;
        }
    }
    for (std::int64_t c = 0; c < connections.size(); ++c) {
        const PointPlace& point = points[connections.target[c]];
        Group& g = *groups[point.group];
        const MechanismSet& s = g.sets[point.set];
        const int n = s.mechanism->num_weights;
        if (s.mechanism->net_init) {
            const ngv_group nodes = view(g);
            delivered = c;
            s.mechanism->net_init(&mechanisms[s.number].run, &nodes, &s.view, point.instance,
                                  connections.numbers.arguments(c, n, room.data()));
        } else if (double* own = n > 1 ? connections.numbers.own(c) : nullptr) {  // NEURON's rule
            std::fill(own + 1, own + n, 0.0);
        }
    }
    delivered = -1;
    for (const WeightChange& w : weight_changes) {
        connections.numbers.weight(w.connection) = w.before;
        groups[points[connections.target[w.connection]].group]->queue.push_self(w.time,
                                                                                {-1, 0, w.connection, w.after, true});
    }
    derive();
    give_spikes(-1, 0);
    for (auto& group : groups) {
        Group& g = *group;
        deliver(g, 0);
        set_time(g, 0);
        start_group(g);
        if (g.rows > 0) currents(g, 0);
        // the voltage is the same everywhere: what electrodes inject leaves through the membrane
        for (std::size_t k = 0; k < g.i_membrane.size(); ++k)
            g.i_membrane[k] = (rhs[k] - saved_rhs[k]) * g.area[k] * 0.01;
        const ngv_group nodes = view(g);
        for (MechanismSet& m : g.sets)
            if (m.mechanism->before_step) m.mechanism->before_step(&mechanisms[m.number].run, &nodes, &m.view);
        record(g, 0);
    }
}

void Simulation::initialise() {
    impl_->initialise();
}

}  // namespace ngv::neuron
