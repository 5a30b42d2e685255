#include "solvers/metabolism/model/model_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "coupler/config/units.hpp"
#include "ngv/error.hpp"

namespace ngv::metabolism {

extern const std::map<std::string, const char*> shipped_models;  // shipped_models.cpp.in

namespace {

// Reads the file's mappings key by key; collects problems instead of stopping at the first.
class Reader {
  public:
    Reader(const std::string& source, std::vector<Problem>& problems) : source_(source), problems_(problems) {}

    std::string where(const YAML::Node& node) const {
        const auto mark = node.Mark();
        return mark.is_null() ? source_ : fmt::format("{}:{}", source_, mark.line + 1);
    }
    void problem(const YAML::Node& node, std::string what, std::string fix = {}) {
        problems_.push_back({where(node), std::move(what), std::move(fix)});
    }

    /// Visits the keys of a mapping; unknown ones are problems.
    using Visitors = std::map<std::string, std::function<void(const YAML::Node&)>>;
    void keys(const YAML::Node& node, const std::string& name, const Visitors& visitors,
              const std::vector<std::string>& required = {}) {
        if (!node.IsMap()) return problem(node, fmt::format("'{}' is not a mapping of keys", name));
        for (const auto& item : node) {
            const auto key = item.first.Scalar();
            const auto it = visitors.find(key);
            if (it == visitors.end()) {
                std::vector<std::string> known;
                for (const auto& [k, _] : visitors) known.push_back(k);
                problem(item.first, fmt::format("unknown key '{}' in '{}'", key, name), did_you_mean(key, known));
            } else {
                it->second(item.second);
            }
        }
        for (const auto& key : required)
            if (!node[key]) problem(node, fmt::format("key '{}' is missing in '{}'", key, name));
    }
    void named(const YAML::Node& node, const std::string& name,
               const std::function<void(const std::string&, const YAML::Node&)>& visit) {
        if (!node.IsMap()) return problem(node, fmt::format("'{}' is not a mapping of names", name));
        std::set<std::string> seen;
        for (const auto& item : node) {
            if (!seen.insert(item.first.Scalar()).second)
                problem(item.first, fmt::format("'{}' stands twice in '{}'", item.first.Scalar(), name));
            visit(item.first.Scalar(), item.second);
        }
    }

    std::string text(const YAML::Node& node) {
        if (!node.IsScalar()) problem(node, "expected a text");
        return node.IsScalar() ? node.Scalar() : "";
    }
    std::vector<std::string> texts(const YAML::Node& node) {
        std::vector<std::string> result;
        if (!node.IsSequence()) problem(node, "expected a list of texts");
        for (const auto& item : node) result.push_back(text(item));
        return result;
    }
    Formula formula(const YAML::Node& node) { return {text(node), where(node)}; }
    /// `name: text` or `name: {is: text, unit: mM}`.
    Formula expression(const YAML::Node& node, const std::string& name) {
        if (node.IsScalar()) return formula(node);
        Formula result;
        keys(node, name,
             {{"is",
               [&](const YAML::Node& n) {
                   result = {text(n), where(n), result.unit};
               }},
              {"unit", [&](const YAML::Node& n) { result.unit = unit(n); }},
              {"about", [&](const YAML::Node& n) { text(n); }}},
             {"is"});
        return result;
    }
    double number(const YAML::Node& node) {
        double value = 0;
        if (!node.IsScalar() || !YAML::convert<double>::decode(node, value))
            problem(node, fmt::format("'{}' is not a number", node.IsScalar() ? node.Scalar() : "..."));
        return value;
    }
    std::string unit(const YAML::Node& node) {
        const auto name = text(node);
        try {
            unit_factor(name, name);
        } catch (const UserError& error) {
            for (const auto& p : error.problems()) problem(node, p.where + " " + p.what, p.fix);
        }
        return name;
    }

