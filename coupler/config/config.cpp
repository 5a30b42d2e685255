#include "coupler/config/config.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/uuid/detail/sha1.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "coupler/config/files.hpp"
#include "coupler/config/schema.hpp"
#include "coupler/config/units.hpp"

namespace ngv {

using Type = SchemaEntry::Type;

namespace {

struct Source {
    std::filesystem::path file;
    std::string text;
};

const char* type_name(Type type) {
    switch (type) {
        case Type::quantity:
            return "a number with a unit";
        case Type::quantities:
            return "a list of numbers with units";
        case Type::time:
            return "a time with a unit";
        case Type::integer:
            return "a whole number";
        case Type::number:
            return "a number";
        case Type::flag:
            return "true or false";
        case Type::text:
            return "a text";
        case Type::texts:
            return "a list of texts";
        case Type::path:
            return "a path";
        case Type::choice:
            return "one of a few words";
        case Type::map:
            return "a mapping of keys";
        case Type::maps:
            return "a list of mappings";
        case Type::named_maps:
            return "a mapping of names to mappings";
        case Type::named_quantities:
            return "a mapping of names to numbers with units";
        case Type::any:
            return "anything";
    }
    return "";
}

std::string place(const Source& source, const YAML::Mark& mark) {
    return mark.is_null() ? source.file.string() : fmt::format("{}:{}", source.file.string(), mark.line + 1);
}

// Walks the file and its schema together and collects every problem.
class Validator {
  public:
    Validator(const Source& source, std::vector<Problem>& problems) : source_(source), problems_(problems) {}

    /// Removes what is wrong, so that a later getter sees it as not set.
    void map(YAML::Node node, const SchemaEntry& schema, const std::string& name) {
        if (!node.IsMap())
            return problem(node, fmt::format("'{}' is {}", name, found(node)), "expected a mapping of keys");
        std::set<std::string> seen;
        std::vector<std::string> wrong;
        for (const auto& item : node) {
            const auto key = item.first.as<std::string>();
            if (!seen.insert(key).second)
                problem(item.first, fmt::format("key '{}' stands twice in '{}'", key, name), "keep one of them");
            const auto* entry = schema.find(key);
            if (!entry) {
                problem(item.first, fmt::format("unknown key '{}' in '{}'", key, name),
                        did_you_mean(key, schema.key_names()));
                wrong.push_back(key);
            } else if (!value(item.second, *entry, name + "." + key)) {
                wrong.push_back(key);
            }
        }
        for (const auto& [key, entry] : schema.keys)
            if (entry.required && !node[key])
                problem(node, fmt::format("key '{}' is missing in '{}'", key, name),
                        fmt::format("{}: {}", type_name(entry.type), entry.help));
        for (const auto& key : wrong) node.remove(key);
    }

  private:
    static std::string found(const YAML::Node& node) {
        if (node.IsNull()) return "empty";
        if (node.IsSequence()) return "a list";
        if (node.IsMap()) return "a mapping";
        return "'" + node.Scalar() + "'";
    }

    void problem(const YAML::Node& node, std::string what, std::string fix) {
        problems_.push_back({place(source_, node.Mark()), std::move(what), std::move(fix)});
    }

    bool mismatch(const YAML::Node& node, const SchemaEntry& entry, const std::string& name) {
        problem(node, fmt::format("'{}' is {}, expected {}", name, found(node), type_name(entry.type)), entry.help);
        return false;
    }

    bool bounded(const YAML::Node& node, double x, const SchemaEntry& entry, const std::string& name) {
        const std::string unit = entry.unit == "1" ? "" : " " + entry.unit;
        if (entry.min && x < *entry.min)
            problem(node, fmt::format("'{}' is {}, expected at least {}{}", name, found(node), *entry.min, unit),
                    entry.help);
        else if (entry.max && x > *entry.max)
            problem(node, fmt::format("'{}' is {}, expected at most {}{}", name, found(node), *entry.max, unit),
                    entry.help);
        else
            return true;
        return false;
    }

    bool scalar_quantity(const YAML::Node& node, const SchemaEntry& entry, const std::string& name) {
        if (!node.IsScalar()) return mismatch(node, entry, name);
        try {
            return bounded(node, parse_quantity(node.Scalar(), entry.unit), entry, name);
        } catch (const UserError& error) {
            for (const auto& p : error.problems())
                problem(node, fmt::format("'{}': {} {}", name, p.where, p.what), p.fix);
            return false;
        }
    }

    template <class T>
    bool scalar(const YAML::Node& node, const SchemaEntry& entry, const std::string& name) {
        T x{};
        if (!node.IsScalar() || !YAML::convert<T>::decode(node, x)) return mismatch(node, entry, name);
        if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>)
            return bounded(node, static_cast<double>(x), entry, name);
        return true;
    }

