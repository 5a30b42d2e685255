// Hematocrit and flow of a network at steady state: cells divide as the flow does it, and the flow depends on the cells.
//
//     flow(hematocrit) -> red cells routed along it -> hematocrit -> ...      until nothing moves
//
// See Relaxation for how. Networks exist that have several steady states, or none (for given
// pressures): then the last state is kept, and converged is false, with the vessel that moves most.
#pragma once

#include <optional>

#include "solvers/flow/hematocrit/cell_distribution.hpp"
#include "solvers/flow/hematocrit/relaxation.hpp"
#include "solvers/flow/pressure/pressure_solver.hpp"
#include "solvers/flow/rheology/resistance.hpp"

namespace ngv::flow {

struct HematocritOptions {
    PhaseSeparation law = PhaseSeparation::none;
    double tolerance = 1e-6;  ///< largest change of a hematocrit in one more sweep
    double relaxation = 0.5;  ///< part of the change that a sweep takes
    int most_sweeps = 300;
    bool advected = false;  ///< cells travel with the blood from solve to solve, instead of the steady state
};

struct HematocritInfo {
    int sweeps = 0;
    double change = 0;     ///< of the last sweep, the largest one
    double imbalance = 0;  ///< red cells lost at a junction, relative
    bool converged = true;
    std::int64_t vessel = -1;  ///< in the section that changes most
    int linear_iterations = 0;
};

class SteadyHematocrit {
  public:
    /// Collective. `sections` must outlive it. `inflow`: discharge hematocrit of the blood that flows in.
    SteadyHematocrit(const Sections& sections, double inflow, HematocritOptions options);

    /// Collective. Starts from the hematocrit of the last call. Changes the flows of `pressures`, and `hematocrit` and
    /// `resistance` of each vessel.
    HematocritInfo solve(PressureSolver& pressures, const Resistances& resistances, std::span<const double> radius,
                         std::span<double> hematocrit, std::span<double> resistance, SolveInfo& last);

    /// Collective. The next solve starts from these hematocrits, as a solve of another run left them.
    void go_on_from(std::span<const double> hematocrit);

  private:
    void spread(std::span<double> hematocrit) const;

    const Sections& sections_;
    HematocritOptions options_;
    std::optional<CellDistribution> cells_;  // root
    std::vector<double> state_, routed_;     // root: [sections]
};

}  // namespace ngv::flow
