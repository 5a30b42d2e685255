#include "solvers/neuron/output/variables.hpp"

#include "ngv/error.hpp"

namespace ngv::neuron {

std::vector<Variable> variables(const Nodes& n) {
    std::vector<Variable> list{{"v", "mV", &n.v}, {"ATP", "mM", &n.atp}, {"ADP", "mM", &n.adp}};
    for (const Ion* ion : {&n.na, &n.k, &n.ca}) {
        list.push_back({ion->name + "_i", "mM", &ion->in});
        list.push_back({ion->name + "_o", "mM", &ion->out});
        list.push_back({"E_" + ion->name, "mV", &ion->e});
        list.push_back({"i_" + ion->name, "mA/cm2", &ion->i});
    }
    return list;
}

Variable find_variable(const Nodes& nodes, std::string_view name, const std::string& where) {
    std::vector<std::string> names;
    for (const auto& v : variables(nodes)) {
        if (v.name == name) return v;
        names.push_back(v.name);
    }
    throw UserError(Problem{where, "unknown variable '" + std::string(name) + "'", did_you_mean(name, names)});
}

}  // namespace ngv::neuron
