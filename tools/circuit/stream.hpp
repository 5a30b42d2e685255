// A sequence of random numbers that belongs to one thing, e.g. the axon of neuron 7: it does not matter what was drawn
// for others before.
//
//     Stream random(seed, purpose("soma position"), neuron);
//     double u = random.uniform();
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "solvers/common/rng.hpp"
#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

class Stream {
  public:
    Stream(std::uint64_t seed, std::uint32_t purpose, std::int64_t id) : seed_(seed), purpose_(purpose), id_(id) {}

    double uniform() { return next().uniform(); }
    double uniform(double low, double high) { return next().uniform(low, high); }
    double normal() { return next().normal(); }
    double normal(double mean, double deviation) { return mean + deviation * normal(); }
    double exponential() { return next().exponential(); }
    std::int64_t integer(std::int64_t n) { return next().integer(n); }
    Vec3 normal3() {
        const double x = normal(), y = normal(), z = normal();
        return {x, y, z};
    }
    Vec3 direction() { return unit(normal3()); }
    Vec3 inside(const Box& box) {
        const double x = uniform(box.low.x, box.high.x), y = uniform(box.low.y, box.high.y);
        return {x, y, uniform(box.low.z, box.high.z)};
    }
    double angle() { return uniform(0, 2 * std::numbers::pi); }

  private:
    Random next() { return Random(seed_, purpose_, id_, step_++); }
    std::uint64_t seed_;
    std::uint32_t purpose_;
    std::int64_t id_, step_ = 0;
};

}  // namespace ngv::circuit
