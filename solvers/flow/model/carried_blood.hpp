// Glucose and O2 on their way along the vessels of a model.
//
//     CarriedBlood carried(model, options);
//     model.solve(t_ms);
//     carried.step(0.1, glucose_taken_mol, O2_taken_mol);
//     carried.glucose()[i], carried.O2()[i]
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "solvers/flow/model/flow_model.hpp"
#include "solvers/flow/transport/advection.hpp"

namespace ngv::flow {

class CarriedBlood {
  public:
    /// `model` must outlive it and be solved once. All vessels start with arterial blood.
    CarriedBlood(const FlowModel& model, const FlowOptions& options);

    /// Collective, after a solve. mol that tissue took from each vessel in this step.
    void step(double dt_s, std::span<const double> glucose_mol, std::span<const double> O2_mol);

    // One value a vessel of this rank.
    std::span<const double> glucose() const { return glucose_.concentration(); }  ///< mM
    std::span<const double> O2() const { return oxygen_.concentration(); }        ///< mM, bound and dissolved
    std::span<const double> O2_pressure() const { return pressure_; }             ///< mmHg
    /// mol, over all ranks: what the tissue asked for and the blood did not hold.
    double glucose_owed_mol() const { return owed(glucose_); }
    double O2_owed_mol() const { return owed(oxygen_); }

    /// See FlowModel::keep().
    void keep(std::map<std::string, std::span<double>>& kept);

  private:
    double owed(const Advection& what) const;

    const FlowModel& model_;
    Advection glucose_, oxygen_;
    std::vector<double> pressure_, taken_;
};

}  // namespace ngv::flow
