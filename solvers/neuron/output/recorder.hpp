// Everything a run leaves in its results folder: spikes.h5, SONATA reports, and lines with fields for ParaView.
//
//     Recorder recorder(comm, "results/neuron", model, options);
//     while (...) { recorder.record(); model.network->step(); }      // frames hold the state at the begin of a step, t
//     = 0 first recorder.close();
#pragma once

#include <mpi.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "solvers/common/report.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/common/xdmf.hpp"
#include "solvers/neuron/model/model.hpp"

namespace ngv::neuron {

struct ReportRequest {
    std::string name;  ///< file name without ending
    std::string variable;
    std::string node_set;                     ///< empty: all neurons
    bool all_sections = false;                ///< else the soma
    double dt = 0.1, start = 0, end = 1e300;  ///< ms
};

struct RecorderOptions {
    std::vector<ReportRequest> reports;
    double slow_dt = 10;     ///< ms between frames of cell means, radii and fields
    bool cell_means = true;  ///< K_o_cells.h5, ATP_cells.h5, endfoot_radius.h5, endfoot_calcium.h5
    bool fields = true;      ///< fields.xdmf
    std::string spikes_file = "spikes.h5";
};

class Recorder {
  public:
    /// Collective. UserError for unknown variables and node sets, and steps that are not multiples of dt.
    Recorder(MPI_Comm comm, const std::filesystem::path& folder, const CircuitConfig& circuit, Model& model,
             RecorderOptions options);
    ~Recorder();

    /// Writes the frames that are due at the present time. Collective.
    void record();
    /// Hands over the spikes since the last call, all earlier than what follows. Collective; once a window.
    void record_spikes();
    /// Collective. Completes all files.
    void close();

    std::int64_t local_spikes() const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::neuron
