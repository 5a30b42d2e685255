#include "solvers/neuron/inputs/neuron_random.hpp"

#include <Random123/philox.h>

#include <cmath>

namespace ngv::neuron {

std::uint32_t NeuronRandom::bits() {
    if (next_ == 4) {
        const auto r = r123::Philox4x32()({{sequence_++, id3_, id1_, id2_}}, {{key_, 0}});
        buffer_ = {r[0], r[1], r[2], r[3]};
        next_ = 0;
    }
    return buffer_[static_cast<std::size_t>(next_++)];
}

double NeuronRandom::uniform() {
    constexpr double shift = 1.0 / (4294967295.0 + 2.0);
    return (static_cast<double>(bits()) + 1.0) * shift;
}

double NeuronRandom::exponential() {
    return -std::log(uniform());
}

namespace {

/// A point in the unit circle, scaled to two normal numbers.
std::pair<double, double> polar_pair(NeuronRandom& random) {
    while (true) {
        const double x = 2 * random.uniform() - 1, y = 2 * random.uniform() - 1;
        const double w = x * x + y * y;
        if (w > 1) continue;
        const double scale = std::sqrt(-2 * std::log(w) / w);
        return {x * scale, y * scale};
    }
}

}  // namespace

double NormalPairs::operator()(NeuronRandom& random) {
    if (kept_) {
        kept_ = false;
        return value_;
    }
    const auto [first, second] = polar_pair(random);
    kept_ = true;
    value_ = second;
    return first;
}

double polar_normal(NeuronRandom& random) {
    return polar_pair(random).first;
}

std::vector<double> gamma_numbers(NeuronRandom& random, double shape, double scale, std::size_t n) {
    if (shape < 1) {
        random.uniform();  // hoc draws one when the distribution is set
        std::vector<double> factor(n);
        for (double& f : factor) f = std::pow(random.uniform(), 1 / shape);
        auto result = gamma_numbers(random, 1 + shape, scale, n);
        for (std::size_t i = 0; i < n; ++i) result[i] *= factor[i];
        return result;
    }
    const double d = shape - 1. / 3, c = 1. / 3 / std::sqrt(d);
    std::vector<double> result(n);
    for (double& value : result) {
        while (true) {
            NormalPairs fresh;  // the distribution is set anew for every number
            const double x = fresh(random);
            double v = 1 + c * x;
            if (!(v > 0)) continue;
            v = v * v * v;
            const double u = random.uniform();
            if (u < 1 - 0.0331 * x * x * x * x || std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) {
                value = scale * d * v;
                break;
            }
        }
    }
    return result;
}

}  // namespace ngv::neuron
