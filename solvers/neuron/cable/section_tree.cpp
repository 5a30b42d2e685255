#include "solvers/neuron/cable/section_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/neuron/cable/compartments.hpp"
#include "solvers/neuron/constants.hpp"

namespace ngv::neuron {

SectionTree sections_of(const Morphology& m) {
    SectionTree tree;
    for (std::size_t s = 0; s < m.sections.size(); ++s) {
        CableSection section;
        section.id = static_cast<int>(s);
        section.type = m.sections[s].type;
        section.parent = m.sections[s].parent;
        section.parent_x = section.parent == 0 ? 0.5 : 1.0;
        section.points = m.sections[s].points;
        section.length = arc_lengths(section.points).back();
        tree.sections.push_back(std::move(section));
    }
    tree.num_ids = static_cast<int>(tree.sections.size());
    return tree;
}

double length_constant(const CableSection& s, double frequency_hz) {
    const double root = std::sqrt(4 * pi * frequency_hz * s.Ra * s.cm);
    if (s.points.empty()) {
        const double mean =
            std::accumulate(s.diameters.begin(), s.diameters.end(), 0.0) / static_cast<double>(s.diameters.size());
        return 1e5 * std::sqrt(mean) / root;
    }
    const auto arc = arc_lengths(s.points);
    double lambdas = 0;
    for (std::size_t i = 1; i < arc.size(); ++i) {
        const auto d1 = static_cast<float>(s.points[i - 1].diameter), d2 = static_cast<float>(s.points[i].diameter);
        lambdas += (arc[i] - arc[i - 1]) / std::sqrt(static_cast<double>(d1) + static_cast<double>(d2));
    }
    return s.length / (lambdas * std::sqrt(2.0) * 1e-5 * root);
}

int nseg_of(const CableSection& s, const NsegRule& rule) {
    switch (rule.kind) {
        case NsegRule::Kind::fixed:
            return static_cast<int>(rule.value);
        case NsegRule::Kind::lambda:
            return static_cast<int>((s.length / (rule.value * length_constant(s, rule.frequency)) + .9) / 2) * 2 + 1;
        case NsegRule::Kind::length:
            break;
    }
    return compartments_of_section(s.length, rule.value);
}

void set_nseg(SectionTree& tree, const NsegRule& rule) {
    for (auto& s : tree.sections) s.nseg = nseg_of(s, rule);
}

int CellLayout::node(const SectionTree& tree, int section, double x) const {
    const auto s = static_cast<std::size_t>(section);
    if (x <= 0) return start_node[s];
    if (x >= 1) return end_node[s];
    const int nseg = tree.sections[s].nseg;
    return first_node[s] + std::min(static_cast<int>(nseg * x), nseg - 1);
}

namespace {

/// Sections in the order in which NEURON numbers their nodes.
std::vector<int> breadth_first(const SectionTree& tree) {
    const auto n = tree.sections.size();
    std::vector<std::vector<int>> children(n);
    for (std::size_t s = 1; s < n; ++s) {
        auto& list = children[static_cast<std::size_t>(tree.sections[s].parent)];
        const double x = tree.sections[s].parent_x;
        const auto place = std::find_if(
            list.begin(), list.end(), [&](int c) { return tree.sections[static_cast<std::size_t>(c)].parent_x >= x; });
        list.insert(place, static_cast<int>(s));
    }
    std::vector<int> order{0};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto& list = children[static_cast<std::size_t>(order[i])];
        order.insert(order.end(), list.begin(), list.end());
    }
    return order;
}

}  // namespace

CellLayout lay_out(const SectionTree& tree) {
    const auto n = tree.sections.size();
    CellLayout layout;
    layout.first_node.resize(n);
    layout.end_node.resize(n);
    layout.start_node.resize(n);
    Blueprint& b = layout.blueprint;
    const auto add = [&](int parent, double rinv, double area, double volume, double diam, double cm) {
        b.parent.push_back(parent);
        b.rinv.push_back(rinv);
        b.area.push_back(area);
        b.volume.push_back(volume);
        b.diam.push_back(diam);
        b.cm.push_back(cm);
        return b.num_nodes() - 1;
    };
    add(-1, 0, 0, 0, 0, 0);
    std::vector<std::vector<Compartment>> parts(n);
    for (int number : breadth_first(tree)) {
        const auto s = static_cast<std::size_t>(number);
        const CableSection& section = tree.sections[s];
        NGV_ASSERT((s == 0) == (section.parent < 0) && section.parent < number);
        int previous = section.parent < 0 ? 0 : layout.node(tree, section.parent, section.parent_x);
        layout.start_node[s] = previous;
        parts[s] = section.points.empty() ? cylinders(section.length, section.diameters, section.nseg, section.Ra)
                                          : discretise(section.points, section.nseg, section.Ra);
        layout.first_node[s] = b.num_nodes();
        double right = 0;
        for (const auto& part : parts[s]) {
            previous = add(previous, 1. / (part.ri_left + right), part.area, part.volume, part.diameter, section.cm);
            right = part.ri_right;
        }
        layout.end_node[s] = add(previous, 1. / right, 0, 0, 0, 0);
    }
    std::vector<int> by_id(static_cast<std::size_t>(tree.num_ids), -1);
    for (std::size_t s = 0; s < n; ++s) {
        auto& place = by_id.at(static_cast<std::size_t>(tree.sections[s].id));
        NGV_ASSERT(place < 0);
        place = static_cast<int>(s);
    }
    for (std::size_t id = 0; id < by_id.size(); ++id) {
        b.first_compartment.push_back(b.num_compartments());
        if (by_id[id] < 0) continue;
        const auto s = static_cast<std::size_t>(by_id[id]);
        const int nseg = tree.sections[s].nseg;
        for (int c = 0; c < nseg; ++c) {
            b.node.push_back(layout.first_node[s] + c);
            b.section.push_back(static_cast<int>(id));
            b.position.push_back((c + 0.5) / nseg);
            b.section_type.push_back(tree.sections[s].type);
            b.length.push_back(parts[s][static_cast<std::size_t>(c)].length);
            b.pieces.push_back(std::move(parts[s][static_cast<std::size_t>(c)].pieces));
        }
    }
    b.first_compartment.push_back(b.num_compartments());
    b.soma = layout.end_node[0];
    return layout;
}

std::vector<double> path_distances(const SectionTree& tree, int section, int origin, double origin_x) {
    // Place along each section that the way to the origin leaves by: sections above the origin are met from below.
    const auto depth = [&](int s) {
        int d = 0;
        for (; tree.sections[static_cast<std::size_t>(s)].parent >= 0; ++d)
            s = tree.sections[static_cast<std::size_t>(s)].parent;
        return d;
    };
    const auto& target = tree.sections[static_cast<std::size_t>(section)];
    std::vector<double> result;
    for (int c = 0; c < target.nseg; ++c) {
        int a = section, b = origin;
        double at = target.length * (c + .5) / target.nseg;
        double bt = tree.sections[static_cast<std::size_t>(origin)].length * origin_x, sum = 0;
        const auto climb = [&](int& s, double& x) {
            const auto& from = tree.sections[static_cast<std::size_t>(s)];
            sum += x;
            s = from.parent;
            x = from.parent_x * tree.sections[static_cast<std::size_t>(s)].length;
        };
        while (a != b) depth(a) > depth(b) ? climb(a, at) : climb(b, bt);
        result.push_back(sum + std::abs(at - bt));
    }
    return result;
}

}  // namespace ngv::neuron
