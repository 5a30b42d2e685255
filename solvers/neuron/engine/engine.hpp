// The cells of one rank through one time step: NEURON's fixed step (implicit Euler; Carnevale & Hines 2006, specs
// section 5.1) with concentrations, pumps and efflux.
//
//   1 reversal potentials of the moment (Nernst)      4 v += dv
//   2 currents of mechanisms and synapses at v(t)      5 ion currents corrected to what really flowed: i += di/dv dv
//   3 Hines: (C/dt + g + axial) dv = -I + axial        6 gates; concentrations and efflux by the corrected currents
//
// With the correction (on by default) every charge that the voltage feels is in the ion budgets: C dv of a cell = - sum
// over ions of z F mol, to round-off. Work runs in blocks of whole cells that stay in cache. No allocation in a step.
#pragma once

#include <memory>
#include <vector>

#include "solvers/neuron/engine/nodes.hpp"
#include "solvers/neuron/mechanisms/leak.hpp"
#include "solvers/neuron/mechanisms/mechanism.hpp"
#include "solvers/neuron/synapses/synapses.hpp"

namespace ngv::neuron {

/// Where a cell lies in the arrays, and whom to name in messages.
struct CellNodes {
    std::int64_t id = 0;  ///< global cell id
    Range nodes;
    int soma = 0;  ///< node
};

struct EngineOptions {
    double dt = 0.025;  ///< ms
    double celsius = 34;
    bool corrected_currents = true;  ///< step 5; NEURON's default (secondorder = 0) does without
    int block_nodes = 384;           ///< nodes worked on together; a cell is never split
};

class Engine {
  public:
    Engine(EngineOptions options, Nodes nodes, std::vector<CellNodes> cells);
    /// Mechanisms act in the order in which they were added.
    template <class M>
    M& add(std::unique_ptr<M> mechanism) {
        M& reference = *mechanism;
        mechanisms_.push_back(std::move(mechanism));
        return reference;
    }

    /// Takes the voltages and concentrations in nodes() as the state at t = 0: reversal potentials, gates, leaks that
    /// hold the rest (for each Leak mechanism; UserError if a pump is too weak), synapses at zero. Matrix and block
    /// tables are made here.
    void initialise();
    /// One step of dt.
    void step();

    Nodes nodes;
    Synapses synapses;
    std::vector<double> electrode;  ///< nA into each node, by current clamps; set before a step
    const std::vector<CellNodes>& cells() const { return cells_; }
    const EngineOptions& options() const { return options_; }
    double time() const { return static_cast<double>(steps_) * options_.dt; }  ///< ms
    std::int64_t steps() const { return steps_; }

    /// Concentrations positive, |v| < 200 mV; PhysicsError that names cell, compartment node and time. Costs a pass
    /// over the state.
    void check_ranges() const;
    /// Currents of the state as it is, without a step (for reports at t = 0).
    void evaluate_currents();

  private:
    struct Block {
        Range nodes;
        Range cells;
    };
    void make_blocks();
    void currents(const Block& block);
    void solve(const Block& block);
    void advance(const Block& block);
    void run_mechanisms(const Block& block, bool state);

    EngineOptions options_;
    std::vector<CellNodes> cells_;
    std::vector<std::unique_ptr<Mechanism>> mechanisms_;
    std::vector<Block> blocks_;
    std::vector<double> diagonal0_, diagonal_, rhs_;
    std::int64_t steps_ = 0;
};

}  // namespace ngv::neuron
