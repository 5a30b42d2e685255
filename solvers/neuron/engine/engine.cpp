#include "solvers/neuron/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/vector_math.hpp"

namespace ngv::neuron {

Engine::Engine(EngineOptions options, Nodes n, std::vector<CellNodes> cells)
    : nodes(std::move(n)),
      electrode(nodes.size(), 0.0),
      options_(options),
      cells_(std::move(cells)),
      diagonal0_(nodes.size()),
      diagonal_(nodes.size()),
      rhs_(nodes.size()) {}

void Engine::make_blocks() {
    blocks_.clear();
    const int n = static_cast<int>(cells_.size());
    for (int begin = 0; begin < n;) {
        int end = begin + 1;
        while (end < n && cells_[end].nodes.end - cells_[begin].nodes.begin <= options_.block_nodes) ++end;
        blocks_.push_back({{cells_[begin].nodes.begin, cells_[end - 1].nodes.end}, {begin, end}});
        begin = end;
    }
}

void Engine::initialise() {
    steps_ = 0;
    make_blocks();
    for (std::size_t k = 0; k < nodes.size(); ++k)
        diagonal0_[k] = nodes.area[k] * nA_per_density_um2 * 1e-3 * nodes.cm[k] / options_.dt;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
        if (nodes.parent[k] < 0) continue;
        diagonal0_[k] += nodes.g_parent[k];
        diagonal0_[nodes.parent[k]] += nodes.g_parent[k];
    }
    synapses.initialise(options_.dt, static_cast<int>(nodes.size()));
    evaluate_currents();  // sets the reversal potentials that initial states may need
    for (auto& m : mechanisms_) m->init(nodes, options_.celsius);
    for (auto& m : mechanisms_) {
        auto* leak = dynamic_cast<Leak*>(m.get());
        if (!leak) continue;
        std::fill(leak->gna.begin(), leak->gna.end(), 0.0);
        std::fill(leak->gk.begin(), leak->gk.end(), 0.0);
        std::fill(leak->gca.begin(), leak->gca.end(), 0.0);
        leak->ecl.assign(nodes.v.begin() + leak->nodes().begin, nodes.v.begin() + leak->nodes().end);
    }
    evaluate_currents();
    for (auto& m : mechanisms_) {
        auto* leak = dynamic_cast<Leak*>(m.get());
        if (!leak) continue;
        const auto failure = leak->balance(nodes);
        if (failure.node < 0) continue;
        const int k = failure.node;
        const auto cell =
            std::find_if(cells_.begin(), cells_.end(), [&](const CellNodes& c) { return k < c.nodes.end; });
        throw UserError(Problem{fmt::format("node {} of cell {} of population {}", k - cell->nodes.begin,
                                            node_of(cell->id), population_of(cell->id)),
                                fmt::format("no {} leak can hold the rest at {} mV: the other mechanisms carry {:.3g} "
                                            "mA/cm2 of {}, which a leak with "
                                            "[Na]i {:.4g}, [K]o {:.4g}, [Ca]i {:.3g} mM would have to push uphill",
                                            failure.ion, nodes.v[k], failure.other_current, failure.ion, nodes.na.in[k],
                                            nodes.k.out[k], nodes.ca.in[k]),
                                "raise the pump's imax, lower the resting voltage or the channel densities"});
    }
    evaluate_currents();
}

void Engine::evaluate_currents() {
    for (const Block& b : blocks_) currents(b);
}

void Engine::run_mechanisms(const Block& block, bool state) {
    for (auto& m : mechanisms_) {
        const Range r{std::max(block.nodes.begin, m->nodes().begin), std::min(block.nodes.end, m->nodes().end)};
        if (r.begin >= r.end) continue;
        if (state) {
            m->state(nodes, r, options_.dt);
        } else {
            m->current(nodes, r);
        }
    }
}

void Engine::currents(const Block& block) {
    const auto [begin, end] = block.nodes;
    if (nodes.follow) {
        const double kt = thermal_voltage(options_.celsius);
        for (Ion* ion : {&nodes.na, &nodes.k, &nodes.ca}) {
            double* e = ion->e.data();
            const double *in = ion->in.data(), *out = ion->out.data();
            const double scale = kt / ion->valence;
#pragma omp simd
            for (int k = begin; k < end; ++k) e[k] = scale * vector_log(out[k] / in[k]);
        }
    }
    for (Array* a : {&nodes.na.i, &nodes.na.didv, &nodes.k.i, &nodes.k.didv, &nodes.ca.i, &nodes.ca.didv,
                     &nodes.other_i, &nodes.other_didv, &nodes.atp_flux})
        std::fill(a->begin() + begin, a->begin() + end, 0.0);
    run_mechanisms(block, false);
    synapses.currents(nodes, block.nodes);
}

