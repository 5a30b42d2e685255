#include "solvers/neuron/astrocyte/vessel_wall.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

// Hai & Murphy 1988, 1/s; K1 = K6 = gamma [Ca]^3 after Koenigsberger et al. 2005, Biophys J 88:3845.
constexpr double k2 = 0.5, k3 = 0.4, k4 = 0.1, k5 = 0.5, k7 = 0.1, gamma_crossbridge = 17;

double phosphorylation(double calcium) {
    return gamma_crossbridge * calcium * calcium * calcium;
}

}  // namespace

VesselWall::VesselWall(const WallParameters& p, double radius_um, double endfoot_calcium)
    : p_(&p), radius_(radius_um), signal_(signal_target(endfoot_calcium)) {
    // Balance of the four states, all as multiples of AMp.
    const double k1 = phosphorylation(muscle_calcium()), k6 = k1;
    const double am = k5 / (k7 + k6), mp = (k4 + k7 * am) / k3, m = (k2 * mp + k7 * am) / k1;
    amp_ = 1 / (1 + am + mp + m);
    am_ = am * amp_;
    mp_ = mp * amp_;
    m_ = m * amp_;
    double low = 0.2 * radius_, high = 3 * radius_;
    if (!(radius_ > 0) || !(stress_rate(low) < 0) || !(stress_rate(high) > 0))
        throw UserError(Problem{fmt::format("vessel of radius {:.4g} um under an endfoot", radius_um),
                                fmt::format("its wall has no equilibrium at a pressure of {:.4g} Pa", p.pressure),
                                "check the vessel's diameters and the wall's parameters"});
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high);
        (stress_rate(middle) > 0 ? high : low) = middle;
    }
    r0_passive_ = 0.5 * (low + high);
}

double VesselWall::signal_target(double calcium) const {
    const double x = calcium / p_->signal_threshold, x4 = x * x * x * x;
    return x4 / (1 + x4);
}

double VesselWall::muscle_calcium() const {
    return p_->muscle_calcium * (1 - p_->calcium_fall * signal_);
}

double VesselWall::stress_rate(double r0_passive) const {
    const double f = force();
    const double elasticity = p_->passive_elasticity + f * (p_->active_elasticity - p_->passive_elasticity);
    const double r0 = r0_passive * (1 + f * (p_->relaxed_ratio - 1));
    const double wall =
        -radius_ + std::sqrt(radius_ * radius_ + 2 * r0_passive * p_->thickness + p_->thickness * p_->thickness);
    return r0_passive / p_->viscosity * (radius_ * p_->pressure / wall - elasticity * (radius_ - r0) / r0);
}

double VesselWall::radius_rate() const {
    return stress_rate(r0_passive_);
}

void VesselWall::advance(double endfoot_calcium, double dt_ms) {
    signal_ += (1 - std::exp(-dt_ms / p_->signal_delay)) * (signal_target(endfoot_calcium) - signal_);
    const double k1 = phosphorylation(muscle_calcium()), k6 = k1, dt = 1e-3 * dt_ms * p_->crossbridge_speed;
    const double dm = -k1 * m_ + k2 * mp_ + k7 * am_, dmp = k4 * amp_ + k1 * m_ - (k2 + k3) * mp_;
    const double damp = k3 * mp_ + k6 * am_ - (k4 + k5) * amp_, dam = k5 * amp_ - (k7 + k6) * am_;
    radius_ += dt_ms * radius_rate();
    m_ += dt * dm;
    mp_ += dt * dmp;
    amp_ += dt * damp;
    am_ += dt * dam;
}

}  // namespace ngv::neuron
