#include "solvers/neuron/synapses/synapses.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/neuron/vector_math.hpp"

namespace ngv::neuron {

void Synapses::Component::resize(std::size_t n) {
    for (auto* v : {&a, &b, &factor, &decay_a, &decay_b}) v->assign(n, 0.0);
}

void Synapses::Component::set(int slot, double rise, double decay, double dt) {
    const double peak = rise * decay / (decay - rise) * std::log(decay / rise);
    factor[slot] = 1 / (std::exp(-peak / decay) - std::exp(-peak / rise));
    decay_a[slot] = std::exp(-dt / rise);
    decay_b[slot] = std::exp(-dt / decay);
}

void Synapses::Component::advance(int begin, int end) {
    double *a_ = a.data(), *b_ = b.data();
    const double *fa = decay_a.data(), *fb = decay_b.data();
#pragma omp simd
    for (int i = begin; i < end; ++i) {
        a_[i] *= fa[i];
        b_[i] *= fb[i];
    }
}

int Synapses::instance(int kind, int node, double decay) {
    auto& candidates = known_[(static_cast<std::uint64_t>(node) << 1) | kind];
    for (int i : candidates)
        if (decay_[kind][i] == decay) return (i << 1) | kind;
    const int i = static_cast<int>(node_[kind].size());
    node_[kind].push_back(node);
    decay_[kind].push_back(decay);
    candidates.push_back(i);
    return (i << 1) | kind;
}

int Synapses::excitatory(int node, double decay) {
    NGV_ASSERT(decay > parameters.ampa_rise);
    return instance(0, node, decay);
}

int Synapses::inhibitory(int node, double decay) {
    NGV_ASSERT(decay > parameters.gaba_rise);
    return instance(1, node, decay);
}

void Synapses::initialise(double dt, int num_nodes) {
    for (int kind : {0, 1}) {
        const std::size_t n = node_[kind].size();
        std::vector<int> order(n);
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(), [&](int x, int y) {
            return std::tie(node_[kind][x], decay_[kind][x]) < std::tie(node_[kind][y], decay_[kind][y]);
        });
        slot_[kind].resize(n);
        slot_node_[kind].resize(n);
        first_slot_[kind].assign(num_nodes + 1, 0);
        for (std::size_t s = 0; s < n; ++s) {
            slot_[kind][order[s]] = static_cast<int>(s);
            slot_node_[kind][s] = node_[kind][order[s]];
            ++first_slot_[kind][slot_node_[kind][s] + 1];
        }
        std::partial_sum(first_slot_[kind].begin(), first_slot_[kind].end(), first_slot_[kind].begin());
    }
    ampa_.resize(node_[0].size());
    nmda_.resize(node_[0].size());
    gaba_.resize(node_[1].size());
    conductance_.assign(node_[0].size(), 0.0);
    for (std::size_t i = 0; i < node_[0].size(); ++i) {
        ampa_.set(slot_[0][i], parameters.ampa_rise, decay_[0][i], dt);
        nmda_.set(slot_[0][i], parameters.nmda_rise, parameters.nmda_decay, dt);
    }
    for (std::size_t i = 0; i < node_[1].size(); ++i) gaba_.set(slot_[1][i], parameters.gaba_rise, decay_[1][i], dt);
}

void Synapses::currents(Nodes& nodes, Range r) {
    if (first_slot_[0].empty()) return;
    const int e0 = first_slot_[0][r.begin], e1 = first_slot_[0][r.end];
    const int i0 = first_slot_[1][r.begin], i1 = first_slot_[1][r.end];
    const int* node = slot_node_[0].data();
    {
        const double *v = nodes.v.data(), *a1 = ampa_.a.data(), *b1 = ampa_.b.data(), *a2 = nmda_.a.data(),
                     *b2 = nmda_.b.data();
        double* g = conductance_.data();
        const double mg = parameters.magnesium / 3.57;
#pragma omp simd
        for (int s = e0; s < e1; ++s) {
            const double open = 1 / (1 + mg * vector_exp(-0.062 * v[node[s]]));
            g[s] = b1[s] - a1[s] + (b2[s] - a2[s]) * open;
        }
    }
    // nS on um2 -> S/cm2: 1e-9 S / 1e-8 cm2. Several slots may share a node, so this loop is not a vector one.
    const double share = parameters.sodium_share;
    for (int s = e0; s < e1; ++s) {
        const int k = node[s];
        const double g = 0.1 * conductance_[s] / nodes.area[k], gna = share * g, gk = g - gna;
        nodes.na.i[k] += gna * (nodes.v[k] - nodes.na.e[k]);
        nodes.na.didv[k] += gna;
        nodes.k.i[k] += gk * (nodes.v[k] - nodes.k.e[k]);
        nodes.k.didv[k] += gk;
    }
    for (int s = i0; s < i1; ++s) {
        const int k = slot_node_[1][s];
        const double g = 0.1 * (gaba_.b[s] - gaba_.a[s]) / nodes.area[k];
        nodes.other_i[k] += g * (nodes.v[k] - parameters.gaba_reversal);
        nodes.other_didv[k] += g;
    }
}

void Synapses::advance(Range r) {
    if (first_slot_[0].empty()) return;
    ampa_.advance(first_slot_[0][r.begin], first_slot_[0][r.end]);
    nmda_.advance(first_slot_[0][r.begin], first_slot_[0][r.end]);
    gaba_.advance(first_slot_[1][r.begin], first_slot_[1][r.end]);
}

}  // namespace ngv::neuron