    bool value(YAML::Node node, const SchemaEntry& entry, const std::string& name) {
        switch (entry.type) {
            case Type::quantity:
                return scalar_quantity(node, entry, name);
            case Type::number:
                return scalar<double>(node, entry, name);
            case Type::integer:
                return scalar<std::int64_t>(node, entry, name);
            case Type::flag:
                return scalar<bool>(node, entry, name);
            case Type::text:
            case Type::path:
                return node.IsScalar() ? true : mismatch(node, entry, name);
            case Type::time:
                if (!node.IsScalar()) return mismatch(node, entry, name);
                try {
                    return bounded(node, static_cast<double>(parse_ticks(node.Scalar())), entry, name);
                } catch (const UserError& error) {
                    for (const auto& p : error.problems())
                        problem(node, fmt::format("'{}': {} {}", name, p.where, p.what), p.fix);
                    return false;
                }
            case Type::choice:
                if (!node.IsScalar()) return mismatch(node, entry, name);
                if (std::find(entry.values.begin(), entry.values.end(), node.Scalar()) != entry.values.end())
                    return true;
                problem(node,
                        fmt::format("'{}' is '{}', expected one of: {}", name, node.Scalar(),
                                    fmt::join(entry.values, ", ")),
                        did_you_mean(node.Scalar(), entry.values));
                return false;
            case Type::texts:
            case Type::quantities: {
                if (!node.IsSequence()) return mismatch(node, entry, name);
                bool ok = true;
                for (const auto& item : node)
                    ok &= entry.type == Type::texts ? (item.IsScalar() || mismatch(item, entry, name))
                                                    : scalar_quantity(item, entry, name);
                return ok;
            }
            case Type::map:
                if (node.IsNull()) return true;
                map(node, entry, name);
                return node.IsMap();
            case Type::maps:
                if (!node.IsSequence()) return mismatch(node, entry, name);
                for (const auto& item : node) map(item, entry, name);
                return true;
            case Type::named_maps:
                if (!node.IsMap()) return mismatch(node, entry, name);
                for (const auto& item : node)
                    if (!item.second.IsNull()) map(item.second, entry, name + "." + item.first.as<std::string>());
                return true;
            case Type::named_quantities: {
                if (!node.IsMap()) return mismatch(node, entry, name);
                bool ok = true;
                for (const auto& item : node)
                    ok &= scalar_quantity(item.second, entry, name + "." + item.first.as<std::string>());
                return ok;
            }
            case Type::any:
                return true;
        }
        return true;
    }

    const Source& source_;
    std::vector<Problem>& problems_;
};

}  // namespace

struct Config::Node {
    std::shared_ptr<const Source> source;
    YAML::Node yaml;            ///< this mapping; undefined when the file does not have it
    const SchemaEntry* schema;  ///< describes the mapping's keys
    YAML::Mark mark;            ///< where it stands, or where its nearest parent does
    std::string name;

    /// The schema of a key of this mapping; asking for one that the schema does not have is a bug of the caller.
    const SchemaEntry& entry(std::string_view key) const {
        if (schema->type == Type::named_maps && schema_of_name) return *schema_of_name;
        if (schema->type == Type::any) return *schema;  // what is below anything is anything
        const auto* found = schema->find(key);
        if (!found) throw std::logic_error(fmt::format("configs/schema.yaml has no key '{}' in '{}'", key, name));
        return *found;
    }
    YAML::Node set(std::string_view key) const {
        return yaml.IsDefined() && yaml.IsMap() ? yaml[std::string(key)] : YAML::Node(YAML::NodeType::Undefined);
    }

    const SchemaEntry* schema_of_name = nullptr;  ///< named_maps: every name has this one

    /// The value in the file, or the schema's default; error if there is neither.
    YAML::Node get(std::string_view key) const {
        if (auto node = set(key); node.IsDefined()) return node;
        if (schema->type == Type::named_quantities) missing(key);
        if (const auto& e = entry(key); e.default_text) return YAML::Load(*e.default_text);
        missing(key);
    }
    [[noreturn]] void missing(std::string_view key) const {
        const std::string help = schema->find(key) ? schema->find(key)->help : "";
        throw UserError({place(*source, mark), fmt::format("key '{}' is missing in '{}'", key, name), help});
    }
};

