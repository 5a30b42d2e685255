// The project's own format of cell descriptions, and JSON made from BBP templates.
#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/neuron/cells/cell_description.hpp"

namespace ngv::neuron {

namespace {

void only(const Json& map, const std::vector<std::string>& known, const std::string& what) {
    for (const auto& key : map.keys())
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw map[key].error("unknown key '" + key + "' of " + what, did_you_mean(key, known));
}

std::string section_list(const Json& at, const std::string& name) {
    const auto& known = section_list_names();
    if (std::find(known.begin(), known.end(), name) == known.end())
        throw at.error("unknown section list '" + name + "'", did_you_mean(name, known));
    return name;
}

NsegRule nseg_rule(const Json& rule) {
    only(rule, {"max_length", "dL", "d_lambda", "frequency", "number"}, "nseg");
    const auto positive = [&](const std::string& key) {
        const double value = rule[key].number();
        if (!(value > 0)) throw rule[key].error(fmt::format("{} is {}, expected a positive number", key, value));
        return value;
    };
    if (rule.has("number")) return NsegRule::fixed(static_cast<int>(positive("number")));
    if (rule.has("d_lambda")) return NsegRule::by_lambda(positive("d_lambda"), rule.number("frequency", 100));
    if (rule.has("dL")) return NsegRule::by_length(2 * positive("dL"));
    return NsegRule::by_length(positive("max_length"));
}

AxonRule axon_rule(const Json& rule) {
    only(rule, {"rule", "diameter", "strength", "decay", "terminal_diameter", "myelin", "attach", "renumber"}, "axon");
    AxonRule result;
    const std::string kind = rule["rule"].text();
    using Kind = AxonRule::Kind;
    const std::vector<std::pair<std::string, Kind>> kinds{{"keep", Kind::keep},
                                                          {"stubs", Kind::stubs},
                                                          {"segments", Kind::segments},
                                                          {"taper", Kind::taper},
                                                          {"fixed", Kind::fixed}};
    const auto it = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == kind; });
    if (it == kinds.end())
        throw rule["rule"].error("unknown axon rule '" + kind + "'",
                                 did_you_mean(kind, {"keep", "stubs", "segments", "taper", "fixed"}));
    result.kind = it->second;
    if (result.kind == Kind::fixed) result.diameter = rule["diameter"].number();
    if (result.kind == Kind::taper) {
        result.strength = rule["strength"].number();
        result.decay = rule["decay"].number();
        result.terminal = rule["terminal_diameter"].number();
    }
    result.myelin = rule.flag("myelin", false);
    result.attach_x = rule.number("attach", 1);
    result.renumber = rule.flag("renumber", false);
    return result;
}

/// "%.17g" and "%g" in an expression of a BBP template stand for the distance.
CellDescription::Distribution bbp_distribution(const std::string& list, const std::string& variable, std::string text) {
    int digits = 17;
    for (const auto& [mark, n] : {std::pair{std::string("%.17g"), 17}, {std::string("%g"), 6}})
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
            text.replace(at, mark.size(), "distance");
            digits = n;
        }
    return {list, variable, text, digits};
}

}  // namespace

CellDescription cell_description(const Json& cell, const std::string& name) {
    CellDescription d;
    d.name = name;
    d.where = cell.where();
    if (cell.has("tables"))
        for (const auto& mechanism : cell["tables"].keys())
            for (const auto& key : cell["tables"][mechanism].keys())
                d.tables.push_back(read_function_table(cell["tables"][mechanism][key], mechanism, key));
    if (cell.has("point")) {
        only(cell, {"point", "values", "tables"}, "a point cell");
        d.point = cell["point"].text();
        if (cell.has("values"))
            for (const auto& key : cell["values"].keys()) d.point_values[key] = cell["values"][key].number();
        return d;
    }
    only(cell,
         {"nseg", "nseg_of", "nseg_after_axon", "axon", "attributes", "mechanisms", "values", "distance_from",
          "distributions", "tables"},
         "a cell");
    if (cell.has("nseg")) d.nseg = nseg_rule(cell["nseg"]);
    if (cell.has("nseg_of"))
        for (const auto& list : cell["nseg_of"].keys())
            d.nseg_of_list[section_list(cell["nseg_of"][list], list)] = nseg_rule(cell["nseg_of"][list]);
    d.nseg_after_axon = cell.flag("nseg_after_axon", false);
    if (cell.has("axon")) d.axon = axon_rule(cell["axon"]);
    if (cell.has("attributes"))
        for (const auto& a : cell["attributes"].list()) d.attributes.push_back(a.text());
    if (cell.has("mechanisms"))
        for (const auto& list : cell["mechanisms"].keys()) {
            CellDescription::Insert insert{section_list(cell["mechanisms"][list], list), {}};
            for (const auto& m : cell["mechanisms"][list].list()) insert.mechanisms.push_back(m.text());
            d.mechanisms.push_back(std::move(insert));
        }
    if (cell.has("values"))
        for (const auto& list : cell["values"].keys())
            for (const auto& variable : cell["values"][list].keys())
                d.values.push_back(
                    {section_list(cell["values"][list], list), variable, cell["values"][list][variable].number()});
    d.distance_from = cell.number("distance_from", 0.5);
    if (cell.has("distributions"))
        for (const auto& item : cell["distributions"].list()) {
            only(item, {"sections", "variable", "value", "digits"}, "a distribution");
            d.distributions.push_back({section_list(item["sections"], item["sections"].text()), item["variable"].text(),
                                       item["value"].text(), static_cast<int>(item.integer("digits", 17))});
        }
    return d;
}

