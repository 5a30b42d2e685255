#include "solvers/neuron/engine/variable_names.hpp"

#include <charconv>

namespace ngv::neuron {

std::optional<int> find_column(const ngv_mechanism& mechanism, const std::string& variable) {
    const auto bracket = variable.find('[');
    const std::string name = variable.substr(0, bracket);
    int index = 0;
    if (bracket != std::string::npos) {
        const char *begin = variable.data() + bracket + 1, *end = variable.data() + variable.size() - 1;
        if (variable.back() != ']' || std::from_chars(begin, end, index).ptr != end) return {};
    }
    for (int i = 0; i < mechanism.num_variables; ++i) {
        const ngv_variable& v = mechanism.variables[i];
        if (name == v.name) return index >= 0 && index < v.length ? std::optional(v.column + index) : std::nullopt;
    }
    return {};
}

const ngv_variable* variable_of_column(const ngv_mechanism& mechanism, int column) {
    for (int i = 0; i < mechanism.num_variables; ++i) {
        const ngv_variable& v = mechanism.variables[i];
        if (column >= v.column && column < v.column + v.length) return &v;
    }
    return nullptr;
}

std::vector<std::string> variable_names(const ngv_mechanism& mechanism) {
    std::vector<std::string> names;
    for (int i = 0; i < mechanism.num_variables; ++i) names.emplace_back(mechanism.variables[i].name);
    return names;
}

std::pair<std::string, std::string> split_variable(const std::string& name,
                                                   const std::unordered_map<std::string, int>& mechanisms) {
    if (const auto dot = name.find('.'); dot != std::string::npos) return {name.substr(0, dot), name.substr(dot + 1)};
    for (auto at = name.find('_'); at != std::string::npos; at = name.find('_', at + 1))
        if (mechanisms.count(name.substr(at + 1))) return {name.substr(at + 1), name.substr(0, at)};
    return {"", name};
}

}  // namespace ngv::neuron
