// From a description and a morphology to a blueprint.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/model/parser.hpp"
#include "solvers/neuron/cells/cell_description.hpp"

namespace ngv::neuron {

const std::vector<std::string>& section_list_names() {
    static const std::vector<std::string> names{"all", "somatic", "axonal", "basal", "apical", "myelinated"};
    return names;
}

bool in_section_list(const std::string& list, int type) {
    if (list == "all") return true;
    const auto& names = section_list_names();
    return std::find(names.begin(), names.end(), list) - names.begin() == type;
}

VariableName resolve_variable(const std::string& name, const std::vector<std::string>& mechanisms) {
    VariableName result;
    for (const auto& m : mechanisms)
        if (name.size() > m.size() + 1 && name.ends_with("_" + m) && m.size() > result.mechanism.size())
            result = {m, "", name.substr(0, name.size() - m.size() - 1)};
    if (const auto at = name.find("0_"); at != std::string::npos && name.ends_with("_ion")) {  // NEURON's nai0_na_ion
        const std::string with_side = name.substr(0, at), ion = name.substr(at + 2, name.size() - at - 6);
        if (with_side == ion + "i") return {"", ion, "in"};
        if (with_side == ion + "o") return {"", ion, "out"};
    }
    if (!result.mechanism.empty() || name.find('_') != std::string::npos) return result;
    if (name == "Ra" || name == "cm") return {"", "", name};
    if (name.size() > 1 && name[0] == 'e') return {"", name.substr(1), "e"};
    if (name.size() > 1 && name.back() == 'i') return {"", name.substr(0, name.size() - 1), "in"};
    if (name.size() > 1 && name.back() == 'o') return {"", name.substr(0, name.size() - 1), "out"};
    return result;
}

namespace {

constexpr double unset = std::numeric_limits<double>::quiet_NaN();  // Blueprint: the default

/// An expression of the path distance, evaluated as it is written.
class DistanceExpression {
  public:
    DistanceExpression(const std::string& text, const std::string& where) {
        distance_ = graph_.symbol("distance");
        root_ = model::parse(graph_, text,
                             {.find = [&](std::string_view name) -> std::optional<model::Expr> {
                                  if (name == "distance") return distance_;
                                  return std::nullopt;
                              },
                              .known = {"distance"}},
                             where);
    }
    double at(double distance) const { return evaluate(root_, distance); }

  private:
    double evaluate(model::Expr e, double distance) const {
        const auto& n = graph_[e];
        if (n.op == model::Op::constant) return n.value;
        if (n.op == model::Op::symbol) return distance;
        const int operands = model::arity(n.op);
        return model::apply(n.op, evaluate(n.a, distance), operands > 1 ? evaluate(n.b, distance) : 0,
                            operands > 2 ? evaluate(n.c, distance) : 0);
    }
    model::Graph graph_;
    model::Expr distance_, root_;
};

double rounded(double x, int digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*g", digits, x);
    return std::strtod(text, nullptr);
}

class Builder {
  public:
    Builder(const CellDescription& description, const Morphology& morphology,
            const std::map<std::string, double>& attributes)
        : d_(description), tree_(sections_of(morphology)) {
        for (const auto& insert : d_.mechanisms)
            for (const auto& m : insert.mechanisms) names_.insert(m);
        passive();
        cut();
        double scaler = 1;
        for (const auto& name : d_.attributes) {
            const auto it = attributes.find(name);
            if (it == attributes.end())
                throw UserError(Problem{d_.where,
                                        "cell model '" + d_.name + "' needs the attribute '" + name + "' of its node",
                                        "add the column dynamics_params/" + name + " to the nodes file"});
            if (name == "AIS_scaler") scaler = it->second;
        }
        apply_axon_rule(tree_, d_.axon, scaler, d_.where + ": " + morphology.name);
        passive();
        if (d_.nseg_after_axon) cut();
        layout_ = lay_out(tree_);
    }

    Blueprint build() {
        Blueprint& b = layout_.blueprint;
        insert();
        for (const auto& v : d_.values)
            if (v.variable != "Ra" && v.variable != "cm")
                for (std::size_t s = 0; s < tree_.sections.size(); ++s)
                    if (in_section_list(v.list, tree_.sections[s].type))
                        assign(static_cast<int>(s), v.variable, [&](int) { return v.value; });
        for (const auto& distribution : d_.distributions) distribute(distribution);
        for (auto& [name, columns] : densities_) b.densities.push_back(finished(name, columns));
        const auto rank = [](const std::string& m) { return m == "pas" ? 0 : m == "hh" ? 1 : 2; };
        std::stable_sort(b.densities.begin(), b.densities.end(), [&](const auto& x, const auto& y) {
            return std::pair(rank(x.mechanism), x.mechanism) < std::pair(rank(y.mechanism), y.mechanism);
        });
        for (auto& [ion, columns] : ions_) {
            auto values = finished(ion, columns);
            b.ions.push_back({ion, std::move(values.nodes), std::move(values.values)});
        }
        place_axon_initial_segment();
        return std::move(b);
    }

