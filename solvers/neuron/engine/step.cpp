// One step of one group: NEURON's fadvance.
#include <cmath>

#include "solvers/common/resources.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

ngv_group Simulation::Impl::view(Group& g) {
    return {static_cast<std::int64_t>(g.num_nodes()), g.v.data(), rhs.data(), d.data(), g.area.data(), g.diam.data()};
}

SweepData Simulation::Impl::sweep_data(Group& g) {
    return {g.rows,
            g.v.data(),
            d.data(),
            rhs.data(),
            g.a.data(),
            g.b.data(),
            g.axial.data(),
            g.capacity.data(),
            g.parent.data(),
            g.parent_row.data(),
            options.second_order > 0 ? 2.0 : 1.0};
}

void Simulation::Impl::set_time(Group& g, double t) {
    for (const MechanismSet& s : g.sets) mechanisms[s.number].run.t = t;
}

void Simulation::Impl::start_group(Group& g) {
    current_group = &g;
    sweep->fill(sweep_data(g));
}

double Simulation::Impl::nernst(double in, double out, double valence) const {
    const double ktf = 1000. * gas_constant * (options.celsius + 273.15) / faraday;
    return ktf / valence * std::log(out / in);
}

void Simulation::Impl::reversals(Group& g) {
    for (IonArrays& ion : g.ions) {
        if (ion.follows.empty()) continue;
        const double scale = 1000. * gas_constant * (options.celsius + 273.15) / faraday / ion.view.valence;
        const int in_stride = ion.view.in_stride, out_stride = ion.view.out_stride;
        double* e = ion.e.data();
        const double *in = ion.in.data(), *out = ion.out.data();
        if (ion.all_follow) {
            sweep->nernst(static_cast<std::int64_t>(g.num_nodes()), scale, in, out, e);
            continue;
        }
        for (std::int32_t k : ion.follows) e[k] = scale * std::log(out[k * out_stride] / in[k * in_stride]);
    }
}

namespace {

void run(const Simulation::Impl& s, const ngv_group& nodes, const MechanismSet& set, ngv_kernel kernel) {
    if (!kernel) return;
    const ngv_run* const values = &s.mechanisms[set.number].run;
    if (set.derive_often) set.mechanism->derive(values, &nodes, &set.view);
    if (!s.profile) return kernel(values, &nodes, &set.view);
    Timer timer;
    kernel(values, &nodes, &set.view);
    (*s.profile)[static_cast<std::size_t>(set.number)] += timer.seconds();
}

}  // namespace

void Simulation::Impl::currents(Group& g, double t) {
    const ngv_group nodes = view(g);
    for (const MechanismSet& s : g.sets) run(*this, nodes, s, s.mechanism->before_breakpoint);
    for (IonArrays& ion : g.ions) {
        if (ion.view.i_stride) std::fill(ion.i.begin(), ion.i.end(), 0.0);
        if (ion.view.didv_stride) std::fill(ion.didv.begin(), ion.didv.end(), 0.0);
    }
    reversals(g);
    for (const MechanismSet& s : g.sets)
        if (!s.mechanism->electrode) run(*this, nodes, s, s.mechanism->current);
    auto clamp = [&](Clamp& c) {
        const double f = 1e2 / g.area[c.node];
        switch (c.kind) {
            case Clamp::Kind::electrode:
            case Clamp::Kind::membrane:
                c.current = c.wave.at(t);
                rhs[c.node] += c.current * f;
                break;
            case Clamp::Kind::voltage:
                c.current = 0;
                if (t >= c.until) break;
                c.current = (c.wave.at(t) - g.v[c.node]) / c.rs;
                rhs[c.node] += c.current * f;
                d[c.node] += f / c.rs;
                break;
            case Clamp::Kind::conductance: {
                const double conductance = c.wave.at(t);
                c.current = conductance * (g.v[c.node] - c.reversal);
                rhs[c.node] -= c.current * f;
                d[c.node] += f * conductance;
                break;
            }
        }
    };
    auto is_electrode = [](const Clamp& c) {
        return c.kind == Clamp::Kind::electrode || c.kind == Clamp::Kind::voltage;
    };
    for (Clamp& c : g.clamps)
        if (!is_electrode(c)) clamp(c);
    if (!g.i_membrane.empty()) {
        std::copy(rhs.begin(), rhs.begin() + g.num_nodes(), saved_rhs.begin());
        std::copy(d.begin(), d.begin() + g.num_nodes(), saved_d.begin());
    }
    for (const MechanismSet& s : g.sets)
        if (s.mechanism->electrode) run(*this, nodes, s, s.mechanism->current);
    for (Clamp& c : g.clamps)
        if (is_electrode(c)) clamp(c);
}

