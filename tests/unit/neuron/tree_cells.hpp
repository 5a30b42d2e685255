// Cells of cylinders, discretised as NEURON does it (specs in Carnevale & Hines 2006): a root node, per section nseg nodes and an end
// node without membrane.
#pragma once

#include <cmath>
#include <memory>

#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/model/blueprint.hpp"

namespace ngv::neuron::test {

struct Cylinder {
    double length, diameter;
    int nseg;
    double Ra;
    int parent = -1;  ///< section whose end it hangs on; -1: the root
};

/// With `ends`: NEURON's end nodes, for bit comparison; without: forks only.
class TreeCell {
  public:
    explicit TreeCell(const std::vector<Cylinder>& sections, bool ends = true) {
        Blueprint& b = blueprint;
        std::vector<int> children(sections.size(), 0);
        for (const auto& s : sections)
            if (s.parent >= 0) ++children[s.parent];
        std::vector<int> end(sections.size());
        std::vector<double> end_resistance(sections.size(), 0.0);
        if (ends) node(-1, 0, 0, 0);
        for (std::size_t s = 0; s < sections.size(); ++s) {
            const auto& c = sections[s];
            b.first_compartment.push_back(b.num_compartments());
            int previous = c.parent < 0 ? b.num_nodes() - 1 : end[c.parent];
            double right = c.parent < 0 ? 0 : end_resistance[c.parent];
            const double ds = c.length / c.nseg, half = 1e-2 * c.Ra * (ds / 2) / (pi * c.diameter * c.diameter / 4);
            for (int k = 0; k < c.nseg; ++k) {
                const int here = b.num_nodes();
                node(previous, previous < 0 ? 0 : 1 / (half + right), pi * c.diameter * ds, c.diameter);
                right = half;
                previous = here;
                b.node.push_back(here);
                b.section.push_back(static_cast<int>(s));
                b.position.push_back((k + .5) / c.nseg);
                b.section_type.push_back(s == 0 ? 1 : 3);
                b.length.push_back(ds);
            }
            end[s] = previous;
            end_resistance[s] = right;
            if (ends || children[s] >= 2) {
                end[s] = b.num_nodes();
                node(previous, 1 / right, 0, 0);
                end_resistance[s] = 0;
            }
        }
        b.first_compartment.push_back(b.num_compartments());
        b.soma = b.node[0];
        end_ = end;
    }
    std::vector<int> nodes(int section) const {
        return {blueprint.node.begin() + blueprint.first_compartment[section],
                blueprint.node.begin() + blueprint.first_compartment[section + 1]};
    }
    std::vector<int> all_nodes() const { return blueprint.node; }
    int at(int section, double x) const {
        const auto n = nodes(section);
        if (x == 1) return end_[section];
        return n[std::min(static_cast<int>(n.size() * x), static_cast<int>(n.size()) - 1)];
    }
    void insert(const std::string& mechanism, std::vector<int> nodes,
                std::map<std::string, std::vector<double>> values = {}) {
        blueprint.densities.push_back({mechanism, std::move(nodes), std::move(values)});
    }
    std::shared_ptr<const Blueprint> share() const { return std::make_shared<const Blueprint>(blueprint); }

    Blueprint blueprint;

  private:
    void node(int parent, double rinv, double area, double diameter) {
        blueprint.parent.push_back(parent);
        blueprint.rinv.push_back(rinv);
        blueprint.area.push_back(area);
        blueprint.volume.push_back(area * diameter / 4);
        blueprint.diam.push_back(diameter);
        blueprint.cm.push_back(area > 0 ? 1.0 : 0.0);
    }
    std::vector<int> end_;
};

}  // namespace ngv::neuron::test
