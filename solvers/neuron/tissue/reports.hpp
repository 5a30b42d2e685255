// Everything a coupled run leaves in its results folder: spikes.h5, SONATA reports, cell means, endfeet, and lines for ParaView.
//
//     Reports reports(requests, model.cells ...);        reports.add_to(builder)     before the simulation is built
//     reports.open(comm, folder, circuit, model, end)                                afterwards; `end`: the run's last step
//     simulation.advance(n); reports.write();  ...  reports.close();                 collective
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "solvers/common/report.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/common/xdmf.hpp"
#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::tissue {

struct ReportRequest {
    std::string name;  ///< file name without ending
    std::string variable;
    std::string node_set;       ///< empty: all neurons
    bool all_sections = false;  ///< else the soma
    double dt = 0.1;            ///< ms
};

struct ReportOptions {
    std::vector<ReportRequest> reports;
    double slow_dt =
        10;  ///< ms between frames of K_o_cells, ATP_cells, endfoot_radius, endfoot_calcium and fields.xdmf
};

class Reports {
  public:
    /// Plans the recorders. Collective. UserError for node sets without cells and steps that are not multiples of dt.
    Reports(MPI_Comm comm, ReportOptions options, const CircuitConfig& circuit, const TissueModel& model,
            EngineBuilder& builder);
    /// Opens the files. Collective. Frames at or after step `end` are not written, nor, if the run goes on from a state
    /// at step `begin`, those until then.
    void open(const std::filesystem::path& folder, const CircuitConfig& circuit, TissueModel& model, std::int64_t begin,
              std::int64_t end);
    /// Writes what happened since the last call. Collective; all ranks stand at the same step.
    void write();
    /// Completes all files. Collective.
    void close();
    std::int64_t local_spikes() const { return spikes_ ? spikes_->local_count() : 0; }

  private:
    /// One file that a recorder fills; a column is the weighted mean of some of the recorder's columns.
    struct Series {
        std::string file, population, unit;
        double dt;
        int recorder;
        std::vector<ReportColumn> columns;
        std::vector<std::vector<std::pair<int, double>>> mean;  ///< empty: column i is the recorder's
        std::unique_ptr<SonataReport> report;
    };
    bool any(bool mine) const;
    std::int64_t to_steps(double ms, const std::string& where) const;
    void plan_request(const ReportRequest& request, const CircuitConfig& circuit, const TissueModel& model,
                      EngineBuilder& builder);
    void plan_means(const std::string& file, const std::string& variable, bool by_area, const CircuitConfig& circuit,
                    const TissueModel& model, EngineBuilder& builder);
    void plan_endfeet(const CircuitConfig& circuit, const TissueModel& model, EngineBuilder& builder);
    void plan_fields(const TissueModel& model, EngineBuilder& builder);

    MPI_Comm comm_;
    double dt_, slow_dt_;
    std::vector<Series> series_;
    int fields_recorder_ = -1;
    std::unique_ptr<XdmfSeries> fields_;
    std::unique_ptr<SpikeWriter> spikes_;
    std::vector<int> spike_population_;
    Simulation* simulation_ = nullptr;
    std::int64_t end_ = 0;
};

}  // namespace ngv::neuron::tissue
