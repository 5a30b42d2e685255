#include "solvers/neuron/network/network.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/neuron/constants.hpp"

namespace ngv::neuron {

Network::Network(MPI_Comm comm, NetworkOptions options, std::unique_ptr<Engine> engine, Connections connections,
                 PoissonSources poisson, Astrocytes astrocytes, std::vector<CurrentClamp> clamps)
    : comm_(comm),
      options_(options),
      engine_(std::move(engine)),
      connections_(std::move(connections)),
      poisson_(std::move(poisson)),
      poisson_initial_(poisson_),
      astrocytes_(std::move(astrocytes)),
      clamps_(std::move(clamps)),
      exchange_(comm) {
    const double dt = engine_->options().dt;
    astrocyte_steps_ = std::max(1, static_cast<int>(std::lround(astrocytes_.parameters().dt / dt)));
    // At least every 10 ms, so that inputs are drawn in pieces even if nothing is connected.
    int extremes[2] = {std::min(connections_.min_delay_steps(), static_cast<int>(10 / dt)),
                       -connections_.max_delay_steps()};
    MPI_Allreduce(MPI_IN_PLACE, extremes, 2, MPI_INT, MPI_MIN, comm_);
    epoch_ = std::max(1, extremes[0]);
    horizon_ = epoch_ - extremes[1] + 1;
    if (options_.num_spiking_cells < 0) options_.num_spiking_cells = static_cast<int>(engine_->cells().size());
}

void Network::schedule(std::vector<SpikeEvent> events) {
    scheduled_ = std::move(events);
    std::sort(scheduled_.begin(), scheduled_.end());
}

void Network::initialise() {
    engine_->initialise();
    astrocytes_.initialise(engine_->nodes);
    connections_.reset();
    poisson_ = poisson_initial_;
    queue_ = EventQueue(horizon_);
    next_scheduled_ = 0;
    fired_.clear();
    recorded_.clear();
    above_.assign(options_.num_spiking_cells, 0);
    for (int c = 0; c < options_.num_spiking_cells; ++c)
        above_[c] = engine_->nodes.v[engine_->cells()[c].soma] > options_.spike_threshold;
}

void Network::queue(const SpikeEvent& spike) {
    const auto [begin, end] = connections_.of(spike.source);
    for (int c = begin; c < end; ++c) queue_.push(spike.step + connections_[c].delay_steps, c);
}

void Network::start_epoch() {
    const std::int64_t now = engine_->steps();
    for (const SpikeEvent& spike : exchange_.exchange(fired_)) queue(spike);
    inputs_.clear();
    poisson_.spikes(now, now + epoch_, inputs_);
    while (next_scheduled_ < scheduled_.size() && scheduled_[next_scheduled_].step <= now + epoch_) {
        const SpikeEvent& s = scheduled_[next_scheduled_++];
        if (s.step > now || now == 0) inputs_.push_back(s);
    }
    std::sort(inputs_.begin(), inputs_.end());
    for (const SpikeEvent& spike : inputs_) queue(spike);
}

void Network::deliver(int index) {
    const Connection& c = connections_[index];
    const double share = connections_.release(index, engine_->time());
    if (c.contact) {
        astrocytes_.contact(c.target, share);
        return;
    }
    Synapses& synapses = engine_->synapses;
    synapses.deliver(c.target, share * c.weight);
    Nodes& nodes = engine_->nodes;
    const int node = synapses.node(c.target);
    const double vesicles = share * c.vesicles;
    (Synapses::is_inhibitory(c.target) ? nodes.gaba_released : nodes.glutamate_released)[node] +=
        vesicles * options_.molecules_per_vesicle / avogadro;
    const double atp = vesicles * options_.atp_per_vesicle / avogadro;
    nodes.atp_used[node] += atp;
    nodes.atp[node] -= atp * nodes.mM_per_mol_atp[node];
    nodes.adp[node] += atp * nodes.mM_per_mol_atp[node];
}

void Network::step() {
    const std::int64_t now = engine_->steps();
    if (now % epoch_ == 0) start_epoch();
    queue_.take(now, [this](int connection) { deliver(connection); });
    if (!clamps_.empty()) {
        const double t = engine_->time() + 0.5 * engine_->options().dt;
        for (const auto& c : clamps_) engine_->electrode[c.node] = 0;
        for (const auto& c : clamps_) engine_->electrode[c.node] += c.at(t);
    }
    engine_->step();
    for (int c = 0; c < options_.num_spiking_cells; ++c) {
        const CellNodes& cell = engine_->cells()[c];
        const bool above = engine_->nodes.v[cell.soma] > options_.spike_threshold;
        if (above && !above_[c]) {
            fired_.push_back({now + 1, cell.id});
            recorded_.push_back({now + 1, cell.id});
        }
        above_[c] = above;
    }
    if ((now + 1) % astrocyte_steps_ == 0 && astrocytes_.range().size() > 0) astrocytes_.advance(engine_->nodes);
}

std::vector<SpikeEvent> Network::take_spikes() {
    std::vector<SpikeEvent> out;
    out.swap(recorded_);
    return out;
}

}  // namespace ngv::neuron
