#include "solvers/neuron/sonata/modify_blueprint.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "ngv/error.hpp"
#include "solvers/neuron/cells/cell_description.hpp"

namespace ngv::neuron {

namespace {

class Modifier {
  public:
    Modifier(Blueprint& b, const Modification& m, const FindMechanism& mechanism)
        : b_(b), m_(m), mechanism_(mechanism) {
        for (const auto& d : b_.densities) names_.push_back(d.mechanism);
    }

    void insert(const std::string& name, const std::string& variable, double value) {
        mechanism_(name);
        std::erase_if(b_.densities, [&](const auto& d) { return d.mechanism == name; });
        std::vector<int> nodes = b_.node;
        std::sort(nodes.begin(), nodes.end());
        b_.densities.push_back({name, std::move(nodes), {{variable, {value}}}});
    }

    bool has(int node, const std::string& name) const {
        const auto v = resolve_variable(name, names_);
        if (name == "cm") return true;
        if (!v.ion.empty()) return ion(node, v.ion) != nullptr;
        const auto* d = density(v.mechanism);
        return d && std::binary_search(d->nodes.begin(), d->nodes.end(), node);
    }

    void assign(int node, const Assignment& a) {
        const auto v = resolve_variable(a.name, names_);
        if (a.name == "cm") {
            auto& cm = b_.cm[static_cast<std::size_t>(node)];
            cm = a.apply(cm);
        } else if (!v.ion.empty()) {
            auto* values = ion(node, v.ion);
            change(values->values, values->nodes, v.variable, node, a, std::nan(""));
        } else {
            auto* d = density(v.mechanism);
            change(d->values, d->nodes, v.variable, node, a, default_of(v.mechanism, v.variable));
        }
    }

  private:
    Blueprint::Density* density(const std::string& mechanism) const {
        for (auto& d : b_.densities)
            if (d.mechanism == mechanism) return &d;
        return nullptr;
    }
    Blueprint::IonValues* ion(int node, const std::string& name) const {
        for (auto& i : b_.ions)
            if (i.ion == name && std::binary_search(i.nodes.begin(), i.nodes.end(), node)) return &i;
        return nullptr;
    }
    double default_of(const std::string& mechanism, const std::string& variable) const {
        const ngv_mechanism* m = mechanism_(mechanism);
        std::vector<std::string> known;
        for (int i = 0; i < m->num_variables; ++i) {
            if (m->variables[i].name == variable) return m->variables[i].value;
            known.emplace_back(m->variables[i].name);
        }
        throw UserError(Problem{m_.where, "mechanism " + mechanism + " has no variable '" + variable + "'",
                                did_you_mean(variable, known)});
    }
    void change(std::map<std::string, std::vector<double>>& values, const std::vector<int>& nodes,
                const std::string& variable, int node, const Assignment& a, double fallback) const {
        auto& column = values[variable];
        if (column.empty()) column.assign(nodes.size(), fallback);
        if (column.size() == 1) column.assign(nodes.size(), column[0]);
        auto& value =
            column[static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin())];
        if (std::isnan(value)) value = fallback;
        if (std::isnan(value) && a.op != '=')
            throw UserError(Problem{
                m_.where, "'" + a.name + "' has no value in this cell that an operator could change", "use '='"});
        value = a.apply(value);
    }

    Blueprint& b_;
    const Modification& m_;
    const FindMechanism& mechanism_;
    std::vector<std::string> names_;
};

/// Nodes of the sections that an assignment means.
std::vector<int> nodes_of_scope(const Blueprint& b, const Modification& m, const Assignment& a) {
    const auto wrong = [&](const std::string& fix) {
        return UserError(
            Problem{m.where, "'" + a.scope + "." + a.name + "' has a scope that this modification does not take", fix});
    };
    using Kind = Modification::Kind;
    std::string list;
    if (m.kind == Kind::configure_all_sections) {
        if (a.scope != "%s") throw wrong("expected '%s." + a.name + "'");
        list = "all";
    } else if (m.kind == Kind::section_list) {
        const auto& names = section_list_names();
        if (a.index >= 0 || std::find(names.begin(), names.end(), a.scope) == names.end())
            throw wrong(did_you_mean(a.scope, names));
        list = a.scope;
    } else {
        static const std::map<std::string, std::string> lists{
            {"apic", "apical"}, {"axon", "axonal"}, {"dend", "basal"}, {"soma", "somatic"}};
        const auto it = lists.find(a.scope);
        if (it == lists.end() || a.index < 0) throw wrong("expected soma[i], axon[i], dend[i] or apic[i]");
        list = it->second;
    }
    std::set<int> sections;
    for (std::size_t c = 0; c < b.node.size(); ++c)
        if (in_section_list(list, b.section_type[c])) sections.insert(b.section[c]);
    std::vector<int> nodes;
    int place = 0;
    for (int s : sections) {
        if (a.index >= 0 && place++ != a.index) continue;
        for (int c = b.first_compartment[static_cast<std::size_t>(s)];
             c < b.first_compartment[static_cast<std::size_t>(s) + 1]; ++c)
            nodes.push_back(b.node[static_cast<std::size_t>(c)]);
    }
    return nodes;
}

}  // namespace

void modify(Blueprint& b, const Modification& m, const std::vector<int>& places, const FindMechanism& mechanism) {
    Modifier modifier(b, m, mechanism);
    if (m.kind == Modification::Kind::ttx) {
        modifier.insert("TTXDynamicsSwitch", "ttxo_level", 1.0);
        return;
    }
    for (const auto& a : m.assignments) {
        if (a.name == "Ra")
            throw UserError(Problem{m.where, "Ra cannot be changed by a modification", "change it in the cell model"});
        if (m.kind == Modification::Kind::compartment_set && !a.scope.empty())
            throw UserError(Problem{m.where,
                                    "'" + a.scope + "." + a.name + "': a compartment set takes names without a scope",
                                    "expected '" + a.name + " = number'"});
        const auto nodes = m.kind == Modification::Kind::compartment_set ? places : nodes_of_scope(b, m, a);
        for (int node : nodes) {
            if (node < 0) continue;
            // Where a section lacks one of the variables, none is changed.
            const bool all = m.kind != Modification::Kind::configure_all_sections ||
                             std::all_of(m.assignments.begin(), m.assignments.end(),
                                         [&](const auto& other) { return modifier.has(node, other.name); });
            if (all && modifier.has(node, a.name)) modifier.assign(node, a);
        }
    }
}

}  // namespace ngv::neuron