    ModelInput input(const YAML::Node& node, const std::string& name) {
        ModelInput input;
        keys(node, name,
             {{"default", [&](const YAML::Node& n) { input.default_value = formula(n); }},
              {"unit", [&](const YAML::Node& n) { input.unit = unit(n); }},
              {"min", [&](const YAML::Node& n) { input.min = number(n); }},
              {"max", [&](const YAML::Node& n) { input.max = number(n); }},
              {"about", [&](const YAML::Node& n) { text(n); }}},
             {"default", "unit"});
        return input;
    }
    Named<ModelInput> inputs(const YAML::Node& node) {
        Named<ModelInput> result;
        named(node, "inputs",
              [&](const std::string& name, const YAML::Node& n) { result.emplace_back(name, input(n, name)); });
        return result;
    }
    Named<Formula> formulas(const YAML::Node& node) {
        Named<Formula> result;
        named(node, "expressions",
              [&](const std::string& name, const YAML::Node& n) { result.emplace_back(name, expression(n, name)); });
        return result;
    }

    Parameter parameter(const YAML::Node& node, const std::string& name) {
        Parameter p{};
        keys(node, name,
             {{"value", [&](const YAML::Node& n) { p.value = number(n); }},
              {"unit", [&](const YAML::Node& n) { p.unit = unit(n); }},
              {"about", [&](const YAML::Node& n) { text(n); }}},
             {"value", "unit"});
        return p;
    }
    StateSpec state(const YAML::Node& node, const std::string& name) {
        StateSpec s{};
        keys(node, name,
             {{"start", [&](const YAML::Node& n) { s.start = number(n); }},
              {"unit", [&](const YAML::Node& n) { s.unit = unit(n); }},
              {"rate", [&](const YAML::Node& n) { s.rate = formula(n); }},
              {"min", [&](const YAML::Node& n) { s.min = number(n); }},
              {"max", [&](const YAML::Node& n) { s.max = number(n); }},
              {"scale", [&](const YAML::Node& n) { s.scale = number(n); }},
              {"about", [&](const YAML::Node& n) { text(n); }}},
             {"start", "unit", "rate"});
        if ((s.min && s.start < *s.min) || (s.max && s.start > *s.max))
            problem(node, fmt::format("'{}' starts at {}, outside its range", name, s.start));
        return s;
    }
    Integral integral(const YAML::Node& node, const std::string& name) {
        Integral result;
        keys(node, name,
             {{"unit", [&](const YAML::Node& n) { result.unit = unit(n); }},
              {"rate", [&](const YAML::Node& n) { result.rate = formula(n); }},
              {"about", [&](const YAML::Node& n) { text(n); }}},
             {"unit", "rate"});
        return result;
    }
    Macro macro(const YAML::Node& node, const std::string& name) {
        Macro result;
        keys(node, name,
             {{"of", [&](const YAML::Node& n) { result.arguments = texts(n); }},
              {"is", [&](const YAML::Node& n) { result.body = formula(n); }},
              {"about", [&](const YAML::Node& n) { text(n); }}},
             {"of", "is"});
        return result;
    }
    Variant variant(const YAML::Node& node, const std::string& name) {
        Variant v;
        keys(node, name,
             {{"about", [&](const YAML::Node& n) { v.about = text(n); }},
              {"extends", [&](const YAML::Node& n) { v.extends = text(n); }},
              {"parameters",
               [&](const YAML::Node& n) {
                   named(n, "parameters",
                         [&](const std::string& k, const YAML::Node& m) { v.parameters[k] = number(m); });
               }},
              {"without", [&](const YAML::Node& n) { v.without = texts(n); }},
              {"inputs", [&](const YAML::Node& n) { v.inputs = inputs(n); }},
              {"expressions", [&](const YAML::Node& n) { v.expressions = formulas(n); }}});
        return v;
    }
    Coupling coupling(const YAML::Node& node) {
        Coupling c;
        const auto pool = [&](const std::string& name, const YAML::Node& n) {
            PoolRole& role = c.pools[name];
            keys(n, name,
                 {{"value", [&](const YAML::Node& m) { role.value = text(m); }},
                  {"use", [&](const YAML::Node& m) { role.use = text(m); }},
                  {"linked", [&](const YAML::Node& m) { role.linked = text(m); }}},
                 {"value"});
        };
        const auto state = [&](const std::string& name, const YAML::Node& n) {
            StateRole& role = c.states[name];
            keys(n, name,
                 {{"input", [&](const YAML::Node& m) { role.input = text(m); }},
                  {"linked", [&](const YAML::Node& m) { role.linked = text(m); }}},
                 {"input"});
        };
        const auto layers = [&](const YAML::Node& n) {
            LayerRole role;
            keys(n, "layers",
                 {{"input", [&](const YAML::Node& m) { role.input = text(m); }},
                  {"of",
                   [&](const YAML::Node& m) {
                       if (!m.IsSequence()) return problem(m, "expected a list of numbers, one a layer");
                       for (const auto& value : m) role.of.push_back(number(value));
                   }},
                  {"relative_to", [&](const YAML::Node& m) { role.relative_to = number(m); }}},
                 {"input", "of"});
            c.layers = role;
        };
        keys(node, "coupling",
             {{"variant", [&](const YAML::Node& n) { c.variant = text(n); }},
              {"layers", layers},
              {"pools", [&](const YAML::Node& n) { named(n, "pools", pool); }},
              {"states", [&](const YAML::Node& n) { named(n, "states", state); }},
              {"amounts", [&](const YAML::Node& n) {
                   named(n, "amounts", [&](const std::string& k, const YAML::Node& m) { c.amounts[k] = text(m); });
               }}});
        return c;
    }

