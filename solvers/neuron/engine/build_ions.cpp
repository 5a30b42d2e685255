#include "solvers/neuron/engine/build_ions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

struct Defaults {
    double valence, in, out, e;
};

Defaults defaults_of(const std::string& ion) {
    if (ion == "na") return {1, 10, 140, 50};
    if (ion == "k") return {1, 54.4, 2.5, -77};
    if (ion == "ca") return {2, 5e-5, 2, 12.5 * std::log(2 / 5e-5)};
    return {0, 1, 1, 0};
}

/// What mechanisms do with an ion, over the group and node by node.
struct Use {
    int access = 0;
    std::vector<std::uint8_t> concentration, reversal,
        present;  // NEURON's levels: 0 unused, 1 read, 3 written; 0, 1 used
    double valence = 0;
    bool current_read = false;
};

std::map<std::string, Use> find_uses(const Group& g) {
    std::map<std::string, Use> uses;
    for (const MechanismSet& set : g.sets) {
        for (int i = 0; i < set.mechanism->num_ions; ++i) {
            const ngv_ion_use& ion = set.mechanism->ions[i];
            Use& use = uses[ion.ion];
            if (use.present.empty()) {
                use.present.assign(g.num_nodes(), 0);
                use.concentration.assign(g.num_nodes(), 0);
                use.reversal.assign(g.num_nodes(), 0);
            }
            use.access |= ion.access;
            if (ion.valence != 0) {
                if (use.valence != 0 && use.valence != ion.valence)
                    throw UserError(Problem{fmt::format("ion {}", ion.ion),
                                            fmt::format("has valence {} in one mechanism and {} in {}", use.valence,
                                                        ion.valence, set.mechanism->name),
                                            ""});
                use.valence = ion.valence;
            }
            use.current_read = use.current_read || ion.access & NGV_READ_I;
            const std::uint8_t concentration = ion.access & (NGV_WRITE_IN | NGV_WRITE_OUT) ? 3
                                               : ion.access & (NGV_READ_IN | NGV_READ_OUT) ? 1
                                                                                           : 0;
            const std::uint8_t reversal = ion.access & (NGV_READ_E | NGV_WRITE_E) ? 1 : 0;
            for (std::int64_t n = 0; n < static_cast<std::int64_t>(set.node.size()); ++n) {
                if (!(set.mask[n / lanes] >> (n % lanes) & 1)) continue;
                const std::int32_t k = set.node[n];
                use.present[k] = 1;
                use.concentration[k] = std::max(use.concentration[k], concentration);
                use.reversal[k] = std::max(use.reversal[k], reversal);
            }
        }
    }
    return uses;
}

/// An array with one value for all present nodes if they agree and nobody changes it, and its stride.
int settle(Aligned<double>& out, std::vector<double>& values, const std::vector<std::uint8_t>& present, bool own) {
    double first = values.empty() ? 0 : values[0];
    bool seen = false, same = true;
    for (std::size_t k = 0; k < values.size(); ++k) {
        if (!present[k]) continue;
        if (!seen) first = values[k];
        seen = true;
        same = same && values[k] == first;
    }
    if (same && !own) {
        out.assign(lanes, first);
        return 0;
    }
    for (std::size_t k = 0; k < values.size(); ++k)
        if (!present[k]) values[k] = first;
    out.assign(values.begin(), values.end());
    return 1;
}

}  // namespace