Config::Config(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

namespace {

std::string read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file)) throw cannot_open(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

static std::shared_ptr<Config::Node> validated(std::shared_ptr<const Source> source, std::string_view schema_name,
                                               std::vector<Problem>& problems) {
    auto node = std::make_shared<Config::Node>();
    node->source = source;
    node->schema = &schema(schema_name);
    node->name = schema_name;
    try {
        node->yaml = YAML::Load(source->text);
    } catch (const YAML::Exception& error) {
        problems.push_back({place(*source, error.mark), "is not valid YAML: " + error.msg,
                            "check indentation, colons and quotes near this line"});
        return node;
    }
    if (node->yaml.IsNull()) node->yaml = YAML::Node(YAML::NodeType::Map);
    node->mark = node->yaml.Mark();
    Validator(*source, problems).map(node->yaml, *node->schema, node->name);
    return node;
}

Config Config::load(const std::filesystem::path& file, std::string_view schema, std::vector<Problem>& problems) {
    return Config(validated(std::make_shared<Source>(Source{file, read_text(file)}), schema, problems));
}

Config Config::load(const std::filesystem::path& file, std::string_view schema) {
    std::vector<Problem> problems;
    auto config = load(file, schema, problems);
    if (!problems.empty()) throw UserError(std::move(problems));
    return config;
}

Config Config::parse(const std::string& text, std::string_view schema, const std::string& name) {
    std::vector<Problem> problems;
    Config config(validated(std::make_shared<Source>(Source{name, text}), schema, problems));
    if (!problems.empty()) throw UserError(std::move(problems));
    return config;
}

bool Config::has(std::string_view key) const {
    if (is_set(key)) return true;
    const auto* entry = node_->schema->find(key);
    return entry && entry->default_text;
}

bool Config::is_set(std::string_view key) const {
    return node_->set(key).IsDefined();
}

Config Config::operator[](std::string_view key) const {
    const auto& entry = node_->entry(key);
    auto child = std::make_shared<Node>(*node_);
    child->name = node_->name + "." + std::string(key);
    const auto set = node_->set(key);
    child->yaml.reset(set.IsDefined() ? set : YAML::Node(YAML::NodeType::Map));
    if (set.IsDefined() && set.IsNull()) child->yaml.reset(YAML::Node(YAML::NodeType::Map));
    const bool is_item = node_->schema_of_name != nullptr;
    if (!set.IsDefined() && entry.default_text && !is_item) child->yaml.reset(YAML::Load(*entry.default_text));
    if (set.IsDefined()) child->mark = set.Mark();
    child->schema = &entry;
    // A named map is entered twice: by its own key, then by a name; the second time its keys are those of `keys`.
    child->schema_of_name = entry.type == Type::named_maps && !is_item ? &entry : nullptr;
    return Config(child);
}

std::vector<Config> Config::list(std::string_view key) const {
    const auto& entry = node_->entry(key);
    YAML::Node set = node_->set(key);
    if (!set.IsDefined() && entry.default_text) set = YAML::Load(*entry.default_text);
    std::vector<Config> result;
    if (!set.IsDefined() || !set.IsSequence()) return result;
    for (const auto& item : set) {
        auto child = std::make_shared<Node>(*node_);
        child->yaml.reset(item);
        child->mark = item.Mark();
        child->schema = &entry;
        child->name = fmt::format("{}[{}]", key, result.size());
        result.push_back(Config(child));
    }
    return result;
}

std::vector<std::string> Config::keys() const {
    std::vector<std::string> result;
    if (node_->yaml.IsDefined() && node_->yaml.IsMap())
        for (const auto& item : node_->yaml) result.push_back(item.first.as<std::string>());
    return result;
}

double Config::quantity(std::string_view key, std::string_view unit) const {
    return parse_quantity(node_->get(key).Scalar(), unit);
}

std::vector<double> Config::quantities(std::string_view key, std::string_view unit) const {
    std::vector<double> result;
    for (const auto& item : node_->get(key)) result.push_back(parse_quantity(item.Scalar(), unit));
    return result;
}

Tick Config::ticks(std::string_view key) const {
    return parse_ticks(node_->get(key).Scalar());
}
std::int64_t Config::integer(std::string_view key) const {
    return node_->get(key).as<std::int64_t>();
}
bool Config::flag(std::string_view key) const {
    return node_->get(key).as<bool>();
}
std::string Config::text(std::string_view key) const {
    return node_->get(key).as<std::string>();
}
std::vector<std::string> Config::texts(std::string_view key) const {
    return node_->get(key).as<std::vector<std::string>>();
}

std::filesystem::path Config::path(std::string_view key) const {
    const std::filesystem::path value = text(key);
    return value.is_absolute() ? value : (node_->source->file.parent_path() / value).lexically_normal();
}

std::string Config::where(std::string_view key) const {
    if (!key.empty())
        if (const auto set = node_->set(key); set.IsDefined()) return place(*node_->source, set.Mark());
    return place(*node_->source, node_->mark);
}

UserError Config::error(std::string_view key, std::string what, std::string fix) const {
    return UserError({where(key), (key.empty() ? "" : fmt::format("'{}': ", key)) + what, std::move(fix)});
}

std::string Config::digest() const {
    boost::uuids::detail::sha1 sha;
    sha.process_bytes(node_->source->text.data(), node_->source->text.size());
    unsigned int words[5];
    sha.get_digest(words);
    return fmt::format("{:08x}{:08x}{:08x}{:08x}{:08x}", words[0], words[1], words[2], words[3], words[4]);
}

const std::filesystem::path& Config::file() const {
    return node_->source->file;
}

}  // namespace ngv