  private:
    const std::string& source_;
    std::vector<Problem>& problems_;
};

// A variant holds what it extends: its parameters, inputs, left-out states and expressions, unless it says otherwise.
void resolve(Named<Variant>& variants, const ModelFile& model, std::vector<Problem>& problems) {
    for (auto& [name, variant] : variants) {
        for (const auto& [parameter, _] : variant.parameters) {
            std::vector<std::string> known;
            for (const auto& [k, p] : model.parameters) known.push_back(k);
            if (std::find(known.begin(), known.end(), parameter) == known.end())
                problems.push_back({model.source, fmt::format("variant '{}': no parameter '{}'", name, parameter),
                                    did_you_mean(parameter, known)});
        }
        if (variant.extends.empty()) continue;
        const Variant* base = nullptr;
        std::vector<std::string> earlier;
        for (const auto& [other, candidate] : variants) {
            if (&candidate == &variant) break;
            earlier.push_back(other);
            if (other == variant.extends) base = &candidate;
        }
        if (!base) {
            problems.push_back(
                {model.source,
                 fmt::format("variant '{}' extends '{}', which is not an earlier variant", name, variant.extends),
                 did_you_mean(variant.extends, earlier)});
            continue;
        }
        variant.parameters.insert(base->parameters.begin(), base->parameters.end());
        variant.without.insert(variant.without.end(), base->without.begin(), base->without.end());
        const auto inherit = [](auto& own, const auto& from) {
            for (const auto& item : from)
                if (std::none_of(own.begin(), own.end(), [&](const auto& o) { return o.first == item.first; }))
                    own.push_back(item);
        };
        inherit(variant.inputs, base->inputs);
        inherit(variant.expressions, base->expressions);
    }
}

// A name means one thing; the rates and expressions could not be told apart otherwise.
void check_names(const ModelFile& model, std::vector<Problem>& problems) {
    std::map<std::string, std::string> kinds;
    const auto add = [&](const auto& list, const char* kind) {
        for (const auto& [name, _] : list)
            if (const auto [it, is_new] = kinds.try_emplace(name, kind); !is_new)
                problems.push_back({model.source, fmt::format("'{}' is both {} and {}", name, it->second, kind), ""});
    };
    add(model.parameters, "a parameter");
    add(model.inputs, "an input");
    add(model.states, "a state");
    add(model.expressions, "an expression");
    add(model.integrals, "an integral");
    const auto all = [&] {
        std::vector<std::string> names;
        for (const auto& [name, _] : kinds) names.push_back(name);
        return names;
    };
    for (const auto& [name, variant] : model.variants) {
        for (const auto& state : variant.without)
            if (const auto it = kinds.find(state); it == kinds.end() || it->second != "a state")
                problems.push_back({model.source,
                                    fmt::format("variant '{}' leaves out '{}', which is not a state", name, state),
                                    did_you_mean(state, all())});
        for (const auto& [expression, formula] : variant.expressions)
            if (const auto it = kinds.find(expression); it != kinds.end() && it->second != "an expression")
                problems.push_back(
                    {formula.where,
                     fmt::format("'{}' is {} and cannot be replaced by an expression", expression, it->second), ""});
    }
}

}  // namespace

ModelFile ModelFile::parse(const std::string& text, const std::string& source) {
    ModelFile model;
    model.source = source;
    std::vector<Problem> problems;
    Reader r(model.source, problems);
    YAML::Node root;
    try {
        root = YAML::Load(text);
    } catch (const YAML::Exception& error) {
        throw UserError({fmt::format("{}:{}", source, error.mark.line + 1), "is not valid YAML: " + error.msg,
                         "check indentation, colons and quotes near this line"});
    }
    r.keys(root, "model",
           {{"model", [&](const YAML::Node& n) { model.name = r.text(n); }},
            {"about", [&](const YAML::Node& n) { model.about = r.text(n); }},
            {"literature", [&](const YAML::Node& n) { model.literature = r.texts(n); }},
            {"time_unit",
             [&](const YAML::Node& n) {
                 if (r.text(n) != "s") r.problem(n, "time_unit is '" + r.text(n) + "'", "expected s");
             }},
            {"functions",
             [&](const YAML::Node& n) {
                 r.named(n, "functions", [&](const std::string& name, const YAML::Node& f) {
                     model.functions.emplace_back(name, r.macro(f, name));
                 });
             }},
            {"parameters",
             [&](const YAML::Node& n) {
                 r.named(n, "parameters", [&](const std::string& name, const YAML::Node& p) {
                     model.parameters.emplace_back(name, r.parameter(p, name));
                 });
             }},
            {"inputs", [&](const YAML::Node& n) { model.inputs = r.inputs(n); }},
            {"states",
             [&](const YAML::Node& n) {
                 r.named(n, "states", [&](const std::string& name, const YAML::Node& s) {
                     model.states.emplace_back(name, r.state(s, name));
                 });
             }},
            {"expressions", [&](const YAML::Node& n) { model.expressions = r.formulas(n); }},
            {"integrals",
             [&](const YAML::Node& n) {
                 r.named(n, "integrals", [&](const std::string& name, const YAML::Node& q) {
                     model.integrals.emplace_back(name, r.integral(q, name));
                 });
             }},
            {"variants",
             [&](const YAML::Node& n) {
                 r.named(n, "variants", [&](const std::string& name, const YAML::Node& v) {
                     model.variants.emplace_back(name, r.variant(v, name));
                 });
             }},
            {"coupling", [&](const YAML::Node& n) { model.coupling = r.coupling(n); }},
            {"reports",
             [&](const YAML::Node& n) {
                 r.named(n, "reports",
                         [&](const std::string& name, const YAML::Node& m) { model.reports[name] = r.text(m); });
             }}},
           {"model", "time_unit", "states"});
    resolve(model.variants, model, problems);
    check_names(model, problems);
    if (!problems.empty()) throw UserError(std::move(problems));
    return model;
}

ModelFile ModelFile::load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        throw UserError({file.string(), "no such model file",
                         fmt::format("give a path, or one of the models that come with the program: {}",
                                     fmt::join(shipped(), ", "))});
    return parse({std::istreambuf_iterator<char>(in), {}}, file.string());
}

std::vector<std::string> ModelFile::shipped() {
    std::vector<std::string> names;
    for (const auto& [name, _] : shipped_models) names.push_back(name);
    return names;
}

ModelFile ModelFile::shipped_or_file(const std::string& name, const std::filesystem::path& folder) {
    if (const auto it = shipped_models.find(name); it != shipped_models.end())
        return parse(it->second, "shipped model " + name);
    const std::filesystem::path path = name;
    if (path.extension().empty())
        throw UserError({fmt::format("model '{}'", name),
                         "is not a model that comes with the program, nor a .yaml file",
                         did_you_mean(name, shipped())});
    return load(path.is_absolute() ? path : folder / path);
}

const Variant& ModelFile::variant(const std::string& wanted) const {
    static const Variant plain;
    if (wanted.empty()) return plain;
    std::vector<std::string> names;
    for (const auto& [name, variant] : variants) {
        if (name == wanted) return variant;
        names.push_back(name);
    }
    throw UserError({source, fmt::format("no variant '{}'", wanted), did_you_mean(wanted, names)});
}

}  // namespace ngv::metabolism
