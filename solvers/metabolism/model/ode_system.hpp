// A model's variant as a system of differential equations that can be evaluated for eight cells at once:
// rates, exact Jacobian with its sparsity, derivative by time, running totals, and any named quantity.
//
//     OdeSystem system(model, {.variant = "free", .parameters = {{"blood_exchange", 0}},
//                              .inputs = {{"ge", "1e-3*exp(-t/2.5)"}}, .per_cell = {"kPump_n"}});
//     system.integrated()                    // states, then running totals
//     system.inputs()                        // what each cell brings along: inputs and the parameters of `per_cell`
//     system.compile();                      // once; without it the equations are interpreted: slower, the same bits
//     auto equations = system.equations();   // equations.hpp
//
// Registers of every tape start with: integrated values [n], inputs [m], time [1] (s).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "solvers/common/model/sparse_lu.hpp"
#include "solvers/common/model/tape.hpp"
#include "solvers/common/native/build.hpp"
#include "solvers/metabolism/model/equations.hpp"
#include "solvers/metabolism/model/model_file.hpp"

namespace ngv::metabolism {

struct OdeOptions {
    std::string variant = {};
    std::map<std::string, double> parameters = {};  ///< other values than the file's, in the file's units
    std::map<std::string, Formula> inputs = {};     ///< inputs as expressions of t (s), parameters and states
    std::vector<std::string> per_cell = {};         ///< parameters that differ between cells
};

/// Something with a name, a unit and a value at the start.
struct Quantity {
    std::string name, unit;
    double start = 0;
    double min = -1e300, max = 1e300;
    double scale = 0;  ///< values far below it do not matter: absolute tolerance = relative tolerance * scale
    bool is_integral = false;
};

/// Equations that come as expressions, not as a model file.
struct OdeParts {
    std::string name, source;  ///< source: for messages
    std::shared_ptr<model::Graph> graph;
    std::vector<Quantity> states, inputs;                              ///< each is the symbol of its name in `graph`
    std::string time = "t";                                            ///< the symbol of time
    std::vector<model::Expr> rates;                                    ///< of the states
    std::map<std::string, std::pair<model::Expr, std::string>> shown;  ///< what can be observed: value and unit
};

class OdeSystem {
  public:
    explicit OdeSystem(OdeParts parts);
    /// Throws ONE UserError with every unknown name, wrong expression, or circle of expressions.
    OdeSystem(const ModelFile& model, const OdeOptions& options);

    std::size_t size() const { return integrated_.size(); }  ///< states and running totals
    std::size_t num_states() const { return num_states_; }
    const std::vector<Quantity>& integrated() const { return integrated_; }
    const std::vector<Quantity>& inputs() const { return inputs_; }
    std::size_t state(const std::string& name) const;     ///< UserError with the nearest name
    std::size_t integral(const std::string& name) const;  ///< place among integrated()
    std::size_t input(const std::string& name) const;

    /// Rates alone; rates followed by Jacobian entries and derivatives by time.
    const model::Tape& rates() const { return rates_; }
    const model::Tape& derivatives() const { return derivatives_; }
    /// (row, column) of the Jacobian's entries, in the order of derivatives() after the rates.
    const std::vector<std::pair<std::size_t, std::size_t>>& pattern() const { return pattern_; }
    /// Rows whose rate depends on time by itself, in the order of derivatives() after the Jacobian.
    const std::vector<std::size_t>& time_rows() const { return time_rows_; }
    const model::SparseLu& lu() const { return lu_; }

    /// The rates as expressions, and the symbols they are made of: integrated values, inputs, time.
    const model::Graph& graph() const { return *graph_; }
    const std::vector<model::Expr>& rate_expressions() const { return rate_exprs_; }
    const std::vector<model::Expr>& symbols() const { return registers_; }

    /// Makes machine code of the equations, or takes it from the cache. UserError if there is no compiler.
    /// `for_one_cell`: only lane 0 is computed, as an integrator needs that advances one cell at a time.
    native::BuildReport compile(bool for_one_cell = false);
    bool is_in_cache() const;
    bool is_compiled() const { return library_ != nullptr; }
    /// Compiled if compile() was called, else interpreted. Each has scratch space of its own.
    std::unique_ptr<Equations> equations() const;

    /// A tape of named states, inputs, expressions or report aliases, with their units.
    struct Observables {
        std::vector<Quantity> quantities;
        model::Tape tape;
    };
    Observables observe(const std::vector<std::string>& names) const;
    /// A tape of expressions over symbols() of graph(), in the order of the registers above.
    model::Tape tape(const std::vector<model::Expr>& outputs) const { return {*graph_, outputs, registers_}; }
    std::vector<std::string> observable_names() const;

  private:
    friend class OdeBuilder;
    friend class SystemText;
    native::BuildOptions build_options() const;
    void differentiate();
    Observables observe_shown(const std::vector<std::string>& names) const;

    std::vector<Quantity> integrated_, inputs_;
    std::size_t num_states_ = 0;
    model::Tape rates_, derivatives_;
    std::vector<std::pair<std::size_t, std::size_t>> pattern_;
    std::vector<std::size_t> time_rows_;
    model::SparseLu lu_;
    std::shared_ptr<model::Graph> graph_;
    std::vector<model::Expr> registers_, rate_exprs_, entry_exprs_, time_exprs_;
    std::shared_ptr<const native::Library> library_;
    ModelFile model_;
    OdeOptions options_;
    std::map<std::string, std::pair<model::Expr, std::string>> shown_;
};

}  // namespace ngv::metabolism
