// What a run leaves behind: SONATA reports of the vessels, one file a quantity, and a series of the vessels for ParaView.
//
//     VesselOutput output(comm, "results/flow", "vasculature", model, carried, dt_ms);
//     output.write(t_ms);       // the model's values of the moment
//     output.close();           // marks the files complete
//
// flow.h5 (um3/s, from start to end node), pressure.h5 (mmHg, mean of both ends), radius.h5 (um), volume.h5 (um3),
// hematocrit.h5 (1, discharge), wall_shear.h5 (Pa), perfusion.h5 (1/s); with transport glucose.h5 (mM) and O2.h5 (mmHg);
// vessels.xdmf with all of them. Flow, pressure and shear are NaN where no boundary condition fixes them.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

#include "solvers/common/report.hpp"
#include "solvers/common/xdmf.hpp"
#include "solvers/flow/model/carried_blood.hpp"
#include "solvers/flow/model/flow_model.hpp"

namespace ngv::flow {

class VesselOutput {
  public:
    /// Collective. `model` and `carried` (null: no transport) must outlive the output. `start_ms`: of the first frame.
    VesselOutput(MPI_Comm comm, const std::filesystem::path& folder, const std::string& population,
                 const FlowModel& model, const CarriedBlood* carried, double dt_ms, double start_ms = 0);
    /// Collective.
    void write(double time_ms);
    void close();

  private:
    std::vector<std::span<const double>> values();

    const FlowModel& model_;
    const CarriedBlood* carried_;
    std::vector<double> pressure_mmHg_;
    std::vector<SonataReport> reports_;
    XdmfSeries series_;
};

}  // namespace ngv::flow
