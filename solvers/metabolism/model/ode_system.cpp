#include "solvers/metabolism/model/ode_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/model/derivative.hpp"
#include "solvers/common/model/parser.hpp"

namespace ngv::metabolism {

using model::Expr;
using model::Names;

/// Resolves names of one variant to expressions; an expression is read when somebody first asks for it.
class OdeBuilder {
  public:
    OdeBuilder(const ModelFile& file, const OdeOptions& options)
        : file_(file), variant_(file.variant(options.variant)), options_(options) {
        names_.find = [this](std::string_view name) { return find(std::string(name)); };
        for (const auto& [name, p] : file.parameters) {
            const auto it = options.parameters.find(name);
            const auto in_variant = variant_.parameters.find(name);
            const double usual = in_variant == variant_.parameters.end() ? p.value : in_variant->second;
            parameters_[name] = it == options.parameters.end() ? usual : it->second;
        }
        for (const auto& [name, formula] : file.expressions) formulas_[name] = &formula;
        for (const auto& [name, formula] : variant_.expressions) formulas_[name] = &formula;
        add_inputs(file.inputs);
        add_inputs(variant_.inputs);
        for (const auto& [name, p] : file.parameters)
            if (std::find(options.per_cell.begin(), options.per_cell.end(), name) != options.per_cell.end())
                inputs_.push_back({.name = name, .unit = p.unit, .start = parameters_[name]});
        for (const auto& [name, state] : file.states)
            if (std::find(variant_.without.begin(), variant_.without.end(), name) == variant_.without.end())
                states_.emplace_back(name, &state);
        for (const auto& [name, _] : states_) names_.known.push_back(name);
        for (const auto& q : inputs_) names_.known.push_back(q.name);
        for (const auto& [name, _] : parameters_) names_.known.push_back(name);
        for (const auto& [name, _] : formulas_) names_.known.push_back(name);
        names_.known.push_back("t");
        for (const auto& [name, macro] : file.functions) add_function(name, macro);
        check_options();
    }

    Expr read(const Formula& formula) { return model::parse(graph_, formula.text, names_, formula.where); }

    /// The expression behind a name, or nothing if this variant does not have it.
    std::optional<Expr> find(const std::string& name) {
        for (auto scope = arguments_.rbegin(); scope != arguments_.rend(); ++scope) {
            if (const auto it = scope->find(name); it != scope->end()) return it->second;
            break;  // a function sees its own arguments and the model's names
        }
        if (const auto it = known_.find(name); it != known_.end()) return it->second;
        const auto made = make(name);
        if (made) known_.emplace(name, *made);
        return made;
    }

    /// After an error in the middle of an expression.
    void forget_unfinished() {
        arguments_.clear();
        open_.clear();
    }

    std::shared_ptr<model::Graph> graph() { return shared_; }
    std::vector<Expr> registers() {
        std::vector<Expr> result;
        for (const auto& [name, _] : states_) result.push_back(graph_.symbol(name));
        for (const auto& [name, _] : file_.integrals) result.push_back(graph_.symbol("integral " + name));
        for (const auto& q : inputs_) result.push_back(graph_.symbol(q.name));
        result.push_back(graph_.symbol("t"));
        return result;
    }

    /// The unit that the file gives an expression.
    std::string unit(const std::string& expression) const {
        for (const auto* list : {&variant_.expressions, &file_.expressions})
            for (const auto& [name, formula] : *list)
                if (name == expression && !formula.unit.empty()) return formula.unit;
        return "";
    }

    std::vector<Quantity> inputs_;
    Named<const StateSpec*> states_;

  private:
    void add_inputs(const Named<ModelInput>& inputs) {
        for (const auto& [name, input] : inputs)
            if (!options_.inputs.contains(name)) {
                inputs_.push_back({.name = name,
                                   .unit = input.unit,
                                   .min = input.min.value_or(-1e300),
                                   .max = input.max.value_or(1e300)});
                inputs_.back().start = constant(input.default_value);
            }
    }

    // A default is an expression of parameters alone.
    double constant(const Formula& formula) {
        const Names names{.find = [&](std::string_view name) -> std::optional<Expr> {
                              const auto it = parameters_.find(std::string(name));
                              if (it == parameters_.end()) return {};
                              return graph_.constant(it->second);
                          },
                          .known = {},
                          .functions = {}};
        const Expr e = model::parse(graph_, formula.text, names, formula.where);
        return graph_[e].value;
    }