  private:
    /// Nodes by number; a value a node and variable, NaN where nobody says.
    struct Columns {
        std::vector<char> here;
        std::map<std::string, std::vector<double>> values;
    };

    void passive() {
        for (auto& s : tree_.sections) {
            for (const auto& v : d_.values) {
                if (!in_section_list(v.list, s.type)) continue;
                if (v.variable == "Ra") s.Ra = v.value;
                if (v.variable == "cm") s.cm = v.value;
            }
        }
    }

    void cut() {
        set_nseg(tree_, d_.nseg);
        for (const auto& [list, rule] : d_.nseg_of_list)
            for (auto& s : tree_.sections)
                if (in_section_list(list, s.type)) s.nseg = nseg_of(s, rule);
    }

    Columns& columns(std::map<std::string, Columns>& map, const std::string& name) {
        auto& c = map[name];
        if (c.here.empty()) c.here.resize(static_cast<std::size_t>(layout_.blueprint.num_nodes()), 0);
        return c;
    }

    int first(int section) const { return layout_.first_node[static_cast<std::size_t>(section)]; }
    int nseg(int section) const { return tree_.sections[static_cast<std::size_t>(section)].nseg; }

    void insert() {
        for (const auto& insert : d_.mechanisms)
            for (const auto& m : insert.mechanisms) {
                auto& c = columns(densities_, m);
                for (std::size_t s = 0; s < tree_.sections.size(); ++s)
                    if (in_section_list(insert.list, tree_.sections[s].type))
                        std::fill_n(c.here.begin() + first(static_cast<int>(s)), nseg(static_cast<int>(s)), char{1});
            }
    }

    template <class F>
    void assign(int section, const std::string& variable, F&& value) {
        const auto name = resolve_variable(variable, {names_.begin(), names_.end()});
        if (name.mechanism.empty() && name.ion.empty())
            throw UserError(Problem{
                d_.where,
                fmt::format("cell model '{}' sets '{}', which is of no mechanism that it inserts", d_.name, variable),
                "expected var_MECH, e<ion>, <ion>i, <ion>o, Ra or cm"});
        auto& c = name.ion.empty() ? columns(densities_, name.mechanism) : columns(ions_, name.ion);
        auto& column = c.values[name.variable];
        if (column.empty()) column.resize(c.here.size(), unset);
        for (int i = 0; i < nseg(section); ++i) {
            const auto node = static_cast<std::size_t>(first(section) + i);
            if (name.ion.empty() && !c.here[node])
                throw UserError(Problem{
                    d_.where,
                    fmt::format("cell model '{}' sets '{}' in sections of type {}, where {} is not inserted", d_.name,
                                variable, tree_.sections[static_cast<std::size_t>(section)].type, name.mechanism),
                    ""});
            c.here[node] = 1;
            column[node] = value(i);
        }
    }

    void distribute(const CellDescription::Distribution& distribution) {
        const DistanceExpression expression(distribution.value,
                                            d_.where + ": distribution of " + distribution.variable);
        for (std::size_t s = 0; s < tree_.sections.size(); ++s) {
            if (!in_section_list(distribution.list, tree_.sections[s].type)) continue;
            const auto distances = path_distances(tree_, static_cast<int>(s), 0, d_.distance_from);
            assign(static_cast<int>(s), distribution.variable, [&](int i) {
                return expression.at(rounded(distances[static_cast<std::size_t>(i)], distribution.digits));
            });
        }
    }

    static Blueprint::Density finished(const std::string& name, const Columns& c) {
        Blueprint::Density result{name, {}, {}};
        for (std::size_t n = 0; n < c.here.size(); ++n)
            if (c.here[n]) result.nodes.push_back(static_cast<int>(n));
        for (const auto& [variable, column] : c.values) {
            std::vector<double> values;
            for (int n : result.nodes) values.push_back(column[static_cast<std::size_t>(n)]);
            const bool same = std::all_of(values.begin(), values.end(), [&](double v) { return v == values[0]; });
            if (values.empty()) continue;
            if (same) values.resize(1);
            result.values[variable] = std::move(values);
        }
        return result;
    }

    /// Spikes of BBP cells may be told at axon[1](0.5).
    void place_axon_initial_segment() {
        std::vector<int> axon;
        for (std::size_t s = 0; s < tree_.sections.size(); ++s)
            if (tree_.sections[s].type == static_cast<int>(SectionType::axon)) axon.push_back(static_cast<int>(s));
        if (axon.size() > 1) layout_.blueprint.ais = layout_.node(tree_, axon[1], 0.5);
    }

    const CellDescription& d_;
    SectionTree tree_;
    CellLayout layout_;
    std::set<std::string> names_;
    std::map<std::string, Columns> densities_, ions_;
};

}  // namespace

Blueprint build_cell(const CellDescription& description, const Morphology& morphology,
                     const std::map<std::string, double>& attributes) {
    NGV_ASSERT(description.point.empty());
    return Builder(description, morphology, attributes).build();
}

}  // namespace ngv::neuron
