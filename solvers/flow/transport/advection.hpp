// What blood carries along the vessels: tracer, glucose, O2, red cells. Finite volumes, one cell a vessel, upwind and
// implicit in time, so that any step is stable and nothing is lost:
//
//     V' x u' = V x u + dt (sum of what flows in - what flows out, at u') - dt k u' + source
//
// u is the concentration of what flows (mM, or discharge hematocrit), x the ratio of what is held to what flows (1 for
// a tracer; for red cells tube over discharge hematocrit), k and the source the exchange with tissue. All of it is linear
// along a section, so a section is an affine map from what enters at one end to what leaves at the other; the root rank
// goes through the junctions in the order of the flow, and each rank fills in its vessels.
//
// What tissue takes in a step is an amount A; the cell gives k u' dt of it with k = A / (u dt), so it never runs dry, and
// what it could not give stays owed: see owed().
//
//     Advection glucose(sections, {.name = "glucose", .inflow = 5.0});
//     glucose.fill(5.0, volume);
//     glucose.step(flow_of_the_moment, 0.1, taken);
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "solvers/flow/network/flow_order.hpp"
#include "solvers/flow/pressure/pressure_solver.hpp"
#include "solvers/flow/rheology/phase_separation.hpp"
#include "solvers/flow/transport/oxygen.hpp"

namespace ngv::flow {

struct Carried {
    enum class Kind { dissolved, red_cells, oxygen };
    std::string name;
    Kind kind = Kind::dissolved;
    double inflow = 0;  ///< concentration of what flows in, mM; red cells: discharge hematocrit; oxygen: mmHg
    PhaseSeparation separation = PhaseSeparation::none;  ///< of red cells
    OxygenCapacity oxygen = {};
};

/// The blood of a step, one value a vessel of this rank.
struct BloodState {
    std::span<const double> volume;      ///< um3, at the end of the step
    std::span<const double> growth;      ///< dV/dt in um3/s, or empty
    std::span<const double> radius;      ///< um
    std::span<const double> hematocrit;  ///< discharge
    std::span<const double> tube_ratio;  ///< tube over discharge hematocrit; used for red cells and O2
};

class Advection {
  public:
    /// Collective. `sections` and `pressures` must outlive it.
    Advection(const Sections& sections, const PressureSolver& pressures, Carried what);

    /// All vessels hold blood of this concentration (unit of Carried::inflow).
    void fill(double value, const BloodState& blood);
    /// Each vessel its own (mM, or hematocrit).
    void fill(std::span<const double> concentration, const BloodState& blood);

    /// Collective. `taken`: amount that tissue asks of each vessel in this step, in 1e-18 mol = mM um3, or empty;
    /// negative: given to the blood.
    void step(const BloodState& blood, double dt_s, std::span<const double> taken = {});

    const std::string& name() const { return what_.name; }
    std::span<const double> concentration() const { return u_; }         ///< of what flows: mM, or discharge hematocrit
    std::span<const double> content() const { return content_; }         ///< 1e-18 mol, or um3 of red cells
    std::span<const double> owed() const { return owed_; }               ///< asked for and not given yet, 1e-18 mol
    std::vector<double> oxygen_pressure(const BloodState& blood) const;  ///< mmHg

    /// What goes on from step to step: "<name>.flows", ".holds", ".owes"; added to `kept`.
    void keep(std::map<std::string, std::span<double>>& kept);

    /// Since the start, over all ranks, same unit as content.
    struct Account {
        double entered = 0, left = 0, taken = 0;
    };
    const Account& account() const { return account_; }

  private:
    struct Cell {
        double from_left, from_right, out, held, drain, source;  // um3 in each; see cell()
    };
    Cell cell(std::int32_t k, const BloodState& blood, double dt, std::span<const double> taken) const;
    double ratio(std::size_t k, const BloodState& blood) const;
    std::array<double, 4> response(std::size_t s) const;
    void fill_section(std::size_t s, double at_start, double at_end);
    void route(std::span<const double> responses, std::span<const double> ends, double dt);

    const Sections& sections_;
    const PressureSolver& pressures_;
    Carried what_;
    std::vector<double> u_, content_, owed_;
    std::vector<Cell> cells_;
    std::optional<FlowOrder> order_;  // root
    std::vector<double> entering_;    // root: [2 sections] concentration that an end takes in from its junction
    Account account_;
};

}  // namespace ngv::flow
