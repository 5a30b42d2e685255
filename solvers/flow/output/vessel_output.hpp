// Files of a flow run: one SONATA report a quantity, and a series of the vessels for ParaView.
//
//     VesselOutput output(comm, "results/flow", "vasculature", model, dt_ms);
//     output.write(t_ms);       // the model's values of the moment
//     output.close();           // marks the files complete
//
// flow.h5 (um3/s, from start to end node), pressure.h5 (mmHg, mean of both ends), radius.h5 (um), volume.h5 (um3),
// perfusion.h5 (1/s), vessels.xdmf with all of them. Flow and pressure are NaN where no boundary condition fixes them.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

#include "solvers/common/report.hpp"
#include "solvers/common/xdmf.hpp"
#include "solvers/flow/model/flow_model.hpp"

namespace ngv::flow {

class VesselOutput {
  public:
    /// Collective. `model` must outlive the output.
    VesselOutput(MPI_Comm comm, const std::filesystem::path& folder, const std::string& population,
                 const FlowModel& model, double dt_ms);
    /// Collective.
    void write(double time_ms);
    void close();

  private:
    std::vector<std::span<const double>> values();

    const FlowModel& model_;
    std::vector<double> pressure_mmHg_;
    std::vector<SonataReport> reports_;
    XdmfSeries series_;
};

}  // namespace ngv::flow
