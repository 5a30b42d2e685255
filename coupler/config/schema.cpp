#include "coupler/config/schema.hpp"

#include <yaml-cpp/yaml.h>

#include <map>

#include "ngv/error.hpp"

namespace ngv {

extern const char* const schema_text;

namespace {

using Type = SchemaEntry::Type;

const std::map<std::string, Type> types{{"quantity", Type::quantity},
                                        {"quantities", Type::quantities},
                                        {"time", Type::time},
                                        {"integer", Type::integer},
                                        {"number", Type::number},
                                        {"flag", Type::flag},
                                        {"text", Type::text},
                                        {"texts", Type::texts},
                                        {"path", Type::path},
                                        {"choice", Type::choice},
                                        {"map", Type::map},
                                        {"maps", Type::maps},
                                        {"named_maps", Type::named_maps},
                                        {"named_quantities", Type::named_quantities},
                                        {"any", Type::any}};

[[noreturn]] void wrong(const YAML::Node& node, const std::string& what) {
    throw std::logic_error("configs/schema.yaml:" + std::to_string(node.Mark().line + 1) + ": " + what);
}

// A map without `type` at the top of the file is a map of keys.
SchemaEntry read(const YAML::Node& node, bool is_top) {
    SchemaEntry entry;
    if (is_top) {
        entry.type = Type::map;
        for (const auto& key : node) entry.keys.push_back({key.first.as<std::string>(), read(key.second, false)});
        return entry;
    }
    if (!node.IsMap() || !node["type"]) wrong(node, "a key without a type");
    for (const auto& property : node) {
        const auto name = property.first.as<std::string>();
        const auto& value = property.second;
        if (name == "type") {
            const auto it = types.find(value.as<std::string>());
            if (it == types.end()) wrong(value, "unknown type " + value.as<std::string>());
            entry.type = it->second;
        } else if (name == "unit") {
            entry.unit = value.as<std::string>();
        } else if (name == "help") {
            entry.help = value.as<std::string>();
        } else if (name == "default") {
            YAML::Emitter out;
            out << YAML::Flow << value;
            entry.default_text = out.c_str();
        } else if (name == "required") {
            entry.required = value.as<bool>();
        } else if (name == "min") {
            entry.min = value.as<double>();
        } else if (name == "max") {
            entry.max = value.as<double>();
        } else if (name == "values") {
            entry.values = value.as<std::vector<std::string>>();
        } else if (name == "keys") {
            for (const auto& key : value) entry.keys.push_back({key.first.as<std::string>(), read(key.second, false)});
        } else if (name == "others") {
            entry.others.push_back(read(value, false));
        } else {
            wrong(property.first, "unknown property " + name);
        }
    }
    return entry;
}

const std::map<std::string, SchemaEntry>& all() {
    static const auto entries = [] {
        std::map<std::string, SchemaEntry> result;
        for (const auto& top : YAML::Load(schema_text))
            result.emplace(top.first.as<std::string>(), read(top.second, true));
        return result;
    }();
    return entries;
}

}  // namespace

const SchemaEntry* SchemaEntry::find(std::string_view key) const {
    for (const auto& [name, entry] : keys)
        if (name == key) return &entry;
    return others.empty() ? nullptr : &others.front();
}

std::vector<std::string> SchemaEntry::key_names() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : keys) names.push_back(name);
    return names;
}

const SchemaEntry& schema(std::string_view name) {
    if (const auto it = all().find(std::string(name)); it != all().end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [known, entry] : all()) names.push_back(known);
    throw UserError({"schema '" + std::string(name) + "'", "is not a kind of input file", did_you_mean(name, names)});
}

std::string_view schema_yaml() {
    return schema_text;
}

}  // namespace ngv
