// A metabolic model as it stands in its file: parameters, inputs, states with their rates, expressions, running totals,
// variants, and how exchanged fields meet the equations. models/jolivet2015.yaml shows every part.
//
//     ModelFile model = ModelFile::shipped_or_file("jolivet2015");
//     OdeSystem system(model, {.variant = "coupled"});                      // ode_system.hpp
//
// Reading checks names of keys, numbers and units; the expressions are read when a variant is built.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ngv::metabolism {

/// A piece of text with the place it comes from, "file:line".
struct Formula {
    std::string text;
    std::string where;
    std::string unit = {};  ///< of its value; empty if the file does not say
};

template <class T>
using Named = std::vector<std::pair<std::string, T>>;  ///< in the file's order

struct Parameter {
    double value;
    std::string unit;
};

struct ModelInput {
    Formula default_value;  ///< of parameters and numbers
    std::string unit;
    std::optional<double> min, max;
};

struct StateSpec {
    double start;
    std::string unit;
    Formula rate;
    std::optional<double> min, max;
    std::optional<double> scale;  ///< of errors that matter; by default the start value
};

struct Integral {
    std::string unit;
    Formula rate;
};

struct Macro {
    std::vector<std::string> arguments;
    Formula body;
};

struct Variant {
    std::string about;
    std::string extends = {};                       ///< an earlier variant, whose parts hold unless replaced here
    std::map<std::string, double> parameters = {};  ///< other values than the file's
    std::vector<std::string> without = {};          ///< states that are not integrated
    Named<ModelInput> inputs = {};
    Named<Formula> expressions = {};  ///< replace those of the same name
};

/// An exchanged pool: `value` is a state or expression (mM), `use` the input that takes what the others used (mM/s).
struct PoolRole {
    std::string value;
    std::string use;     ///< empty: the pool follows from others
    std::string linked;  ///< input set to 1 when the field is connected; may be empty
};

struct StateRole {
    std::string input;
    std::string linked;
};

/// An input that depends on the cortical layer of a cell: values of layers 1, 2, ..., divided by `relative_to`.
struct LayerRole {
    std::string input;
    std::vector<double> of;
    double relative_to = 1;
};

struct Coupling {
    std::string variant = "coupled";  ///< the one that takes part in a tissue
    std::map<std::string, PoolRole> pools;
    std::map<std::string, StateRole> states;
    std::map<std::string, std::string> amounts;  ///< field -> integral
    std::optional<LayerRole> layers = {};
};

struct ModelFile {
    std::string name, about, source;  ///< `source`: file name or "shipped model x"
    std::vector<std::string> literature;
    Named<Macro> functions;
    Named<Parameter> parameters;
    Named<ModelInput> inputs;
    Named<StateSpec> states;
    Named<Formula> expressions;
    Named<Integral> integrals;
    Named<Variant> variants;
    Coupling coupling;
    std::map<std::string, std::string> reports;  ///< alias -> state, input or expression

    /// Throws ONE UserError with every problem of the file.
    static ModelFile parse(const std::string& text, const std::string& source);
    static ModelFile load(const std::filesystem::path& file);
    /// The name of a model that comes with the program, or a path (relative to `folder`).
    static ModelFile shipped_or_file(const std::string& name, const std::filesystem::path& folder = {});
    static std::vector<std::string> shipped();

    const Variant& variant(const std::string& name) const;  ///< UserError with the nearest name
};

}  // namespace ngv::metabolism
