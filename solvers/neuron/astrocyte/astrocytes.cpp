#include "solvers/neuron/astrocyte/astrocytes.hpp"

#include <cmath>
#include <map>

namespace ngv::neuron {

Astrocytes::Astrocytes(AstrocyteParameters parameters, Range range, double axial_resistivity,
                       std::vector<Endfoot> endfeet)
    : glutamate(range.size(), 0.0),
      parameters_(parameters),
      range_(range),
      axial_resistivity_(axial_resistivity),
      endfeet_(std::move(endfeet)),
      state_(range.size()),
      contact_(range.size(), 0.0),
      diagonal_(range.size()),
      right_(range.size()) {}

void Astrocytes::initialise(const Nodes&) {
    std::map<double, CalciumState> known;  // glutamate is usually the same everywhere, up to round-off
    for (int i = 0; i < range_.size(); ++i) {
        const double level = std::round(1e3 * glutamate[i] * 1e6) / 1e6;
        auto it = known.find(level);
        if (it == known.end()) it = known.emplace(level, resting_calcium(parameters_.calcium, level)).first;
        state_[i] = it->second;
        contact_[i] = 0;
    }
    walls_.clear();
    for (const auto& e : endfeet_) walls_.emplace_back(parameters_.wall, e.radius, calcium(e.node));
}

void Astrocytes::advance(const Nodes& nodes) {
    const double dt = parameters_.dt, decay = std::exp(-dt / parameters_.calcium.contact_decay);
    const int n = range_.size(), first = range_.begin;
    for (int i = 0; i < n; ++i) {
        if (nodes.volume[first + i] <= 0) continue;
        state_[i] = advance_calcium(parameters_.calcium, 1e3 * glutamate[i] + contact_[i], state_[i], dt);
        contact_[i] *= decay;
    }
    // IP3 along the tree, implicit: V dI/dt = sum D A/L (I_other - I); A/L [um] = 1e-2 g[uS] Ra[Ohm cm].
    const double scale = 1e-2 * axial_resistivity_ * parameters_.calcium.ip3_diffusion;
    for (int i = 0; i < n; ++i) {
        diagonal_[i] = nodes.volume[first + i] / dt;
        right_[i] = diagonal_[i] * state_[i].ip3;
    }
    for (int i = 0; i < n; ++i) {
        const int p = nodes.parent[first + i] - first;
        if (nodes.parent[first + i] < 0) continue;
        diagonal_[i] += scale * nodes.g_parent[first + i];
        diagonal_[p] += scale * nodes.g_parent[first + i];
    }
    for (int i = n - 1; i >= 0; --i) {
        const double g = scale * nodes.g_parent[first + i];
        right_[i] /= diagonal_[i];
        if (nodes.parent[first + i] < 0) continue;
        const int p = nodes.parent[first + i] - first;
        const double f = g / diagonal_[i];
        diagonal_[p] -= f * g;
        right_[p] += g * right_[i];
        diagonal_[i] = f;
    }
    for (int i = 0; i < n; ++i) {
        const int p = nodes.parent[first + i];
        if (p >= 0) right_[i] += diagonal_[i] * right_[p - first];
        state_[i].ip3 = right_[i];
    }
    for (std::size_t e = 0; e < endfeet_.size(); ++e) walls_[e].advance(calcium(endfeet_[e].node), dt);
}

}  // namespace ngv::neuron
