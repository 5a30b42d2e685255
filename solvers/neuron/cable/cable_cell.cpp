#include "solvers/neuron/cable/cable_cell.hpp"

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/neuron/cable/compartments.hpp"

namespace ngv::neuron {

namespace {

int nseg_of(const Morphology& m, std::size_t s, const CableOptions& options) {
    return options.nseg.empty() ? compartments_of_section(m.sections[s].length(), options.max_length)
                                : options.nseg.at(s);
}

}  // namespace

int CableCell::compartment_at(int section_id, double x) const {
    const int first = first_compartment.at(section_id), nseg = first_compartment.at(section_id + 1) - first;
    return first + std::clamp(static_cast<int>(nseg * x), 0, nseg - 1);
}

CableCell build_cable(const Morphology& m, const CableOptions& options) {
    CableCell cell;
    const std::size_t num_sections = m.sections.size();
    std::vector<int> children(num_sections, 0);
    for (const auto& s : m.sections)
        if (s.parent >= 0) ++children[s.parent];
    std::vector<int> end_node(num_sections);                // where children hang
    std::vector<double> end_resistance(num_sections, 0.0);  // between end_node and the section's end, MOhm
    auto add_node = [&](int parent, double g, double area, double volume, int compartment) {
        cell.parent.push_back(parent);
        cell.g_parent.push_back(g);
        cell.area.push_back(area);
        cell.volume.push_back(volume);
        cell.compartment.push_back(compartment);
        return cell.num_nodes() - 1;
    };
    for (std::size_t s = 0; s < num_sections; ++s) {
        const Section& section = m.sections[s];
        NGV_ASSERT(section.parent < static_cast<int>(s) && (s == 0) == (section.parent < 0));
        const int nseg = nseg_of(m, s, options);
        cell.first_compartment.push_back(cell.num_compartments());
        auto compartments = discretise(section.points, nseg, options.axial_resistivity);
        int previous = s == 0 ? -1 : end_node[section.parent];
        double resistance = s == 0 ? 0.0 : end_resistance[section.parent];
        for (int c = 0; c < nseg; ++c) {
            const Compartment& part = compartments[c];
            resistance += part.ri_left;
            const int number = cell.num_compartments();
            previous = add_node(previous, previous < 0 ? 0.0 : 1.0 / resistance, part.area, part.volume, number);
            cell.node.push_back(previous);
            cell.section.push_back(static_cast<int>(s));
            cell.position.push_back((c + 0.5) / nseg);
            cell.section_type.push_back(section.type);
            cell.length.push_back(part.length);
            cell.diameter.push_back(part.diameter);
            cell.pieces.push_back(part.pieces);
            resistance = part.ri_right;
        }
        if (section.type == static_cast<int>(SectionType::soma)) {
            end_node[s] = cell.node[cell.first_compartment[s] + nseg / 2];
        } else if (children[s] >= 2) {
            end_node[s] = add_node(previous, 1.0 / resistance, 0.0, 0.0, -1);
        } else {
            end_node[s] = previous;
            end_resistance[s] = resistance;
        }
    }
    cell.first_compartment.push_back(cell.num_compartments());
    return cell;
}

int count_compartments(const Morphology& m, const CableOptions& options) {
    int n = 0;
    for (std::size_t s = 0; s < m.sections.size(); ++s) n += nseg_of(m, s, options);
    return n;
}

}  // namespace ngv::neuron
