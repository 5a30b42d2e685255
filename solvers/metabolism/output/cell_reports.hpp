// Reports of any state, input or expression, one value a cell and frame: <name>.h5 in the results folder, for each
// population a file of its own (<name>_<population>.h5 from the second on).
#pragma once

#include <mpi.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "solvers/common/report.hpp"
#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

class CellReports {
  public:
    /// Collective. `populations`: index -> name, the same on all ranks. `start_ms`: time of the first frame. UserError names what is unknown.
    CellReports(MPI_Comm comm, const std::filesystem::path& folder, const Cells& cells,
                const std::map<std::int64_t, std::string>& populations, const std::vector<std::string>& names,
                double every_ms, double start_ms = 0);
    /// Appends the present values. Collective.
    void write(double time_s);
    /// Collective.
    void close();

  private:
    struct File {
        SonataReport report;
        std::size_t quantity;
        std::vector<std::size_t> cells;
    };
    const Cells& cells_;
    OdeSystem::Observables shown_;
    std::vector<File> files_;
};

}  // namespace ngv::metabolism
