// Pressures at the junctions, and flows in the vessels, of a network of known resistances.
//
//     sum over the vessels at junction j of  (p_j - p_i) / R_ij = q_j      (Kirchhoff; q_j: flow put in at j)
//
// Three steps, of which the first is exact, local and nearly all the work: vessels in a row become one section; on the
// root rank, dead ends and what is in a row or side by side vanish (Elimination); what is left is solved (CoreSolver).
// Back again, each vessel of a section gets the section's flow, so nothing is lost between vessels, whatever the
// tolerance.
//
// A vessel whose volume grows takes that blood in, half at each end: q_j = -1/2 sum dV/dt of the vessels at j.
//
//     PressureSolver solver(sections, base_pressure, {});
//     solver.solve(resistance);                      // Pa s/um3, one a vessel of this rank
//     solver.flow()[i], solver.pressure()[j];
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "solvers/flow/core/core_solver.hpp"
#include "solvers/flow/core/elimination.hpp"
#include "solvers/flow/network/sections.hpp"

namespace ngv::flow {

class PressureSolver {
  public:
    /// Collective. `sections` must outlive the solver. `base_pressure`: Pa, of the lowest end of a component in which
    /// only flows are given.
    PressureSolver(const Sections& sections, double base_pressure, PressureOptions options);

    /// Collective. `growth`: dV/dt of each vessel in um3/s, or empty. Starts from the pressures of the last call.
    /// `tolerance` replaces that of the options (0: keep). Throws PhysicsError if the balance stays above 1e-9.
    SolveInfo solve(std::span<const double> resistance, std::span<const double> growth = {}, double tolerance = 0);

    /// The two halves of solve(): the network of sections on the root, then the vessels of each rank. The first half
    /// alone is enough for a sweep of an iteration.
    SolveInfo solve_sections(std::span<const double> resistance, std::span<const double> growth, double tolerance);
    void expand(std::span<const double> resistance, std::span<const double> growth);

    /// Root only, empty elsewhere: where the next solve starts from. A network whose sections stand in another order, as
    /// on another number of ranks, does not take it (false) and starts from what it has: pressures then agree within the
    /// tolerance, not to the last bit.
    std::vector<double> start() const;
    bool set_start(std::span<const double> start);
    /// Of the last solve, as another run left it.
    std::span<double> kept_vessel_pressure() { return vessel_pressure_; }

    std::span<const double> flow() const { return flow_; }  ///< [vessels] um3/s from start to end; NaN if not solved
    std::span<const double> pressure() const { return pressure_; }                ///< [junctions] Pa; NaN if not solved
    std::span<const double> vessel_pressure() const { return vessel_pressure_; }  ///< [vessels] Pa, mean of the ends
    double inflow() const { return inflow_; }  ///< um3/s into the network, over all ranks
    /// Flow into the network at each owned boundary junction of this rank (0 elsewhere), um3/s.
    std::span<const double> source() const { return source_; }
    std::int64_t num_unknowns() const { return num_unknowns_; }  ///< of the linear system that is left
    LinearMethod method() const { return method_; }

    /// Root only: [sections] flow into the section at its start and out of it at its end, um3/s; they differ by what
    /// the section's volume grows.
    const std::vector<std::array<double, 2>>& section_flow() const { return section_flow_; }
    /// Root only: [nodes] flow into the network, um3/s; Pa.
    const std::vector<double>& node_source() const { return node_source_; }
    const std::vector<double>& node_pressure() const { return node_pressure_; }

  private:
    struct Root;
    struct RootDelete {
        void operator()(Root*) const;
    };
    void solve_root(std::span<const double> given, int width, double tolerance, SolveInfo& info);

    const Sections& sections_;
    double base_pressure_;
    std::int64_t num_unknowns_ = 0;
    LinearMethod method_;
    std::unique_ptr<Root, RootDelete> root_;
    std::vector<std::array<double, 2>> section_flow_;
    std::vector<double> node_source_, node_pressure_;
    std::vector<double> flow_, pressure_, vessel_pressure_, source_;
    double inflow_ = 0;
};

}  // namespace ngv::flow
