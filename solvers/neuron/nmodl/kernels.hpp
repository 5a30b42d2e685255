// The kernels of a mechanism: which there are, what each computes, and what has to be kept between them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "solvers/neuron/nmodl/kernel.hpp"

namespace ngv::nmodl {

enum class Phase { current, state, state_current, before_breakpoint, after_solve, before_step, after_step };
const char* phase_name(Phase p);

/// A kernel in one of two forms: graphs that eight instances share, or statements that run instance by instance.
struct PhaseKernel {
    Block statements;                   ///< SOLVE included in state, not in current
    std::unique_ptr<Kernel> graph;      ///< rates computed
    std::unique_ptr<Kernel> tabled;     ///< rates from tables, where the file has TABLE
    std::optional<NotStraight> reason;  ///< why there is no graph
};

struct Kernels {
    std::map<Phase, PhaseKernel> phases;
    std::set<int> read_columns, written_columns, read_globals;
    bool state_reads_ion_current = false;
    std::unique_ptr<Kernel> derive;  ///< fills the columns behind the model's own; null: there are none
    std::set<int> kept_columns;      ///< that derive reads
    int num_derived = 0;
};

/// What steps and events write: columns and globals.
struct Changing {
    std::set<int> columns, globals;
};

/// Moves what does not change from step to step out of the kernels.
void derive(const Model& model, Kernels& kernels, const Changing& changing);

/// `neuron_slopes`: differences for the slopes of currents; NEURON's arithmetic has them anyway.
Kernels build_kernels(const Model& model, Arithmetic arithmetic, bool neuron_slopes = false);

/// Statements of BREAKPOINT that are SOLVE (with the IFs around them), and the others.
Block solves_of(const Block& block);
Block without_solves(const Block& block);

}  // namespace ngv::nmodl