void Engine::solve(const Block& block) {
    const auto [begin, end] = block.nodes;
    double *d = diagonal_.data(), *r = rhs_.data();
    const double *d0 = diagonal0_.data(), *area = nodes.area.data(), *clamp = electrode.data(), *v = nodes.v.data();
    const double* g = nodes.g_parent.data();
    const int* parent = nodes.parent.data();
    {
        const double *i1 = nodes.na.i.data(), *i2 = nodes.k.i.data(), *i3 = nodes.ca.i.data(),
                     *i4 = nodes.other_i.data();
        const double *g1 = nodes.na.didv.data(), *g2 = nodes.k.didv.data(), *g3 = nodes.ca.didv.data(),
                     *g4 = nodes.other_didv.data();
#pragma omp simd
        for (int k = begin; k < end; ++k) {
            const double scale = area[k] * nA_per_density_um2;
            r[k] = clamp[k] - scale * (i1[k] + i2[k] + i3[k] + i4[k]);
            d[k] = d0[k] + scale * (g1[k] + g2[k] + g3[k] + g4[k]);
        }
    }
    for (int k = begin; k < end; ++k) {
        const int p = parent[k];
        if (p < 0) continue;
        const double i = g[k] * (v[p] - v[k]);
        r[k] += i;
        r[p] -= i;
    }
    // Symmetric tree matrix with -g between child and parent: eliminate children first, then substitute from the root.
    for (int k = end - 1; k >= begin; --k) {
        const int p = parent[k];
        const double inverse = 1 / d[k];
        r[k] *= inverse;
        if (p < 0) continue;
        const double f = g[k] * inverse;
        d[p] -= f * g[k];
        r[p] += g[k] * r[k];
        d[k] = f;
    }
    for (int k = begin; k < end; ++k) {
        const int p = parent[k];
        if (p >= 0) r[k] += d[k] * r[p];
    }
}

void Engine::advance(const Block& block) {
    const auto [begin, end] = block.nodes;
    double* v = nodes.v.data();
    const double *dv = rhs_.data(), *area = nodes.area.data();
#pragma omp simd
    for (int k = begin; k < end; ++k) v[k] += dv[k];
    if (options_.corrected_currents) {
        for (auto [i_, didv_] : {std::pair{&nodes.na.i, &nodes.na.didv},
                                 {&nodes.k.i, &nodes.k.didv},
                                 {&nodes.ca.i, &nodes.ca.didv},
                                 {&nodes.other_i, &nodes.other_didv}}) {
            double* i = i_->data();
            const double* didv = didv_->data();
#pragma omp simd
            for (int k = begin; k < end; ++k) i[k] += didv[k] * dv[k];
        }
    }
    run_mechanisms(block, true);
    synapses.advance(block.nodes);
    if (!nodes.follow) return;
    for (Ion* ion : {&nodes.na, &nodes.k, &nodes.ca}) {
        const double to_mol = coulomb_per_density_um2_ms * options_.dt / (ion->valence * faraday);
        const double *i = ion->i.data(), *per_in = ion->mM_per_mol_in.data(), *per_out = ion->mM_per_mol_out.data();
        double *in = ion->in.data(), *out = ion->out.data(), *emitted = ion->emitted.data();
#pragma omp simd
        for (int k = begin; k < end; ++k) {
            const double mol = i[k] * area[k] * to_mol;
            in[k] -= mol * per_in[k];
            out[k] += mol * per_out[k];
            emitted[k] += mol;
        }
    }
    {
        const double to_mol = coulomb_per_density_um2_ms * options_.dt / faraday;
        const double *flux = nodes.atp_flux.data(), *per_mol = nodes.mM_per_mol_atp.data();
        double *atp = nodes.atp.data(), *adp = nodes.adp.data(), *used = nodes.atp_used.data();
#pragma omp simd
        for (int k = begin; k < end; ++k) {
            const double mol = flux[k] * area[k] * to_mol;
            used[k] += mol;
            atp[k] -= mol * per_mol[k];
            adp[k] += mol * per_mol[k];
        }
    }
}

void Engine::step() {
    for (const Block& block : blocks_) {
        currents(block);
        solve(block);
        advance(block);
    }
    ++steps_;
}

void Engine::check_ranges() const {
    const int n = static_cast<int>(nodes.size());
    int bad = 0;
    {
        const double *v = nodes.v.data(), *a = nodes.na.in.data(), *b = nodes.k.in.data(), *c = nodes.ca.in.data();
        const double *d = nodes.na.out.data(), *e = nodes.k.out.data(), *f = nodes.ca.out.data(), *g = nodes.atp.data();
        const double* h = nodes.adp.data();
#pragma omp simd reduction(| : bad)
        for (int k = 0; k < n; ++k) {
            const bool fine = std::abs(v[k]) < 200 && a[k] > 0 && b[k] > 0 && c[k] > 0 && d[k] > 0 && e[k] > 0 &&
                              f[k] > 0 && g[k] >= 0 && h[k] >= 0;  // false for NaN too
            bad |= !fine;
        }
    }
    if (!bad) return;
    for (int k = 0; k < n; ++k) {
        const std::pair<const char*, double> positive[] = {{"[Na]i", nodes.na.in[k]}, {"[K]i", nodes.k.in[k]},
                                                           {"[Ca]i", nodes.ca.in[k]}, {"[Na]o", nodes.na.out[k]},
                                                           {"[K]o", nodes.k.out[k]},  {"[Ca]o", nodes.ca.out[k]}};
        std::string what;
        if (!(std::abs(nodes.v[k]) < 200)) what = fmt::format("voltage {:.4g} mV is outside +-200 mV", nodes.v[k]);
        for (auto [name, value] : positive)
            if (what.empty() && !(value > 0)) what = fmt::format("{} {:.4g} mM is not positive", name, value);
        if (what.empty() && !(nodes.atp[k] >= 0)) what = fmt::format("[ATP] {:.4g} mM is negative", nodes.atp[k]);
        if (what.empty() && !(nodes.adp[k] >= 0)) what = fmt::format("[ADP] {:.4g} mM is negative", nodes.adp[k]);
        if (what.empty()) continue;
        const auto cell =
            std::find_if(cells_.begin(), cells_.end(), [&](const CellNodes& c) { return k < c.nodes.end; });
        throw PhysicsError(fmt::format("population {} node {} (cable node {} of the cell) at {:.3f} ms: {}",
                                       population_of(cell->id), node_of(cell->id), k - cell->nodes.begin, time(), what),
                           what.substr(0, what.find(' ')), cell->id, time());
    }
}

}  // namespace ngv::neuron