    void add_function(const std::string& name, const Macro& macro) {
        names_.functions[name] = {
            macro.arguments.size(), [this, &macro](const std::vector<Expr>& values) {
                std::map<std::string, Expr> scope;
                for (std::size_t i = 0; i < values.size(); ++i) scope.emplace(macro.arguments[i], values[i]);
                if (arguments_.size() > 20)
                    throw UserError({macro.body.where, "functions call each other in a circle", ""});
                arguments_.push_back(std::move(scope));
                const Expr e = read(macro.body);
                arguments_.pop_back();
                return e;
            }};
    }

    std::optional<Expr> make(const std::string& name) {
        if (name == "t") return graph_.symbol(name);
        for (const auto& [state, _] : states_)
            if (state == name) return graph_.symbol(name);
        for (const auto& q : inputs_)
            if (q.name == name) return graph_.symbol(name);
        if (const auto it = options_.inputs.find(name); it != options_.inputs.end()) return once(name, it->second);
        if (const auto it = parameters_.find(name); it != parameters_.end()) return graph_.constant(it->second);
        if (const auto it = formulas_.find(name); it != formulas_.end()) return once(name, *it->second);
        return {};
    }

    Expr once(const std::string& name, const Formula& formula) {
        if (!open_.insert(name).second)
            throw UserError({formula.where, fmt::format("'{}' depends on itself", name), "break the circle"});
        auto outer = std::exchange(arguments_, {});
        const Expr e = read(formula);
        arguments_ = std::move(outer);
        open_.erase(name);
        return e;
    }

    void check_options() {
        std::vector<std::string> parameters, inputs;
        for (const auto& [name, _] : parameters_) parameters.push_back(name);
        for (const auto& list : {file_.inputs, variant_.inputs})
            for (const auto& [name, _] : list) inputs.push_back(name);
        std::vector<Problem> problems;
        const auto check = [&](const std::string& name, const std::vector<std::string>& known, const char* kind) {
            if (std::find(known.begin(), known.end(), name) == known.end())
                problems.push_back({file_.source, fmt::format("no {} '{}'", kind, name), did_you_mean(name, known)});
        };
        for (const auto& [name, _] : options_.parameters) check(name, parameters, "parameter");
        for (const auto& name : options_.per_cell) check(name, parameters, "parameter");
        for (const auto& [name, _] : options_.inputs) check(name, inputs, "input");
        if (!problems.empty()) throw UserError(std::move(problems));
    }

