#include "solvers/flow/regulation/wall.hpp"

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::flow {

Walls::Walls(WallOptions options, const Vessels& vessels) : options_(options), rest_radius_(vessels.radius) {
    for (const auto type : vessels.type) muscle_.push_back(type == VesselType::artery || type == VesselType::arteriole);
    tone_.assign(vessels.size(), 1.0);
}

void Walls::set_rest(std::span<const double> pressure) {
    rest_pressure_.assign(pressure.begin(), pressure.end());
    has_rest_ = true;
}

double Walls::passive_ratio(const WallOptions& o, double diameter, double over) {
    if (!o.compliant()) return 1.0;
    return 1.0 + over * diameter * (1.0 - o.poisson_ratio * o.poisson_ratio) / (2.0 * o.youngs_modulus * o.thickness);
}

void Walls::step(std::span<const double> pressure, double dt_s, std::span<double> radius) {
    NGV_ASSERT(has_rest() && radius.size() == tone_.size());
    const double approach = options_.active() ? -std::expm1(-dt_s / options_.myogenic_time_s) : 0.0;
    for (std::size_t i = 0; i < radius.size(); ++i) {
        const double rest = rest_pressure_[i];
        if (!std::isfinite(rest) || !std::isfinite(pressure[i])) continue;
        const double passive = passive_ratio(options_, 2.0 * rest_radius_[i], pressure[i] - rest);
        if (options_.active() && muscle_[i] && rest > 0) {
            // y = passive tone = r / r0 solves y = 1 - gain (p / p0 y - 1).
            const double gain = options_.myogenic_gain;
            const double goal = (1.0 + gain) / (1.0 + gain * pressure[i] / rest) / passive;
            tone_[i] += approach * (goal - tone_[i]);
        }
        radius[i] = rest_radius_[i] * passive * tone_[i];
    }
}

}  // namespace ngv::flow
