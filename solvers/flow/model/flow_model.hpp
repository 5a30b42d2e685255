// Blood flow in a network whose radii change: quasi-static, one sparse solve for the radii of the moment.
//
//     FlowModel model(comm, read_vasculature(comm, "circuit_config.json"), options);
//     model.solve(0.0);
//     model.set_endfoot_radius(radius_um, covered);     // covered vessels; the others keep their own radius
//     model.solve(100.0);
//     model.perfusion()[i], model.flow()[i], model.volume()[i]
//
// An endfoot covers a fraction f of its vessel, which then is two cylinders in a row: their resistances and their
// volumes add up. What no endfoot covers follows the wall: elastic, with or without muscle.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "solvers/flow/boundary/boundary.hpp"
#include "solvers/flow/hematocrit/steady_hematocrit.hpp"
#include "solvers/flow/network/graph.hpp"
#include "solvers/flow/network/sections.hpp"
#include "solvers/flow/perfusion/territories.hpp"
#include "solvers/flow/pressure/pressure_solver.hpp"
#include "solvers/flow/regulation/wall.hpp"
#include "solvers/flow/rheology/fahraeus.hpp"
#include "solvers/flow/rheology/resistance.hpp"
#include "solvers/flow/transport/advection.hpp"

namespace ngv::flow {

struct FlowOptions {
    Blood blood;
    double tube_hematocrit = -1;  ///< of every vessel; replaces blood.hematocrit if not below 0
    Fahraeus fahraeus = Fahraeus::pries_secomb_2005;
    HematocritOptions hematocrit;
    WallOptions walls;
    std::optional<EstimateTargets> estimate;  ///< of conditions at ends that no rule of the boundary names
    bool displaced_volume = true;             ///< blood that growing vessels take in is missing elsewhere
    BoundaryRules boundary;
    TissueOptions tissue;
    PressureOptions pressure;
    double endfoot_coverage = 1.0;  ///< fraction of a vessel's length that its endfoot covers, 0 .. 1
    double arterial_glucose = 5.0;  ///< mM
    double arterial_O2 = 8.3;       ///< mM, bound to haemoglobin and dissolved
    OxygenCapacity oxygen;
    bool transport = true;  ///< glucose and O2 travel along the vessels
};

class FlowModel {
  public:
    /// Collective. The vessels move to other ranks and into another order: ask graph().vessels().
    FlowModel(MPI_Comm comm, Vessels vessels, const FlowOptions& options);
    FlowModel(const FlowModel&) = delete;

    /// Local. Radii in um of the vessels with covered != 0; the others return to their own. `coverage`: fraction of
    /// each vessel's length that is covered; empty: that of the options.
    void set_endfoot_radius(std::span<const double> radius_um, std::span<const std::uint8_t> covered,
                            std::span<const double> coverage = {});

    /// Local. Radii in um of all vessels as they are without endfeet, in place of the walls' own.
    void set_own_radius(std::span<const double> radius_um);
    /// um/s, with an EntryRule: in place of its speed and sine.
    void set_entry_speed(double speed) { entry_speed_ = speed; }

    /// Collective. Time goes on from the last call: walls move, and vessels whose volume changed since then take in or
    /// give off blood at that rate. Throws PhysicsError that names the vessel if the viscosity law has no value for it.
    SolveInfo solve(double time_ms);

    /// What the next solve needs of the last one, one value a vessel, by name; to be read and written in place.
    void keep(std::map<std::string, std::span<double>>& kept);
    /// Collective. After the arrays of keep() have come from another run: goes on after its solve at `time_ms`, in which
    /// each vessel's component took in `component_inflow`; `start`: PressureSolver::start(), on the root.
    void restored(double time_ms, std::span<const double> component_inflow, std::span<const double> start);

    const Graph& graph() const { return graph_; }
    const GraphSummary& summary() const { return summary_; }
    const Boundary& boundary() const { return boundary_; }
    const Sections& sections() const { return sections_; }
    const Territories& territories() const { return territories_; }
    const PressureSolver& pressures() const { return pressures_; }
    const HematocritInfo& hematocrit_info() const { return hematocrit_info_; }  ///< of the last solve

    // One value a vessel of this rank, in the order of graph().vessels().
    std::span<const double> flow() const { return pressures_.flow(); }  ///< um3/s, start to end; NaN where unknown
    std::span<const double> pressure() const { return pressures_.vessel_pressure(); }  ///< Pa, mean of both ends
    std::span<const double> radius() const { return radius_; }  ///< um, of the cylinder with the vessel's volume
    std::span<const double> hematocrit() const { return hematocrit_; }  ///< discharge
    std::span<const double> volume() const { return volume_; }          ///< um3
    /// Pa, tau = |dp| r / (2 L) of the cylinder with the vessel's volume; computed on demand, valid until the next call.
    std::span<const double> wall_shear() const;
    std::span<const double> perfusion() const { return territories_.perfusion(); }  ///< 1/s
    std::span<const double> blood_volume_fraction() const { return territories_.blood_volume_fraction(); }

    /// What transport along the vessels needs of the last solve; valid until the next one.
    BloodState blood_state() const;

    double total_flow() const { return pressures_.inflow(); }                       ///< um3/s
    std::span<const double> component_inflow() const { return component_inflow_; }  ///< um3/s, over all ranks

  private:
    void check_radii(double time_ms) const;
    void update_radii(double time_ms);
    void update_entries(double time_ms);
    SolveInfo solve_flow();
    bool estimate();
    void advect_cells(double dt_s);

    FlowOptions options_;
    Graph graph_;
    GraphSummary summary_;
    Boundary boundary_;
    Sections sections_;
    bool estimated_;
    Territories territories_;
    PressureSolver pressures_;
    Resistances resistances_;
    std::optional<SteadyHematocrit> steady_hematocrit_;
    HematocritInfo hematocrit_info_;
    Walls walls_;
    double time_ms_ = 0, entry_speed_ = -1;
    bool solved_before_ = false;
    std::vector<double> own_radius_, foot_radius_, coverage_;  // coverage 0: no endfoot
    std::vector<double> main_radius_, growth_, last_volume_;
    mutable std::vector<double> tube_ratio_, wall_shear_;
    std::optional<Advection> red_cells_;
    std::vector<double> hematocrit_, resistance_, radius_, volume_, component_inflow_;
};

}  // namespace ngv::flow