    const ModelFile& file_;
    const Variant& variant_;
    const OdeOptions& options_;
    std::shared_ptr<model::Graph> shared_ = std::make_shared<model::Graph>();
    model::Graph& graph_ = *shared_;
    Names names_;
    std::map<std::string, double> parameters_;
    std::map<std::string, const Formula*> formulas_;
    std::map<std::string, Expr> known_;
    std::set<std::string> open_;
    std::vector<std::map<std::string, Expr>> arguments_;
};

OdeSystem::OdeSystem(const ModelFile& model, const OdeOptions& options) : model_(model), options_(options) {
    OdeBuilder builder(model_, options_);
    graph_ = builder.graph();
    inputs_ = builder.inputs_;
    num_states_ = builder.states_.size();

    std::vector<Expr> rates;
    std::vector<Problem> problems;
    const auto rate = [&](const Formula& formula) {
        try {
            rates.push_back(builder.read(formula));
        } catch (const UserError& error) {
            builder.forget_unfinished();
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        }
    };
    for (const auto& [name, state] : builder.states_) {
        // What a state starts with tells how large it is.
        const double scale = state->scale ? *state->scale : std::max(std::fabs(state->start), 1e-6);
        integrated_.push_back(
            {name, state->unit, state->start, state->min.value_or(-1e300), state->max.value_or(1e300), scale, false});
        rate(state->rate);
    }
    for (const auto& [name, integral] : model_.integrals) {
        integrated_.push_back({.name = name, .unit = integral.unit, .is_integral = true});
        rate(integral.rate);
    }
    if (!problems.empty()) throw UserError(std::move(problems));

    registers_ = builder.registers();
    rate_exprs_ = rates;
    differentiate();
}

OdeSystem::OdeSystem(OdeParts parts)
    : integrated_(std::move(parts.states)),
      inputs_(std::move(parts.inputs)),
      num_states_(integrated_.size()),
      graph_(std::move(parts.graph)),
      rate_exprs_(std::move(parts.rates)),
      shown_(std::move(parts.shown)) {
    model_.name = parts.name;
    model_.source = parts.source;
    for (const auto* list : {&integrated_, &inputs_})
        for (const auto& q : *list) registers_.push_back(graph_->symbol(q.name));
    registers_.push_back(graph_->symbol(parts.time));
    differentiate();
}

void OdeSystem::differentiate() {
    auto& graph = *graph_;
    std::vector<std::vector<Expr>> columns(size());
    for (std::size_t j = 0; j < num_states_; ++j) {
        model::Derivative by(graph, registers_[j]);
        for (std::size_t i = 0; i < size(); ++i) columns[j].push_back(by(rate_exprs_[i]));
    }
    for (std::size_t i = 0; i < size(); ++i)
        for (std::size_t j = 0; j < num_states_; ++j)
            if (!graph.is_constant(columns[j][i], 0)) {
                pattern_.push_back({i, j});
                entry_exprs_.push_back(columns[j][i]);
            }
    model::Derivative by_time(graph, registers_.back());
    for (std::size_t i = 0; i < size(); ++i)
        if (const Expr e = by_time(rate_exprs_[i]); !graph.is_constant(e, 0)) {
            time_rows_.push_back(i);
            time_exprs_.push_back(e);
        }
    std::vector<Expr> outputs = rate_exprs_;
    outputs.insert(outputs.end(), entry_exprs_.begin(), entry_exprs_.end());
    outputs.insert(outputs.end(), time_exprs_.begin(), time_exprs_.end());
    rates_ = model::Tape(graph, rate_exprs_, registers_);
    derivatives_ = model::Tape(graph, outputs, registers_);
    lu_ = model::SparseLu(size(), pattern_);
}

namespace {

std::size_t place(const std::vector<Quantity>& list, const std::string& name, bool integral, const ModelFile& model,
                  const char* kind) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].is_integral != integral) continue;
        if (list[i].name == name) return i;
        names.push_back(list[i].name);
    }
    throw UserError({model.source, fmt::format("no {} '{}'", kind, name), did_you_mean(name, names)});
}

}  // namespace

std::size_t OdeSystem::state(const std::string& name) const {
    return place(integrated_, name, false, model_, "state");
}
std::size_t OdeSystem::integral(const std::string& name) const {
    return place(integrated_, name, true, model_, "integral");
}
std::size_t OdeSystem::input(const std::string& name) const {
    return place(inputs_, name, false, model_, "input");
}

std::vector<std::string> OdeSystem::observable_names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < num_states_; ++i) names.push_back(integrated_[i].name);
    for (const auto& q : inputs_) names.push_back(q.name);
    for (const auto& [name, _] : model_.expressions) names.push_back(name);
    for (const auto& [alias, _] : model_.reports) names.push_back(alias);
    for (const auto& [name, _] : shown_)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
}

OdeSystem::Observables OdeSystem::observe(const std::vector<std::string>& names) const {
    if (!shown_.empty()) return observe_shown(names);
    OdeBuilder builder(model_, options_);
    Observables result;
    std::vector<Expr> outputs;
    for (const auto& name : names) {
        const auto alias = model_.reports.find(name);
        const auto& target = alias == model_.reports.end() ? name : alias->second;
        const auto e = builder.find(target);
        if (!e)
            throw UserError({model_.source, fmt::format("no state, input or expression '{}'", name),
                             did_you_mean(name, observable_names())});
        outputs.push_back(*e);
        Quantity q{.name = name, .unit = builder.unit(target)};
        for (const auto* list : {&integrated_, &inputs_})
            for (const auto& known : *list)
                if (known.name == target) q.unit = known.unit;
        result.quantities.push_back(q);
    }
    result.tape = model::Tape(*builder.graph(), outputs, builder.registers());
    return result;
}

OdeSystem::Observables OdeSystem::observe_shown(const std::vector<std::string>& names) const {
    Observables result;
    std::vector<Expr> outputs;
    for (const auto& name : names) {
        const auto it = shown_.find(name);
        if (it == shown_.end())
            throw UserError(
                {model_.source, fmt::format("no variable '{}'", name), did_you_mean(name, observable_names())});
        outputs.push_back(it->second.first);
        Quantity q;
        q.name = name;
        q.unit = it->second.second;
        result.quantities.push_back(q);
    }
    result.tape = model::Tape(*graph_, outputs, registers_);
    return result;
}

}  // namespace ngv::metabolism
