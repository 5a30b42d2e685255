// Variables by name.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"
#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron {

IonArrays* Simulation::Impl::ion(Group& g, const std::string& name) {
    for (IonArrays& i : g.ions)
        if (i.name == name) return &i;
    return nullptr;
}

namespace {

/// Instance of a set at a node; -1 if there is none.
std::int64_t instance_at(const MechanismSet& set, std::int32_t node) {
    if (set.view.aligned) {
        const std::int32_t row = node / lanes;
        std::int64_t low = 0, high = set.view.num_blocks;
        while (low < high) {
            const std::int64_t middle = (low + high) / 2;
            if (set.node[middle * lanes] / lanes < row) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == set.view.num_blocks || set.node[low * lanes] / lanes != row) return -1;
        if (!(set.mask[low] >> (node % lanes) & 1)) return -1;
        return low * lanes + node % lanes;
    }
    const auto end = set.node.begin() + set.view.num_instances;
    const auto it = std::lower_bound(set.node.begin(), end, node);
    return it == end || *it != node ? -1 : it - set.node.begin();
}

}  // namespace

Simulation::Impl::Found Simulation::Impl::find(const Probe& probe) {
    if (probe.point.index >= 0) {
        const PointPlace& p = points.at(probe.point.index);
        const MechanismSet& set = groups[p.group]->sets[p.set];
        const auto column = find_column(*set.mechanism, probe.variable);
        if (!column) return {nullptr, false, did_you_mean(probe.variable, variable_names(*set.mechanism))};
        return {set.address(*column, p.instance), set.stride[*column] != 0, {}};
    }
    const auto cell = cell_of_gid.find(probe.gid);
    if (cell == cell_of_gid.end()) return {nullptr, false, fmt::format("cell {} is not on this rank", probe.gid)};
    const CellPlace& place = cells[cell->second];
    if (probe.node < 0 || probe.node >= place.blueprint->num_nodes())
        return {nullptr, false, fmt::format("the cell has nodes 0 to {}", place.blueprint->num_nodes() - 1)};
    Group& g = *groups[place.group];
    const std::int32_t node = place.node(probe.node);
    if (probe.variable == "v") return {&g.v[node], true, {}};
    if (probe.variable == "i_membrane" || probe.variable == "i_membrane_")
        return g.i_membrane.empty()
                   ? Found{nullptr, false,
                           "i_membrane is computed only where a recorder or play names it at build time"}
                   : Found{&g.i_membrane[node], true, {}};
    const std::string& name = probe.variable;
    for (IonArrays& ion : g.ions) {
        const std::size_t n = ion.name.size();
        if (name.size() != n + 1) continue;
        const bool first = name.compare(0, n, ion.name) == 0, second = name.compare(1, n, ion.name) == 0;
        auto at = [&](double* array, int stride) -> Found {
            return {array + static_cast<std::ptrdiff_t>(node) * stride, stride != 0, {}};
        };
        if (first && name.back() == 'i') return at(ion.view.in, ion.view.in_stride);
        if (first && name.back() == 'o') return at(ion.view.out, ion.view.out_stride);
        if (second && name.front() == 'e') return at(ion.view.e, ion.view.e_stride);
        if (second && name.front() == 'i') return at(ion.view.i, ion.view.i_stride);
    }
    const auto [mechanism, variable] = split_variable(name, mechanism_number);
    for (const MechanismSet& set : g.sets) {
        if (set.mechanism->kind != NGV_DENSITY || mechanism != set.mechanism->name) continue;
        const auto column = find_column(*set.mechanism, variable);
        const std::int64_t instance = instance_at(set, node);
        if (!column || instance < 0) continue;
        return {set.address(*column, instance), set.stride[*column] != 0, {}};
    }
    return {nullptr, false, {}};
}

std::string Simulation::Impl::nearest_variable(const Probe& probe) {
    std::vector<std::string> known{"v", "i_membrane"};
    const auto cell = cell_of_gid.find(probe.gid);
    if (cell == cell_of_gid.end()) return {};
    const Group& g = *groups[cells[cell->second].group];
    for (const IonArrays& ion : g.ions)
        known.insert(known.end(), {ion.name + "i", ion.name + "o", "e" + ion.name, "i" + ion.name});
    for (const MechanismSet& set : g.sets) {
        if (set.mechanism->kind != NGV_DENSITY) continue;
        for (const auto& name : variable_names(*set.mechanism))
            known.push_back(std::string(set.mechanism->name) + "." + name);
    }
    return did_you_mean(probe.variable, known);
}

double* Simulation::Impl::address(const Probe& probe, const std::string& where) {
    const Found found = find(probe);
    if (found.value) return found.value;
    throw UserError(Problem{where + (probe.point.index >= 0 ? fmt::format(", point process {}", probe.point.index)
                                                            : fmt::format(", cell {}, node {}", probe.gid, probe.node)),
                            "no variable '" + probe.variable + "'",
                            found.why.empty() ? nearest_variable(probe) : found.why});
}

}  // namespace ngv::neuron
