// One input block of a simulation while it is applied: its keys, where it acts, what it attaches there.
//
//     Input in(network, named_block);
//     in.keys({"amp_start"});
//     for (const auto& place : in.places()) in.inject(place, ramp(in.delay, in.duration, in.number("amp_start"), 0));
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solvers/neuron/inputs/signal.hpp"
#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

class Input {
  public:
    Input(Network& network, const NamedBlock& input);

    double delay, duration;

    /// UserError for keys that are neither these nor common to all inputs.
    void keys(std::vector<std::string> known) const;
    double number(const std::string& key) const { return block_[key].number(); }
    double number(const std::string& key, double fallback) const { return block_.number(key, fallback); }
    double positive(const std::string& key, std::optional<double> fallback = {}) const;
    const Json& block() const { return block_; }
    const std::string& name() const { return name_; }
    bool conductance() const { return block_.text("input_type", "") == "conductance"; }

    struct Place {
        LocalCell* cell;
        int node;
    };
    /// Where the block's node_set (soma(0.5)) or compartment_set is on this rank, cell by cell.
    std::vector<Place> places();

    /// An attribute of a cell that the circuit must give.
    double attribute(const LocalCell& cell, const std::string& name) const;
    double threshold(const LocalCell& cell) const { return attribute(cell, "threshold_current"); }
    /// What percentages refer to: the threshold current (nA), or the input conductance (uS).
    double reference(const LocalCell& cell) const {
        return conductance() ? 1 / attribute(cell, "input_resistance") : threshold(cell);
    }

    void inject(const Place& place, const Signal& signal);
    void inject_conductance(const Place& place, const Signal& signal, double reversal);
    /// A signal with its own random stream a place, as current or conductance.
    void noisy(const Place& place, const Signal& signal, double reversal) {
        conductance() ? inject_conductance(place, signal, reversal) : inject(place, signal);
    }

    std::vector<std::int64_t> resolve(const SimulatedPopulation& p) const;
    Network& network() { return network_; }

  private:
    Network& network_;
    Json block_;
    std::string name_;
};

}  // namespace ngv::neuron
