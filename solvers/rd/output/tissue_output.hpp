// What the rd-solver leaves in the results folder.
//
//     tissue.xdmf + tissue.h5     all concentrations in all tetrahedra, for ParaView
//     <species>_o.h5              SONATA report of one species in all tetrahedra (population "tetrahedra", node =
//     tetrahedron) <species>_o_mean.h5         SONATA report of one node with three elements: 0 mean over the volume, 1
//     lowest, 2 highest
//
// One frame every `every`, the first at time 0. Concentrations in mM.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/common/report.hpp"
#include "solvers/common/xdmf.hpp"
#include "solvers/rd/simulation.hpp"

namespace ngv::rd {

struct OutputOptions {
    Tick every = 0;
    std::vector<int> tetrahedra;  ///< species with a report of all tetrahedra
    bool fields = true;           ///< tissue.xdmf
};

/// From a mapping with the keys of the scenario's `participants.rd`; species names are looked up in `model`.
OutputOptions output_options(const Config& config, const Model& model);

class TissueOutput {
  public:
    /// Collective. Opens the files and writes the frame of time 0; every further one follows as the simulation
    /// advances. `simulation` must outlive this.
    TissueOutput(MPI_Comm comm, const std::filesystem::path& folder, Simulation& simulation,
                 const OutputOptions& options);
    TissueOutput(const TissueOutput&) = delete;
    TissueOutput& operator=(const TissueOutput&) = delete;

    /// Marks all files complete. Collective.
    void close();

  private:
    void frame(double time_ms, const std::vector<double>& c);

    struct SpeciesReport {
        int species;
        SonataReport report;
    };

    const Simulation& simulation_;
    int rank_ = 0;
    std::vector<SpeciesReport> tetrahedra_, means_;
    std::vector<XdmfSeries> fields_;  // none or one
    std::vector<std::vector<double>> columns_;
};

}  // namespace ngv::rd
