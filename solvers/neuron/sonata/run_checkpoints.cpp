#include "solvers/neuron/sonata/run_checkpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/checkpoint.hpp"

namespace ngv::neuron {

RunCheckpoints::RunCheckpoints(const CheckpointOptions& options, const Network& network,
                               const std::filesystem::path& out)
    : options_(options), dt_(network.config().dt), end_(std::llround(network.config().tstop / network.config().dt)) {
    for (const auto& p : network.nodes().populations())
        if (!p.simulated.empty())
            model_ += fmt::format("{}{} ({} cells)", model_.empty() ? "" : ", ", p.entry.name, p.simulated.size());
    if (!options.resume.empty() && std::filesystem::exists(out / network.config().spikes_file))
        throw UserError(Problem{(out / network.config().spikes_file).string(),
                                "is there already, and would be replaced by what comes after the state",
                                "give the resumed run an --out of its own"});
    if (options.file.empty()) return;
    if (options.every) every_ = steps_of(*options.every, "--checkpoint-every");
    if (options.at) at_ = steps_of(*options.at, "--checkpoint-at");
    if (!options.at && !options.every) at_ = end_;
}

std::int64_t RunCheckpoints::steps_of(double ms, const char* option) const {
    const double steps = ms / dt_;
    if (!(steps > 0.5 && steps < static_cast<double>(end_) + 0.5 && std::abs(steps - std::round(steps)) < 1e-6 * steps))
        throw UserError(
            Problem{option, fmt::format("{:g} ms", ms),
                    fmt::format("expected a multiple of the step, {:g} ms, up to the end of the run, {:g} ms", dt_,
                                static_cast<double>(end_) * dt_)});
    return std::llround(steps);
}

std::int64_t RunCheckpoints::next(std::int64_t now, std::int64_t until) const {
    if (every_ > 0) until = std::min(until, (now / every_ + 1) * every_);
    return at_ > now ? std::min(until, at_) : until;
}

void RunCheckpoints::write(Simulation& simulation) const {
    if (is_kept(simulation.steps())) write_checkpoint(simulation, options_.file, model_);
}

void RunCheckpoints::resume(Simulation& simulation) const {
    if (options_.resume.empty()) return;
    read_checkpoint(simulation, options_.resume, model_);
    if (simulation.steps() >= end_)
        throw UserError(Problem{options_.resume.string(),
                                fmt::format("is the state at {:g} ms, and the run ends at {:g} ms", simulation.time(),
                                            static_cast<double>(end_) * dt_),
                                "raise run.tstop of the simulation"});
    if (at_ >= 0 && at_ <= simulation.steps())
        throw UserError(Problem{"--checkpoint-at",
                                fmt::format("{:g} ms is not after the state that is resumed, of {:g} ms",
                                            static_cast<double>(at_) * dt_, simulation.time()),
                                ""});
}

}  // namespace ngv::neuron
