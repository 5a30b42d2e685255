#include "solvers/flow/rheology/resistance.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

constexpr std::size_t block = 128;  // vessels at a time, in the first cache
using Array = Eigen::Array<double, Eigen::Dynamic, 1, 0, block, 1>;
using Input = Eigen::Map<const Eigen::ArrayXd>;
using Output = Eigen::Map<Eigen::ArrayXd>;

constexpr double reference_hematocrit = 0.45;  // of the fits
constexpr double in_vivo_wall = 1.1;           // um, W of the 1994 law

// (e^x - 1) / x, to the last digits also near 0.
Array relative_exponential(const Array& x) {
    const Array series = 1.0 + x * (1.0 / 2 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720)))));
    const Array quotient = (x.exp() - 1.0) / x;  // select() alone would go one by one
    return (x.abs() < 0.02).select(series, quotient);
}

// C of the laws of Pries.
Array shape_exponent(const Array& d) {
    const Array d4 = d.square().square();
    const Array t = 1.0 / (1.0 + 1e-11 * d4 * d4 * d4);
    return (0.8 + (-0.075 * d).exp()) * (t - 1.0) + t;
}

Array common_45(const Array& d) {
    return 3.2 - 2.44 * (-0.06 * (0.645 * d.log()).exp()).exp();
}

// From the excess of viscosity at H = 0.45 to the factor of the function of H: see resistance_at().
Array slope(const Array& excess, const Array& exponent) {
    const double l = std::log1p(-reference_hematocrit);
    return excess / (l * relative_exponential(l * exponent));
}

struct Terms {
    Array a, b, exponent, layer;  // of the relative viscosity
};

Terms in_vitro(const Array& d) {
    const auto c = shape_exponent(d);
    return {Array::Ones(d.size()), slope(220.0 * (-1.3 * d).exp() + common_45(d) - 1.0, c), c, Array::Zero(d.size())};
}

Terms in_vivo(const Array& d) {
    const auto c = shape_exponent(d);
    const Array w = (d / (d - in_vivo_wall)).square();
    return {w, slope((6.0 * (-0.085 * d).exp() + common_45(d) - 1.0) * w * w, c), c, Array::Zero(d.size())};
}

Terms surface_layer(const Array& d) {
    const Array wide = (d > 2.4).select(2.6 * (d - 2.4) / (d + (100.0 - 4.8)), 0.0);
    const Array rising = 1.1 * (d - 2.4) / (10.5 - 2.4), falling = 1.1 * (-0.03 * (d - 10.5)).exp();
    const Array peak = (d <= 2.4).select(0.0, (d <= 10.5).select(rising, falling));
    auto t = in_vitro(d - 2.0 * (wide + 0.6 * peak));
    const Array without_cells = d - 2.0 * (wide + peak);
    const Array narrowed = (d / without_cells).square().square();
    t.a *= narrowed;
    t.b *= narrowed;
    t.layer = 2.0 * 1.18 * peak / without_cells;
    return t;
}

Terms fixed_law(const Array& d) {
    const Array r = 0.5 * d;
    return {4.0 * (1.0 - 0.863 * (-r / 14.3).exp() + 27.5 * (-r / 0.351).exp()), Array::Zero(d.size()),
            Array::Zero(d.size()), Array::Zero(d.size())};
}

Terms terms_of(const Blood& blood, const Array& diameter) {
    const Array d = diameter.max(blood.smallest_diameter);
    const Array scaled = d * species_factor(blood);
    switch (blood.law) {
        case ViscosityLaw::newtonian:
            return {Array::Ones(d.size()), Array::Zero(d.size()), Array::Zero(d.size()), Array::Zero(d.size())};
        case ViscosityLaw::astrovascpy:
            return fixed_law(d);
        case ViscosityLaw::pries_in_vitro_1992:
            return in_vitro(scaled);
        case ViscosityLaw::pries_in_vivo_1994:
            return in_vivo(scaled);
        case ViscosityLaw::pries_surface_2005:
            return surface_layer(scaled);
    }
    NGV_ASSERT(false);
}

}  // namespace

void ResistanceTerms::resize(std::size_t n) {
    for (auto* v : {&a, &b, &exponent, &layer}) v->resize(n);
}

void resistance_terms(const Blood& blood, std::span<const double> radius, std::span<const double> length,
                      ResistanceTerms& terms) {
    terms.resize(radius.size());
    for (std::size_t begin = 0; begin < radius.size(); begin += block) {
        const auto n = static_cast<Eigen::Index>(std::min(block, radius.size() - begin));
        const Array r = Input(&radius[begin], n);
        const auto t = terms_of(blood, 2.0 * r);
        const Array poiseuille =
            8.0 / std::numbers::pi * blood.plasma_viscosity * Input(&length[begin], n) / r.square().square();
        Output(&terms.a[begin], n) = poiseuille * t.a;
        Output(&terms.b[begin], n) = poiseuille * t.b;
        Output(&terms.exponent[begin], n) = t.exponent;
        Output(&terms.layer[begin], n) = t.layer;
    }
}

void resistance_at(const ResistanceTerms& terms, std::span<const double> hematocrit, std::span<double> resistance) {
    for (std::size_t begin = 0; begin < terms.size(); begin += block) {
        const auto n = static_cast<Eigen::Index>(std::min(block, terms.size() - begin));
        const auto part = [&](const std::vector<double>& v) { return Input(&v[begin], n); };
        const Array h = Input(&hematocrit[begin], n);
        const Array plasma = (1.0 - h).log();
        const Array sum = part(terms.a) + part(terms.b) * plasma * relative_exponential(part(terms.exponent) * plasma);
        Output(&resistance[begin], n) = sum / (1.0 - part(terms.layer) * h).square().square();
    }
}

Resistances::Resistances(const Blood& blood, std::span<const double> length) : blood_(blood), length_(length) {}

void Resistances::set_radius(std::span<const double> radius) {
    resistance_terms(blood_, radius, length_, terms_);
}

void Resistances::set_second_radius(std::vector<std::int32_t> which, std::span<const double> fraction,
                                    std::span<const double> other) {
    second_ = std::move(which);
    fraction_.assign(fraction.begin(), fraction.end());
    std::vector<double> length;
    for (const auto i : second_) length.push_back(length_[i]);
    resistance_terms(blood_, other, length, second_terms_);
}

void Resistances::evaluate(std::span<const double> hematocrit, std::span<double> resistance) const {
    resistance_at(terms_, hematocrit, resistance);
    if (second_.empty()) return;
    hematocrit_.resize(second_.size()), resistance_.resize(second_.size());
    for (std::size_t k = 0; k < second_.size(); ++k) hematocrit_[k] = hematocrit[second_[k]];
    resistance_at(second_terms_, hematocrit_, resistance_);
    for (std::size_t k = 0; k < second_.size(); ++k) {
        double& r = resistance[second_[k]];
        r = fraction_[k] * r + (1.0 - fraction_[k]) * resistance_[k];
    }
}

}  // namespace ngv::flow