void build_ions(Group& g, const EngineBuilder::Impl& from, std::span<const CellPlace* const> cells,
                const std::set<std::string>& recorded, bool correct_currents) {
    auto uses = find_uses(g);
    for (auto& [name, use] : uses) {
        IonArrays ion;
        ion.name = name;
        const Defaults defaults = defaults_of(name);
        ion.view.valence = use.valence != 0 ? use.valence : defaults.valence;
        const std::size_t n = g.num_nodes();
        std::vector<double> e(n, defaults.e), in(n, defaults.in), out(n, defaults.out);
        auto present = use.present;
        const auto own = from.own.find(name);
        const bool owned = own != from.own.end();
        for (const CellPlace* cell : cells) {
            for (const auto& part : cell->blueprint->ions) {
                if (part.ion != name) continue;
                for (const auto& [what, values] : part.values) {
                    std::vector<double>* array = what == "e" ? &e : what == "in" ? &in : what == "out" ? &out : nullptr;
                    if (!array)
                        throw UserError(Problem{fmt::format("cell {}, ion {}", cell->gid, name),
                                                "unknown value '" + what + "'", "expected e, in or out"});
                    for (std::size_t i = 0; i < part.nodes.size(); ++i) {
                        const double value = values[values.size() == 1 ? 0 : i];
                        if (!std::isnan(value)) (*array)[cell->node(part.nodes[i])] = value;  // NaN: the default
                    }
                }
            }
            if (owned)
                for (int k : cell->blueprint->node) present[cell->node(k)] = 1;
            for (const auto& o : from.cells[from.cell_of_gid.at(cell->gid)].overrides) {
                const std::int32_t k = cell->node(o.node);
                if (o.variable == "e" + name) e[k] = o.value;
                if (o.variable == name + "i") in[k] = o.value;
                if (o.variable == name + "o") out[k] = o.value;
            }
        }
        bool computed = false;
        for (std::size_t k = 0; k < n; ++k) {
            if (!present[k]) continue;
            const bool follows = use.reversal[k] && (owned ? own->second : use.concentration[k] == 3);
            const bool starts = use.reversal[k] && (use.concentration[k] > 0 || follows);
            if (follows) ion.follows.push_back(static_cast<std::int32_t>(k));
            if (starts) ion.starts.push_back(static_cast<std::int32_t>(k));
            computed = computed || starts;
        }
        if (computed && ion.view.valence == 0)
            throw UserError(
                Problem{fmt::format("ion {}", name),
                        "its reversal potential follows from concentrations, but no mechanism gives its VALENCE",
                        "add VALENCE to the USEION of one of them"});
        const bool wanted_i = recorded.count("i" + name) || from.efflux.count(name) || use.current_read;
        ion.view.e_stride =
            settle(ion.e, e, present, computed || use.access & NGV_WRITE_E || recorded.count("e" + name));
        ion.view.in_stride =
            settle(ion.in, in, present, owned || use.access & NGV_WRITE_IN || recorded.count(name + "i"));
        ion.view.out_stride =
            settle(ion.out, out, present, owned || use.access & NGV_WRITE_OUT || recorded.count(name + "o"));
        ion.all_follow = ion.view.in_stride == 1 && ion.view.out_stride == 1 && !ion.follows.empty() &&
                         static_cast<std::ptrdiff_t>(ion.follows.size()) ==
                             std::count(present.begin(), present.end(), std::uint8_t{1});
        ion.view.i_stride = wanted_i ? 1 : 0;
        ion.view.didv_stride = wanted_i && correct_currents ? 1 : 0;
        ion.i.assign(wanted_i ? n : lanes, 0.0);
        ion.didv.assign(ion.view.didv_stride ? n : lanes, 0.0);
        if (from.efflux.count(name)) ion.efflux.assign(n, 0.0);
        g.ions.push_back(std::move(ion));
    }
}

void connect_ions(Group& g) {
    for (IonArrays& ion : g.ions) {
        ion.view.e = ion.e.data();
        ion.view.in = ion.in.data();
        ion.view.out = ion.out.data();
        ion.view.i = ion.i.data();
        ion.view.didv = ion.didv.data();
    }
    for (MechanismSet& set : g.sets) {
        set.ion.clear();
        for (int i = 0; i < set.mechanism->num_ions; ++i) {
            const auto it = std::find_if(g.ions.begin(), g.ions.end(),
                                         [&](const IonArrays& ion) { return ion.name == set.mechanism->ions[i].ion; });
            set.ion.push_back(it->view);
        }
    }
}

}  // namespace ngv::neuron
