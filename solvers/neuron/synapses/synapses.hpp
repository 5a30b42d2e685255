// Synaptic conductances on the nodes: biexponential kinetics (NEURON's Exp2Syn) of AMPA + NMDA and of GABA_A.
//
//   g(t) = w f (exp(-t/decay) - exp(-t/rise)),  f: peak of g is w            I = g block(v) (v - E)
//
// Synapses of one kind with the same kinetics on the same node share one instance: the equations are linear, so nothing
// is lost. AMPA and NMDA conduct Na+ and K+ in a ratio that puts their reversal at 0 mV for the concentrations at rest;
// the current is carried by these ions, at their reversal potentials of the moment. GABA_A conducts chloride at a fixed
// reversal. Block of NMDA by Mg2+: Jahr & Stevens 1990, J Neurosci 10:3178: 1/(1 + exp(-0.062 v) [Mg]/3.57 mM).
#pragma once

#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "solvers/neuron/engine/nodes.hpp"
#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

struct SynapseParameters {
    double ampa_rise = 0.2;      ///< ms; its decay comes with the synapse
    double nmda_rise = 0.29;     ///< ms
    double nmda_decay = 43;      ///< ms
    double nmda_ratio = 0.71;    ///< peak of NMDA over peak of AMPA
    double magnesium = 1;        ///< mM
    double gaba_rise = 0.2;      ///< ms
    double gaba_reversal = -80;  ///< mV
    double sodium_share = 0.5;   ///< of the AMPA and NMDA conductance; set_reversal() computes it
};

class Synapses {
  public:
    explicit Synapses(SynapseParameters parameters = {}) : parameters(parameters) {}
    SynapseParameters parameters;

    /// Share of Na+ in a mixed conductance that reverses at `reversal` mV, given E_Na and E_K.
    static double sodium_share(double reversal, double e_na, double e_k) { return (reversal - e_k) / (e_na - e_k); }

    /// The handle of the instance for such a synapse; made if it is new. Before initialise(). decay in ms.
    int excitatory(int node, double decay);
    int inhibitory(int node, double decay);

    /// All conductances zero; factors for the step dt. Handles stay valid.
    void initialise(double dt, int num_nodes);

    /// A presynaptic event of peak conductance `weight` nS arrives now.
    void deliver(int handle, double weight) {
        const int i = handle >> 1;
        Component& c = handle & 1 ? gaba_ : ampa_;
        c.add(slot_[handle & 1][i], weight);
        if (!(handle & 1)) nmda_.add(slot_[0][i], weight * parameters.nmda_ratio);
    }
    int node(int handle) const { return node_[handle & 1][handle >> 1]; }
    static bool is_inhibitory(int handle) { return handle & 1; }

    /// Adds the currents of the instances on the nodes of `r`; decays them by one step.
    void currents(Nodes& nodes, Range r);
    void advance(Range r);

    int num_instances() const { return static_cast<int>(node_[0].size() + node_[1].size()); }

  private:
    /// Conductances of one kind, in slots sorted by node.
    struct Component {
        std::vector<double> a, b, factor, decay_a, decay_b;
        void resize(std::size_t n);
        void set(int slot, double rise, double decay, double dt);
        void add(int slot, double weight) {
            a[slot] += weight * factor[slot];
            b[slot] += weight * factor[slot];
        }
        void advance(int begin, int end);
    };
    int instance(int kind, int node, double decay);

    std::vector<int> node_[2], slot_[2];
    std::vector<double> decay_[2];
    std::unordered_map<std::uint64_t, std::vector<int>> known_;
    std::vector<int> slot_node_[2];    // sorted
    std::vector<int> first_slot_[2];   // of each node, and one more
    std::vector<double> conductance_;  // scratch: open excitatory conductance of each slot
    Component ampa_, nmda_, gaba_;
};

}  // namespace ngv::neuron
