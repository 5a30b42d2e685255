#include "solvers/neuron/engine/diffusion.hpp"

#include "solvers/neuron/engine/group.hpp"

namespace ngv::neuron {

Diffusion::Diffusion(const Group& g, int set, int k, const std::vector<double>& length, const std::vector<char>& joint)
    : set_(set), k_(k) {
    const MechanismSet& s = g.sets[set];
    std::vector<std::int64_t> instance(g.num_nodes(), -1);
    for (std::size_t i = 0; i < s.node.size(); ++i)
        if (s.mask[i / lanes] >> (i % lanes) & 1) instance[s.node[i]] = static_cast<std::int64_t>(i);
    std::vector<int> place(g.num_nodes(), -1);
    for (std::size_t node = 0; node < g.num_nodes(); ++node) {
        if (instance[node] < 0 && !joint[node]) continue;
        const int p = node < lanes || g.parent[node] == static_cast<int>(node) ? -1 : place[g.parent[node]];
        place[node] = static_cast<int>(nodes_.size());
        nodes_.push_back({instance[node], p, instance[node] < 0 ? 0.0 : length[node]});
    }
    conductance_.resize(s.node.size());
    volume_.resize(s.node.size());
    for (auto* v : {&diagonal_, &right_, &to_parent_}) v->resize(nodes_.size());
}

void Diffusion::step(Group& g, const ngv_run& run, const ngv_group& nodes) {
    MechanismSet& s = g.sets[set_];
    s.mechanism->diffusion(&run, &nodes, &s.view, k_, conductance_.data(), volume_.data());
    const int column = s.mechanism->diffusing_column[k_];
    auto value = [&](std::int64_t instance) -> double& {  // a column, or the concentration inside of an ion
        if (column >= 0) return *s.address(column, instance);
        const ngv_ion_view& ion = s.view.ion[-1 - column];
        return ion.in[static_cast<std::ptrdiff_t>(s.node[instance]) * ion.in_stride];
    };
    const int n = static_cast<int>(nodes_.size());
    auto resistance = [&](const Node& x) {  // of half its length
        return x.instance < 0 ? 0.0 : 0.5 * x.length / conductance_[x.instance];
    };
    for (int i = 0; i < n; ++i) {
        const Node& x = nodes_[i];
        const double volume = x.instance < 0 ? 0.0 : volume_[x.instance] * x.length / run.dt;
        diagonal_[i] = volume;
        right_[i] = x.instance < 0 ? 0.0 : volume * value(x.instance);
        to_parent_[i] = 0;
        if (x.parent < 0) continue;
        const double r = resistance(x) + resistance(nodes_[x.parent]);
        if (!(r > 0)) continue;
        to_parent_[i] = 1 / r;
        diagonal_[i] += to_parent_[i];
        diagonal_[x.parent] += to_parent_[i];
    }
    for (int i = n - 1; i >= 0; --i) {
        if (diagonal_[i] == 0) continue;  // a joint with nothing around it
        right_[i] /= diagonal_[i];
        if (to_parent_[i] == 0) continue;
        const double f = to_parent_[i] / diagonal_[i];
        diagonal_[nodes_[i].parent] -= f * to_parent_[i];
        right_[nodes_[i].parent] += to_parent_[i] * right_[i];
        diagonal_[i] = f;
    }
    for (int i = 0; i < n; ++i) {
        if (to_parent_[i] != 0) right_[i] += diagonal_[i] * right_[nodes_[i].parent];
        if (nodes_[i].instance >= 0) value(nodes_[i].instance) = right_[i];
    }
}

}  // namespace ngv::neuron
