// SONATA spike files: /spikes/<population>/{timestamps, node_ids}, sorted by time, then node id, or the other way round.
//
//     ngv::SpikeWriter spikes(comm, "results/neuron/spikes.h5", {"cortex", "thalamus"});
//     spikes.add(0, t_ms, node_id);
//     spikes.advance();     // collective, once a window: all spikes added until now are earlier than all that follow
//     spikes.close();
#pragma once

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ngv {

struct Spike {
    double time_ms;
    std::int64_t node_id;
    bool operator==(const Spike&) const = default;
};

/// Sorted by (time, id) or by (id, time); the latter keeps all spikes in memory until close().
enum class SpikeFileOrder { by_id = 1, by_time = 2 };

class SpikeWriter {
  public:
    /// Collective. Root attribute `complete` is 0 until close().
    SpikeWriter(MPI_Comm comm, const std::filesystem::path& file, std::vector<std::string> populations,
                double flush_seconds = 0.5, SpikeFileOrder order = SpikeFileOrder::by_time);
    SpikeWriter(SpikeWriter&&) noexcept;
    SpikeWriter& operator=(SpikeWriter&&) noexcept;
    ~SpikeWriter();

    /// `population` is the place in the list given to the constructor. Not collective.
    void add(std::size_t population, double time_ms, std::int64_t node_id);
    /// Ends an interval; writes it to disk when `flush_seconds` have passed. Collective.
    void advance();
    /// Writes now. Collective.
    void flush();
    void close();

    std::int64_t local_count() const;  ///< spikes added by this rank

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

/// All spikes of one population (any if `population` is empty and there is only one), sorted by time, then id. Times in
/// ms.
std::vector<Spike> read_spikes(const std::filesystem::path& file, const std::string& population = {});

}  // namespace ngv
