#include "solvers/common/node_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "ngv/error.hpp"

namespace ngv {

namespace {

using Mask = std::vector<char>;

/// "$gt" and the like; nothing if the operator compares no numbers.
bool compares(const std::string& op, double value, double limit) {
    if (op == "$gt") return value > limit;
    if (op == "$lt") return value < limit;
    if (op == "$gte") return value >= limit;
    return value <= limit;
}

void match_operators(Mask& mask, const Json& condition, const std::string& attribute,
                     const NodePopulation& population) {
    static const std::vector<std::string> known = {"$regex", "$gt", "$lt", "$gte", "$lte"};
    for (const auto& op : condition.keys()) {
        if (std::find(known.begin(), known.end(), op) == known.end())
            throw condition[op].error("unknown operator '" + op + "'", did_you_mean(op, known));
        if (op == "$regex") {
            const std::regex pattern = [&] {
                try {
                    return std::regex(condition[op].text());
                } catch (const std::regex_error& e) {
                    throw condition[op].error("'" + condition[op].text() + "' is no regular expression: " + e.what());
                }
            }();
            const auto texts = population.texts(attribute, "");
            for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= std::regex_search(texts[i], pattern);
        } else {
            const double limit = condition[op].number();
            const auto values = population.numbers(attribute);
            for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= compares(op, values[i], limit);
        }
    }
}

void match_values(Mask& mask, const Json& condition, const std::string& attribute, const NodePopulation& population) {
    if (population.is_text(attribute)) {
        std::set<std::string> wanted;
        for (const auto& value : condition.list()) wanted.insert(value.text());
        const auto texts = population.texts(attribute, "");
        for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= wanted.contains(texts[i]);
        return;
    }
    std::set<double> wanted;
    for (const auto& value : condition.list()) wanted.insert(value.is_flag() ? double(value.flag()) : value.number());
    const auto numbers = population.numbers(attribute);
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= wanted.contains(numbers[i]);
}

bool names_population(const Json& rule, const std::string& name) {
    const auto populations = rule["population"].list();
    return std::any_of(populations.begin(), populations.end(), [&](const Json& p) { return p.text() == name; });
}

}  // namespace

NodeSets NodeSets::load(const std::filesystem::path& file) {
    const auto json = Json::load(file);
    if (!json.is_map()) throw json.error("expected {\"name\": {...}, ...}");
    NodeSets sets;
    for (const auto& name : json.keys()) {
        if (!json[name].is_map() && !json[name].is_list())
            throw json[name].error("the node set '" + name + "' must be {attribute: value} or a list of names");
        sets.sets_.emplace_back(name, json[name]);
    }
    return sets;
}

void NodeSets::extend(const NodeSets& other) {
    for (const auto& set : other.sets_) add(set.first, set.second);
}

void NodeSets::add(const std::string& name, const Json& rule) {
    std::erase_if(sets_, [&](const auto& s) { return s.first == name; });
    sets_.emplace_back(name, rule);
}

bool NodeSets::has(const std::string& name) const {
    return std::any_of(sets_.begin(), sets_.end(), [&](const auto& s) { return s.first == name; });
}

std::vector<std::string> NodeSets::names() const {
    std::vector<std::string> names;
    for (const auto& s : sets_) names.push_back(s.first);
    return names;
}

std::vector<std::int64_t> NodeSets::resolve(const std::string& name, const NodePopulation& population) const {
    std::vector<std::string> path;
    return resolve(name, population, path);
}

std::vector<std::int64_t> NodeSets::resolve(const std::string& name, const NodePopulation& population,
                                            std::vector<std::string>& path) const {
    const auto it = std::find_if(sets_.begin(), sets_.end(), [&](const auto& s) { return s.first == name; });
    if (it == sets_.end()) {
        const auto where =
            path.empty() ? std::string("node sets") : std::find_if(sets_.begin(), sets_.end(), [&](const auto& s) {
                                                          return s.first == path.back();
                                                      })->second.where();
        throw UserError(Problem{where, "there is no node set '" + name + "'", did_you_mean(name, names())});
    }
    const Json& rule = it->second;
    if (std::find(path.begin(), path.end(), name) != path.end()) {
        throw rule.error(
            fmt::format("the node set '{}' contains itself: {} -> {}", name, fmt::join(path, " -> "), name));
    }
    if (rule.is_list()) {
        path.push_back(name);
        std::set<std::int64_t> all;
        for (const auto& part : rule.list()) {
            const auto ids = resolve(part.text(), population, path);
            all.insert(ids.begin(), ids.end());
        }
        path.pop_back();
        return {all.begin(), all.end()};
    }

    if (rule.has("population") && !names_population(rule, population.name())) return {};
    const auto ids = population.ids();
    Mask mask(ids.size(), 1);
    for (const auto& key : rule.keys()) {
        const auto condition = rule[key];
        if (key == "population") continue;
        if (key == "node_id" || key == "node_ids") {
            std::set<std::int64_t> wanted;
            for (const auto& value : condition.list()) wanted.insert(value.integer());
            for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= wanted.contains(ids[i]);
        } else if (!population.has(key)) {
            if (!rule.has("population")) return {};
            throw condition.error(fmt::format("the population '{}' has no attribute '{}'", population.name(), key),
                                  did_you_mean(key, population.attributes()));
        } else if (condition.is_map()) {
            match_operators(mask, condition, key, population);
        } else {
            match_values(mask, condition, key, population);
        }
    }
    std::vector<std::int64_t> selected;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i]) selected.push_back(ids[i]);
    }
    std::sort(selected.begin(), selected.end());
    return selected;
}

}  // namespace ngv
