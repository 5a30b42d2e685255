// Biophysics of Allen cells: *_fit.json and the NeuroML export.
#include <fmt/format.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/neuron/cells/cell_description.hpp"

namespace ngv::neuron {

namespace {

std::string list_of(const Json& at, const std::string& section) {
    static const std::map<std::string, std::string> lists{
        {"soma", "somatic"}, {"axon", "axonal"}, {"dend", "basal"}, {"apic", "apical"}, {"all", "all"}};
    const auto it = lists.find(section);
    if (it == lists.end())
        throw at.error("unknown section '" + section + "'",
                       did_you_mean(section, {"soma", "axon", "dend", "apic", "all"}));
    return it->second;
}

/// Both perisomatic and all-active cells: stubs of 30 um in place of the axon, sections cut by dL of 20 um unless the simulation says
/// otherwise.
CellDescription allen_cell(const std::string& name, const std::string& where, bool all_active) {
    CellDescription d;
    d.name = name;
    d.where = where;
    d.nseg = NsegRule::by_length(40);
    d.nseg_after_axon = true;
    d.axon.kind = all_active ? AxonRule::Kind::stubs : AxonRule::Kind::fixed;
    d.axon.diameter = 1;
    d.axon.attach_x = all_active ? 1 : 0.5;
    d.axon.renumber = true;
    return d;
}

void insert(CellDescription& d, const std::string& list, const std::string& mechanism) {
    for (const auto& i : d.mechanisms)
        if (i.list == list && i.mechanisms[0] == mechanism) return;
    d.mechanisms.push_back({list, {mechanism}});
}

}  // namespace

CellDescription read_allen_fit(const std::filesystem::path& file, bool all_active) {
    const Json fit = Json::load(file);
    CellDescription d = allen_cell(file.stem().string(), fit.where(), all_active);
    insert(d, "all", "pas");
    const Json passive = fit["passive"].list().at(0);
    d.values.push_back({"all", "Ra", passive["ra"].number()});
    if (passive.has("e_pas")) d.values.push_back({"all", "e_pas", passive["e_pas"].number()});
    if (passive.has("cm"))
        for (const auto& c : passive["cm"].list())
            d.values.push_back({list_of(c, c["section"].text()), "cm", c["cm"].number()});
    for (const auto& gene : fit["genome"].list()) {
        const std::string list = list_of(gene, gene["section"].text()), mechanism = gene["mechanism"].text();
        if (!mechanism.empty()) insert(d, list, mechanism);
        d.values.push_back({list, gene["name"].text(), gene["value"].number()});
    }
    if (fit.has("conditions"))
        for (const auto& e : fit["conditions"].list().at(0)["erev"].list()) {
            const std::string list = list_of(e, e["section"].text());
            for (const auto& key : e.keys())
                if (key != "section") d.values.push_back({list, key, e[key].number()});
        }
    return d;
}

namespace {

/// One start tag of an XML file.
struct Tag {
    std::string name;
    std::map<std::string, std::string> attributes;
    std::size_t line;
};

std::vector<Tag> tags_of(const std::string& text) {
    std::vector<Tag> result;
    static const std::regex tag(R"re(<([\w:]+)((?:\s+[\w:]+\s*=\s*"[^"]*")*)\s*/?>)re"),
        attribute(R"re(([\w:]+)\s*=\s*"([^"]*)")re");
    for (std::sregex_iterator it(text.begin(), text.end(), tag), end; it != end; ++it) {
        Tag t{
            (*it)[1], {}, 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + it->position(), '\n'))};
        const std::string attributes = (*it)[2];
        for (std::sregex_iterator a(attributes.begin(), attributes.end(), attribute); a != end; ++a)
            t.attributes[(*a)[1]] = (*a)[2];
        result.push_back(std::move(t));
    }
    return result;
}

class NeuroMl {
  public:
    explicit NeuroMl(const std::filesystem::path& file) : file_(file.string()) {
        std::ifstream in(file);
        if (!in) throw UserError(Problem{file_, "the NeuroML file cannot be read", "check the path"});
        std::stringstream text;
        text << in.rdbuf();
        tags_ = tags_of(text.str());
        d_ = allen_cell(file.stem().string(), file_, false);
    }

    CellDescription read() {
        insert(d_, "all", "pas");
        for (const auto& t : tags_) {
            if (t.name == "channelDensity" || t.name == "channelDensityNernst") channel(t);
            if (t.name == "specificCapacitance") value(t, "cm", quantity(t, "value", "uF_per_cm2"));
            if (t.name == "resistivity") value(t, "Ra", quantity(t, "value", "ohm_cm"));
            if (t.name == "concentrationModel") pool(t);
        }
        return d_;
    }

  private:
    UserError error(const Tag& t, const std::string& what, const std::string& fix = "") const {
        return UserError(Problem{fmt::format("{}:{}", file_, t.line), "<" + t.name + ">: " + what, fix});
    }
    const std::string& need(const Tag& t, const std::string& name) const {
        const auto it = t.attributes.find(name);
        if (it == t.attributes.end()) throw error(t, "the attribute '" + name + "' is missing");
        return it->second;
    }
    double quantity(const Tag& t, const std::string& name, const std::string& unit) const {
        std::istringstream text(need(t, name));
        double value = 0;
        std::string found;
        if (!(text >> value))
            throw error(t, name + " is '" + need(t, name) + "', expected a number with the unit " + unit);
        text >> found;
        if (found != unit) throw error(t, name + " has the unit '" + found + "', expected " + unit);
        return value;
    }
    std::string list(const Tag& t) const {
        static const std::map<std::string, std::string> lists{
            {"soma", "somatic"}, {"axon", "axonal"}, {"dend", "basal"}, {"apic", "apical"}, {"all", "all"}};
        const auto it = lists.find(need(t, "segmentGroup"));
        if (it == lists.end()) throw error(t, "unknown segmentGroup '" + need(t, "segmentGroup") + "'");
        return it->second;
    }
    void value(const Tag& t, const std::string& variable, double v) { d_.values.push_back({list(t), variable, v}); }

    void channel(const Tag& t) {
        const std::string mechanism = need(t, "ionChannel"), ion = need(t, "ion");
        insert(d_, list(t), mechanism);
        value(t, (mechanism == "pas" ? "g_" : "gbar_") + mechanism, quantity(t, "condDensity", "S_per_cm2"));
        if (t.name == "channelDensityNernst") return;
        const double erev = quantity(t, "erev", "mV");
        if (ion == "non_specific") value(t, "e_" + mechanism, erev);
        if (ion == "na" || ion == "k") value(t, "e" + ion, erev);
    }
    void pool(const Tag& t) {
        const std::string mechanism = need(t, "type");
        insert(d_, list(t), mechanism);
        value(t, "decay_" + mechanism, quantity(t, "decay", "ms"));
        value(t, "depth_" + mechanism, quantity(t, "depth", "um"));
        value(t, "gamma_" + mechanism, std::stod(need(t, "gamma")));
        value(t, "minCai_" + mechanism, quantity(t, "minCai", "mM"));
    }

    std::string file_;
    std::vector<Tag> tags_;
    CellDescription d_;
};

}  // namespace

CellDescription read_neuroml_biophysics(const std::filesystem::path& file) {
    return NeuroMl(file).read();
}

}  // namespace ngv::neuron
