#include "solvers/neuron/cells/function_tables.hpp"

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

void numbers(const Json& list, std::vector<double>& into) {
    if (!list.is_list()) return into.push_back(list.number());
    for (const auto& item : list.list()) numbers(item, into);
}

}  // namespace

bool names_function_table(const std::string& key) {
    return key.starts_with("table_");
}

FunctionTable read_function_table(const Json& given, const std::string& mechanism, const std::string& key) {
    if (!names_function_table(key))
        throw given.error("'" + key + "' is no FUNCTION_TABLE", "write table_<name of the function>");
    FunctionTable table{mechanism, key.substr(6), {}, {}, given.where()};
    if (!given.is_map()) {
        table.values = {given.number()};
        return table;
    }
    for (const auto& k : given.keys())
        if (k != "points" && k != "values")
            throw given[k].error("unknown key '" + k + "' of a FUNCTION_TABLE", did_you_mean(k, {"points", "values"}));
    const auto axes = given["points"].list();
    if (!axes.empty() && axes[0].is_list()) {
        for (const auto& axis : axes) numbers(axis, table.axes.emplace_back());
    } else {
        numbers(given["points"], table.axes.emplace_back());
    }
    numbers(given["values"], table.values);
    return table;
}

}  // namespace ngv::neuron
