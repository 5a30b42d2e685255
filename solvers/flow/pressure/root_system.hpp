// The equations of the network of sections, on the rank that holds it: Elimination, then CoreSolver.
#pragma once

#include <memory>
#include <optional>

#include "solvers/flow/pressure/pressure_solver.hpp"

namespace ngv::flow {

struct PressureSolver::Root {
  public:
    Root(const Sections::Network& network, PressureOptions options);

    /// Conductance of each section in um3/(s Pa), flow put in at each node beside the boundary's in um3/s.
    SolveInfo solve(std::span<const double> conductance, std::span<const double> extra, double base_pressure,
                    double tolerance);

    std::span<const double> flow() const { return flow_; }          ///< [sections ...] um3/s; NaN if not solved
    std::span<const double> pressure() const { return pressure_; }  ///< [nodes ...] Pa; NaN if not solved
    const std::vector<double>& boundary_source() const { return boundary_source_; }  ///< [nodes] um3/s
    std::int64_t num_unknowns() const { return static_cast<std::int64_t>(elimination_->core_nodes().size()); }
    LinearMethod method() const { return core_->method(); }
    /// See PressureSolver::start().
    std::vector<double> start() const;
    bool set_start(std::span<const double> start);

  private:
    void share_growth(std::span<const double> extra);
    void lift_floating(double base_pressure);

    const Sections::Network& net_;
    std::vector<std::int32_t> resistor_node_;  // nodes with a resistance: one more edge each, to a node of its own
    std::vector<std::int32_t> component_;      // of each node, by its lowest node; -1: not solved
    std::vector<std::uint8_t> floating_;       // of each node's component
    std::vector<std::int32_t> degree_;
    std::optional<Elimination> elimination_;
    std::unique_ptr<CoreSolver> core_;
    std::vector<std::int32_t> core_order_, fixed_;  // node of each unknown of the core, of each given pressure
    std::vector<double> conductance_, source_, pressure_, flow_, boundary_source_;
    std::vector<double> core_conductance_, core_source_, given_;
};

}  // namespace ngv::flow
