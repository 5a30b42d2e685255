// Reactions of order 0 to 4, in a compartment or on a patch.
//
//     A + 2 B <-> C : 10 1/(uM2 s), 3 1/s          in a file; a reversible one becomes two here
//
// Deterministic meaning (mass action without 1/s!): 2A -> C at k has d[A]/dt = -2 k [A]^2. The stochastic propensity
// of n molecules' encounter is k (V N_A)^(1-n) * x (x-1) ... for each reactant, which has that mean in the limit of
// large numbers. A reaction on a patch that has a reactant in a volume uses that volume; one without, the area. With
// reactants in both, S + A.in + B.out, one of them is on the patch, and each other counts by its own volume:
// k x_S (x_A / V_in N_A) (x_B / V_out N_A).
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ngv::rd {

enum class Side : signed char { here, inside, outside };  ///< written A, A.in, A.out; volumes have `here` alone

struct Participation {
    int species;
    Side side = Side::here;
    int count = 1;
    bool operator==(const Participation&) const = default;
};

struct Reaction {
    std::string text = {};  ///< as written, one direction
    bool surface = false;
    int region = 0;                                    ///< compartment, or patch
    std::vector<Participation> left = {}, right = {};  ///< one entry a species and side
    double rate = 0.0;      ///< `unit`; with a function of the potential: what multiplies its value
    std::string unit = {};  ///< (mol/m3)^(1-n)/ms, or (mol/m2)^(1-n)/ms for patches without a reactant in a volume
    int constant = -1;      ///< Model::constants that the rate is made of, times `factor`
    int function = -1;      ///< Model::functions
    double factor = 1.0;
    std::string where = {};

    int order() const;
    /// True if the propensity is that of a surface: no reactant in a volume.
    bool per_area() const;
    /// Molecules of the left that are at a side.
    int order(Side side) const;
    /// The powers of the volumes inside and outside by which the propensity on a patch is divided.
    std::pair<int, int> volume_powers() const;
    /// Molecules gained by (species, side) with each event.
    std::vector<Participation> changes() const;
};

/// A named number with a unit, which a run may change.
struct Constant {
    std::string name = {};
    double value = 0.0;
    std::string unit = {};
    std::string where = {};
};

/// A rate that depends on the membrane potential, tabulated and interpolated.
struct VoltageFunction {
    std::string name = {}, expression = {};
    std::string unit = {};            ///< of its value
    double low = -150.0, step = 0.1;  ///< mV
    std::vector<double> values = {};  ///< in `unit`
    std::string where = {};

    /// In `unit`. Throws PhysicsError outside the table.
    double operator()(double mV) const;
};

/// Current through open channels on a patch, i = g n (V - E).
struct OhmicCurrent {
    std::string name = {};
    int patch = 0, channel = 0;  ///< species on the patch that is the open channel
    double conductance = 0.0;    ///< S, one channel
    double reversal = 0.0;       ///< mV
    std::string where = {};
};

/// Goldman-Hodgkin-Katz flux of one ion through open channels: it moves ions between the two sides.
struct GhkCurrent {
    std::string name = {};
    int patch = 0, channel = 0, ion = 0;
    double permeability = 0.0;  ///< um3/ms, one channel
    double outside_mM = -1.0;   ///< fixed concentration outside; negative: that of the outer compartment
    bool moves_ions = true;
    std::string where = {};
};

}  // namespace ngv::rd
