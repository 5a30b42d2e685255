// Resistances of many vessels, of changing radius and hematocrit.
//
// Every law of viscosity here is, at a fixed radius, one and the same function of the discharge hematocrit H:
//
//     R(H) = (a + b (1 - H)^c - b) / (1 - v H)^4
//
// with c the shape exponent of Pries et al. and v of the surface layer. So a change of hematocrit costs one exponential
// a vessel, and only a change of radius costs the whole law. Blocks of vessels are computed in vector registers.
//
//     Resistances all(blood, length);
//     all.set_radius(radius);                    // um
//     all.evaluate(hematocrit, resistance);      // Pa s/um3
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/flow/rheology/viscosity.hpp"

namespace ngv::flow {

/// R(H) of n vessels: a [Pa s/um3], b times the logarithm of 0.55 side [Pa s/um3], exponent, v; one entry a vessel.
struct ResistanceTerms {
    std::vector<double> a, b, exponent, layer;
    void resize(std::size_t n);
    std::size_t size() const { return a.size(); }
};

/// Terms of vessels of these radii and lengths in um. Precondition: radii above least_diameter(blood) / 2, or a
/// smallest_diameter above it.
void resistance_terms(const Blood& blood, std::span<const double> radius, std::span<const double> length,
                      ResistanceTerms& terms);

/// Pa s/um3 of each vessel at its discharge hematocrit.
void resistance_at(const ResistanceTerms& terms, std::span<const double> hematocrit, std::span<double> resistance);

class Resistances {
  public:
    /// The lengths in um must outlive it.
    Resistances(const Blood& blood, std::span<const double> length);

    /// All vessels are cylinders of these radii.
    void set_radius(std::span<const double> radius);
    /// Vessels `which` have `fraction` of their length at the radius above, the rest at `other`: two resistances in a
    /// row, so the conductance follows the mean of r^-4.
    void set_second_radius(std::vector<std::int32_t> which, std::span<const double> fraction,
                           std::span<const double> other);
    void evaluate(std::span<const double> hematocrit, std::span<double> resistance) const;

  private:
    Blood blood_;
    std::span<const double> length_;
    ResistanceTerms terms_, second_terms_;
    std::vector<std::int32_t> second_;
    std::vector<double> fraction_;
    mutable std::vector<double> hematocrit_, resistance_;  // of the vessels with two radii
};

}  // namespace ngv::flow