CellDescriptions cell_descriptions(const Json& cells) {
    CellDescriptions result;
    for (const auto& name : cells.keys()) result[name] = cell_description(cells[name], name);
    return result;
}

CellDescriptions read_cell_descriptions(const std::filesystem::path& file) {
    return cell_descriptions(Json::load(file));
}

CellDescription emodel_of(const Json& emodels, const std::string& name, const std::filesystem::path& path) {
    std::string found;
    std::vector<std::string> names;
    for (const auto& key : emodels.keys()) {
        const auto at = key.find(" @ ");
        names.push_back(key.substr(0, at));
        if (names.back() != name) continue;
        if (found.empty()) found = key;
        if (at != std::string::npos && !path.empty() && path.string().ends_with("/" + key.substr(at + 3))) found = key;
    }
    if (found.empty())
        throw UserError(
            Problem{emodels.file().string(), "there is no cell model '" + name + "'", did_you_mean(name, names)});
    const Json e = emodels[found];
    CellDescription d;
    d.name = name;
    d.where = e.where();
    if (e.has("point")) return cell_description(e, name);
    for (const auto& list : e["inserted"].keys()) {
        CellDescription::Insert insert{section_list(e["inserted"][list], list), {}};
        for (const auto& m : e["inserted"][list].list()) insert.mechanisms.push_back(m.text());
        d.mechanisms.push_back(std::move(insert));
    }
    if (e.has("celsius_check") && !e["celsius_check"].is_null()) d.celsius = std::stod(e["celsius_check"].text());
    for (const auto& list : e["params"].keys())
        for (const auto& v : e["params"][list].keys())
            if (v == "celsius")
                d.celsius = e["params"][list][v].number();
            else
                d.values.push_back({section_list(e["params"][list], list), v, e["params"][list][v].number()});
    for (const auto& item : e["distributions"].list())
        d.distributions.push_back(bbp_distribution(section_list(item["seclist"], item["seclist"].text()),
                                                   item["param"].text(), item["expr"].text()));
    const std::string origin = e.text("distance_origin", "");
    d.distance_from = origin.find("0.5") != std::string::npos ? 0.5 : 0.0;
    if (e.has("nseg_rule_um") && !e["nseg_rule_um"].is_null())
        d.nseg = NsegRule::by_length(std::stod(e["nseg_rule_um"].text()));
    if (e.has("needed_attributes") && !e["needed_attributes"].is_null())
        d.attributes.push_back(e["needed_attributes"].text());
    if (e["axon"].is_map()) {
        d.axon = axon_rule(e["axon"]);
        return d;
    }
    const std::string axon = e["axon"].text();
    if (axon.starts_with("delete_axon")) {
        d.axon.kind = AxonRule::Kind::stubs;
    } else if (axon.starts_with("replace_axon")) {
        d.axon.kind = AxonRule::Kind::segments;
        d.axon.myelin = axon.find("myelin") != std::string::npos;
        if (!d.attributes.empty())
            throw e["axon"].error(
                "cell model '" + name + "' tapers its axon by " + d.attributes[0] + ", but how is not said",
                "give axon: {rule: taper, strength: .., decay: .., terminal_diameter: .., myelin: true}, "
                "from replace_axon() of its template");
    } else if (axon != "none") {
        throw e["axon"].error("unknown axon rule '" + axon + "'", "expected none, delete_axon or replace_axon");
    }
    return d;
}

}  // namespace ngv::neuron