void Simulation::Impl::record(Group& g, std::int64_t step) {
    for (const GroupRecorder& part : g.recorders) {
        RecorderState& r = recorders[part.recorder];
        if (step < r.spec.first || step >= r.spec.last || (step - r.spec.first) % r.spec.every != 0) continue;
        const std::int64_t frame = (step - r.spec.first) / r.spec.every;
        double* row = r.values.data() + (frame - r.next) * static_cast<std::int64_t>(r.spec.columns.size());
        for (std::size_t i = 0; i < part.sources.size(); ++i) row[part.columns[i]] = *part.sources[i];
    }
}

void Simulation::Impl::step(Group& g, std::int64_t s, const StepTimes& t) {
    set_time(g, t.begin);
    check_thresholds(g, t.begin);
    deliver(g, t.middle);
    set_time(g, t.middle);
    for (Play& p : g.plays) *p.target = p.wave.at(t.middle);
    if (g.rows > 0) {
        currents(g, t.middle);
        const bool keep = options.second_order > 0 || correct_currents || !g.i_membrane.empty();
        const SweepData data = sweep_data(g);
        sweep->solve(data, keep);
        const std::size_t n = g.num_nodes();
        for (IonArrays& ion : g.ions) {
            if (correct_currents && ion.view.didv_stride) {
                double* i = ion.i.data();
                const double *didv = ion.didv.data(), *dv = rhs.data();
                for (std::size_t k = 0; k < n; ++k) i[k] += didv[k] * dv[k];
            }
            if (!ion.efflux.empty()) {
                const double to_mol = coulomb_per_density_um2_ms * options.dt / (ion.view.valence * faraday);
                const double *i = ion.i.data(), *area = g.area.data();
                double* efflux = ion.efflux.data();
                for (std::size_t k = 0; k < n; ++k) efflux[k] += i[k] * area[k] * to_mol;
            }
        }
        if (!g.i_membrane.empty()) {
            // saved_rhs is minus the membrane current; without capacity in d, as the exact sweep has it, add it here
            const bool exact = options.neuron_arithmetic;
            for (std::size_t k = 0; k < n; ++k)
                g.i_membrane[k] =
                    ((saved_d[k] + (exact ? g.capacity[k] : 0.0)) * rhs[k] - saved_rhs[k]) * g.area[k] * 0.01;
        }
        if (keep || options.neuron_arithmetic) sweep->fill(data);
    }
    set_time(g, t.end);
    for (Play& p : g.plays) *p.target = p.wave.at(t.end);
    const ngv_group nodes = view(g);
    for (const MechanismSet& m : g.sets) run(*this, nodes, m, m.mechanism->state);
    for (Diffusion& x : g.diffusions) x.step(g, mechanisms[g.sets[x.set()].number].run, nodes);
    for (const MechanismSet& m : g.sets) run(*this, nodes, m, m.mechanism->after_solve);
    for (const MechanismSet& m : g.sets) run(*this, nodes, m, m.mechanism->before_step);
    record(g, s + 1);
    deliver(g, t.end);
    for (const MechanismSet& m : g.sets) run(*this, nodes, m, m.mechanism->after_step);
}

}  // namespace ngv::neuron
