// States of a simulation that are kept on the way, and the one it begins with.
//
//     const RunCheckpoints checkpoints(options, network, out);
//     simulation.initialise();
//     checkpoints.resume(simulation);
//     ... simulation.advance(checkpoints.next(now, end) - now); take spikes and frames; checkpoints.write(simulation); ...
//
// Files hold what comes after the state a run was resumed from: spikes and frames of a run until T and of the run resumed there are
// together those of one run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

struct CheckpointOptions {
    std::filesystem::path file = {};    ///< written; empty: none
    std::optional<double> at = {};      ///< ms; without it, and without `every`: at the end of the run
    std::optional<double> every = {};   ///< ms; each state replaces the one before
    std::filesystem::path resume = {};  ///< a checkpoint of this circuit; empty: from the start
};

class RunCheckpoints {
  public:
    /// UserError for times that are no steps of the run, and if results in `out` would be replaced by what comes after a state.
    RunCheckpoints(const CheckpointOptions& options, const Network& network, const std::filesystem::path& out);
    /// The first step after `now` at which a state is kept, at most `until`.
    std::int64_t next(std::int64_t now, std::int64_t until) const;
    /// If it is time. Collective.
    void write(Simulation& simulation) const;
    /// If asked. Collective, after initialise().
    void resume(Simulation& simulation) const;
    /// The end of the run is kept: another run goes on from there.
    bool at_end() const { return is_kept(end_); }

  private:
    bool is_kept(std::int64_t step) const { return step == at_ || (every_ > 0 && step % every_ == 0); }
    std::int64_t steps_of(double ms, const char* option) const;

    CheckpointOptions options_;
    double dt_;
    std::int64_t end_, every_ = 0, at_ = -1;
    std::string model_;
};

}  // namespace ngv::neuron
