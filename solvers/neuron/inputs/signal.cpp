#include "solvers/neuron/inputs/signal.hpp"

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/constants.hpp"

namespace ngv::neuron {

namespace {

Signal begin(double delay) {
    Signal s;
    if (delay > 0) s.add(0, 0);
    return s;
}

/// Samples from `first` to `last`, both included where the step divides the span.
std::size_t num_samples(double first, double last, double step) {
    return static_cast<std::size_t>(std::floor((last - first) / step + 1e-9) + 1);
}

double sample_time(double first, std::size_t i, double step) {
    return first + static_cast<double>(i) * step;
}

/// Samples between two points at zero.
Signal framed(double delay, double duration, const std::vector<double>& samples, double step) {
    Signal s = begin(delay);
    s.add(delay, 0);
    for (std::size_t i = 0; i < samples.size(); ++i) s.add(sample_time(delay, i, step), samples[i]);
    s.add(delay + duration, 0);
    return s;
}

void add_box(Signal& s, double& t, double amplitude, double width) {
    s.add(t, 0);
    s.add(t, amplitude);
    t += width;
    s.add(t, amplitude);
    s.add(t, 0);
}

/// Python's round: halves go to the even number.
double round_half_even(double x) {
    return std::nearbyint(x);
}

}  // namespace

Signal ramp(double delay, double duration, double first, double last) {
    Signal s = begin(delay);
    s.add(delay, 0);
    s.add(delay, first);
    s.add(delay + duration, last);
    s.add(delay + duration, 0);
    return s;
}

Signal pulses(double delay, double duration, double amplitude, double width, double frequency) {
    const double interval = 1000 / frequency, pause = interval - width;
    NGV_ASSERT(pause >= 0);
    Signal s = begin(delay);
    double t = delay;
    const int whole = static_cast<int>(duration / interval);
    for (int i = 0; i < whole; ++i) {
        add_box(s, t, amplitude, width);
        t += pause;
    }
    const double rest = duration - whole * interval;
    add_box(s, t, amplitude, std::min(width, rest));
    if (width <= rest) t += std::min(pause, rest - width);
    s.add(t, 0);
    return s;
}

Signal sine(double delay, double duration, double amplitude, double frequency, double step) {
    Signal s = begin(delay);
    const double phase = 2 * pi / 1000 * frequency * step;
    const auto n = num_samples(delay, delay + duration, step);
    for (std::size_t i = 0; i < n; ++i)
        s.add(sample_time(delay, i, step), amplitude * std::sin(phase * static_cast<double>(i)));
    s.add(delay + duration, 0);
    return s;
}

Signal noise(double delay, double duration, double mean, double variance, double step, NeuronRandom random, double dt) {
    if (delay > 0) {
        NormalPairs unused;
        double previous = 0;
        const double piece = duration - dt;
        while (previous < delay - dt) {
            const double next = std::min(previous + piece, delay - dt);
            const auto n = num_samples(previous, next, step);
            for (std::size_t i = 0; i < n; ++i) unused(random);
            previous = next + dt;
        }
    }
    NormalPairs normal;
    normal(random);  // hoc draws one when the distribution is set
    std::vector<double> samples(num_samples(delay, delay + duration, step));
    const double sd = std::sqrt(variance);
    for (double& x : samples) x = normal(random) * sd + mean;
    return framed(delay, duration, samples, step);
}

Signal ornstein_uhlenbeck(double delay, double duration, double tau, double sigma, double mean, double step,
                          NeuronRandom random) {
    NormalPairs normal;
    normal(random);  // hoc draws one when the distribution is set
    std::vector<double> x(num_samples(delay, delay + duration, step)), drawn(x.size());
    for (double& n : drawn) n = normal(random);
    if (tau < 1e-9) {
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = drawn[i] * sigma;
    } else {
        const double mu = std::exp(-step / tau), amplitude = sigma * std::sqrt(1 - mu * mu);
        for (std::size_t i = 1; i < x.size(); ++i) x[i] = x[i - 1] * mu + drawn[i] * amplitude;
    }
    for (double& value : x) value += mean;
    return framed(delay, duration, x, step);
}

ShotNoise shot_noise_of(double rise, double decay, double mean, double sd, double skew) {
    const double peak = std::log(decay / rise) / (1 / rise - 1 / decay);
    const double height = std::exp(-peak / decay) - std::exp(-peak / rise);
    const double xi = (decay - rise) / height, a = 1 / (decay + rise);
    const double b = 1 / ((decay + 2 * rise) * (2 * decay + rise));
    const double skewness = (1 + skew) * ((8. / 3) * (b / (a * a)) * (sd / mean));
    const double theta1 = 2 / (a * xi) * (sd * sd / mean), theta2 = (3 * a) / (4 * b * xi) * (sd * skewness);
    ShotNoise s{rise, decay, 0, 2 * theta1 - theta2, 0};
    s.variance = s.mean * (theta2 - theta1);
    s.rate = mean / (s.mean * xi) * 1000;
    return s;
}

Signal shot_noise(double delay, double duration, const ShotNoise& shots, double step, NeuronRandom random) {
    const auto n = num_samples(delay, delay + duration, step);
    const double rate_per_ms = shots.rate / 1000;
    const int about = 1 + static_cast<int>(duration * rate_per_ms);
    const int bound = static_cast<int>(about + 3 * std::sqrt(about));
    std::vector<double> events;
    double sum = 0;
    random.exponential();  // hoc draws one when the distribution is set
    // About as many as the duration holds; neurodamus gives up where, by chance, they do not reach its end.
    for (int i = 0; i < bound || events.back() < duration; ++i) {
        sum += random.exponential() * (1 / shots.rate);
        events.push_back(sum * 1000);
    }
    std::vector<std::size_t> places;
    for (double e : events) {
        if (!(e < duration)) continue;
        const double place = round_half_even(e / step);
        if (place < static_cast<double>(n)) places.push_back(static_cast<std::size_t>(place));
    }
    const double sign = shots.mean < 0 ? -1 : 1, mean = std::abs(shots.mean);
    const double scale = shots.variance / mean;
    const auto amplitudes = gamma_numbers(random, mean / scale, scale, places.size());
    std::vector<double> impulse(n, 0.0), p(n, 0.0), q(n, 0.0);
    for (std::size_t i = 0; i < places.size(); ++i) impulse[places[i]] += sign * amplitudes[i];
    const double a = std::exp(-step / shots.decay), b = std::exp(-step / shots.rise);
    const double d = -std::log(a), r = -std::log(b), peak = std::log(r / d) / (r - d);
    const double unit = (a / b - 1) / (std::pow(a, peak) - std::pow(b, peak));
    for (std::size_t i = 1; i < n; ++i) {
        p[i] = a * p[i - 1] + b * q[i - 1];
        q[i] = b * q[i - 1] + impulse[i - 1];
    }
    for (double& value : p) value *= unit;
    return framed(delay, duration, p, step);
}

Signal resistance_of(const Signal& g) {
    Signal s;
    const auto inverse = [](double x) { return std::abs(x) > 1e-9 ? 1 / x : x >= 0 ? 1e9 : -1e9; };
    s.add(0, inverse(0));
    for (std::size_t i = 0; i < g.times.size(); ++i) s.add(g.times[i], inverse(g.values[i]));
    return s;
}

}  // namespace ngv::neuron
