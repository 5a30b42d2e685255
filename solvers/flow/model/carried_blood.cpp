#include "solvers/flow/model/carried_blood.hpp"

#include <numeric>

namespace ngv::flow {

namespace {

constexpr double per_mol = 1e18;  // mM um3

}  // namespace

CarriedBlood::CarriedBlood(const FlowModel& model, const FlowOptions& options)
    : model_(model),
      glucose_(model.sections(), model.pressures(), {.name = "glucose", .inflow = options.arterial_glucose}),
      oxygen_(model.sections(), model.pressures(),
              {.name = "O2",
               .kind = Carried::Kind::oxygen,
               .inflow = options.oxygen.pressure(options.arterial_O2, options.blood.hematocrit),
               .oxygen = options.oxygen}) {
    const auto blood = model.blood_state();
    glucose_.fill(options.arterial_glucose, blood);
    oxygen_.fill(options.oxygen.pressure(options.arterial_O2, options.blood.hematocrit), blood);
    pressure_ = oxygen_.oxygen_pressure(blood);
}

void CarriedBlood::step(double dt_s, std::span<const double> glucose_mol, std::span<const double> O2_mol) {
    const auto blood = model_.blood_state();
    const auto scaled = [&](std::span<const double> mol) -> std::span<const double> {
        taken_.assign(mol.begin(), mol.end());
        for (auto& x : taken_) x *= per_mol;
        return taken_;
    };
    glucose_.step(blood, dt_s, scaled(glucose_mol));
    oxygen_.step(blood, dt_s, scaled(O2_mol));
    pressure_ = oxygen_.oxygen_pressure(blood);
}

void CarriedBlood::keep(std::map<std::string, std::span<double>>& kept) {
    glucose_.keep(kept);
    oxygen_.keep(kept);
}

double CarriedBlood::owed(const Advection& what) const {
    double sum = std::accumulate(what.owed().begin(), what.owed().end(), 0.0) / per_mol;
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, model_.graph().comm());
    return sum;
}

}  // namespace ngv::flow
