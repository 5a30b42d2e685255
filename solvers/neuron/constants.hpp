// Physical constants (CODATA 2018, as NEURON's "modern" units) and the conversion factors of the cable's units.
//
// Units throughout the solver: mV, ms, um, mM, mA/cm2, S/cm2, nA, uS, MOhm, mol, degrees Celsius.
#pragma once

namespace ngv::neuron {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr double faraday = 1.602176634e-19 * 6.02214076e23;    ///< C/mol
inline constexpr double gas_constant = 1.380649e-23 * 6.02214076e23;  ///< J/(mol K)
inline constexpr double avogadro = 6.02214076e23;                     ///< 1/mol
inline constexpr double mM_per_mol_um3 = 1e18;                        ///< 1 mol in 1 um3 is 1e18 mM
inline constexpr double nA_per_density_um2 = 1e-2;                    ///< mA/cm2 * um2 -> nA
inline constexpr double coulomb_per_density_um2_ms = 1e-14;           ///< mA/cm2 * um2 * ms -> C

/// R T / F in mV.
constexpr double thermal_voltage(double celsius) {
    return 1e3 * gas_constant * (celsius + 273.15) / faraday;
}

}  // namespace ngv::neuron
