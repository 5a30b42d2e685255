// A SONATA report: one number a column and frame, written in parallel while the run goes on.
//
//     ngv::SonataReport v(comm, "results/neuron/soma_v.h5", {.population = "cortex", .unit = "mV", .dt_ms = 0.1}, columns);
//     v.write(values);      // collective; one value a local column, in the order of `columns`
//     v.close();            // collective; sets `complete`
//
// /report/<population>/data [T, n], mapping/{node_ids, index_pointers, element_ids, time}; root attribute `complete` is
// 0 until close(). Columns are sorted by (node id, element id, given order), whatever the ranks. A run that is killed
// leaves a file that opens and holds all frames up to the last flush.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ngv {

struct ReportColumn {
    std::int64_t node_id;
    std::int64_t element_id = 0;  ///< section id for compartments, synapse id, 0 for one value a node; may repeat
};

struct ReportOptions {
    std::string population;
    std::string unit;            ///< of the data, e.g. "mV"
    double start_ms = 0;         ///< time of frame 0
    double dt_ms = 0;            ///< between frames
    bool float64 = false;        ///< else float32, as usual for reports
    double flush_seconds = 0.5;  ///< wall time after which frames go to disk; 0: every frame
    int flush_interval = 4096;   ///< at most so many frames wait in memory (fewer when they are large)
};

class SonataReport {
  public:
    /// Collective over `comm`; a rank may have no columns. Makes the folder of `file`. UserError if it cannot be
    /// written.
    SonataReport(MPI_Comm comm, const std::filesystem::path& file, ReportOptions options,
                 std::vector<ReportColumn> local_columns);
    SonataReport(SonataReport&&) noexcept;
    SonataReport& operator=(SonataReport&&) noexcept;
    /// Without close(): the file stays marked incomplete.
    ~SonataReport();

    /// Appends a frame. Collective.
    void write(std::span<const double> values);
    /// Puts all frames on disk. Collective.
    void flush();
    /// Flushes, marks the file complete, closes it. Collective.
    void close();

    std::int64_t frames() const;
    std::int64_t columns() const;  ///< over all ranks

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv
