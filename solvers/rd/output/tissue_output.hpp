// What the rd-solver leaves in the results folder.
//
//     tissue.xdmf + tissue.h5     all concentrations in all tetrahedra, for ParaView, and the membrane potential (mV, mean
//                                 of a tetrahedron's corners; not a number where there is none)
//     <name>.h5                   SONATA report of chosen tetrahedra (selection.hpp): node = tetrahedron, element =
//                                 species, in mM; or of their sum, node 0, in mol
//     regions.h5                  SONATA report of what regions hold, in mol: node = compartment (or, behind the
//                                 compartments, patch), element = species
//     extents.h5                  SONATA report of how often reactions went, in mol since the start: node = reaction
//     potential.h5                SONATA report of the mean potential of each patch that is part of a membrane, in mV
//     <species>_o.h5              SONATA report of one species in all tetrahedra (population "tetrahedra", node =
//                                 tetrahedron)
//     <species>_o_mean.h5         SONATA report of one node with three elements: 0 mean over the volume, 1 lowest, 2
//                                 highest
//
// One frame every `every`, the first at time 0 (or where a checkpoint continues). Concentrations in mM. A frame inside a
// step holds concentrations interpolated in it, and of surfaces, extents and potentials the values at the step's end.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/common/report.hpp"
#include "solvers/common/xdmf.hpp"
#include "solvers/rd/output/selection.hpp"
#include "solvers/rd/simulation.hpp"

namespace ngv::rd {

struct OutputOptions {
    Tick every = 0;
    std::vector<int> tetrahedra = {};  ///< species with a report of all tetrahedra
    bool fields = true;                ///< tissue.xdmf
    bool frame_at_begin = true;        ///< else the first frame is the next one after it
    std::vector<Selection> selections = {};
};

/// From a mapping with the keys of the scenario's `participants.rd`; species names are looked up in `model`.
OutputOptions output_options(const Config& config, const Model& model);

class TissueOutput {
  public:
    /// Collective. Opens the files and writes the frame of time 0; every further one follows as the simulation
    /// advances. `simulation` must outlive this.
    TissueOutput(MPI_Comm comm, const std::filesystem::path& folder, Simulation& simulation,
                 const OutputOptions& options, Tick begin = 0);
    TissueOutput(const TissueOutput&) = delete;
    TissueOutput& operator=(const TissueOutput&) = delete;

    /// Marks all files complete. Collective.
    void close();

  private:
    void frame(double time_ms, const std::vector<double>& c);
    void open_selections(const std::filesystem::path& folder, const ReportOptions& report,
                         const std::vector<Selection>& selections);
    void write_selections(const std::vector<double>& c);
    void open_regions(const std::filesystem::path& folder, const ReportOptions& report);
    void write_regions(const std::vector<double>& c);

    struct SpeciesReport {
        int species;
        SonataReport report;
    };

    struct Chosen {
        Selection selection;
        std::vector<std::int32_t> tetrahedra;
        SonataReport report;
    };

    const Simulation& simulation_;
    int rank_ = 0;
    std::vector<SpeciesReport> tetrahedra_, means_;
    std::vector<Chosen> chosen_;
    std::vector<XdmfSeries> fields_;  // none or one
    std::vector<std::vector<double>> columns_;
    MPI_Comm comm_;
    std::vector<SonataReport> regions_, extents_, potential_;  // none or one each
    std::vector<RegionId> region_rows_;                        // of each column of regions_
    std::vector<int> region_species_, potential_patches_;
};

}  // namespace ngv::rd
