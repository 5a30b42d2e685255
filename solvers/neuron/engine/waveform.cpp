#include "solvers/neuron/engine/waveform.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

void check(const std::vector<double>& times, const std::vector<double>& values) {
    if (times.size() != values.size() || times.empty())
        throw UserError(Problem{
            "waveform",
            fmt::format("{} times and {} values, expected equally many and at least one", times.size(), values.size()),
            ""});
    const auto bad = std::adjacent_find(times.begin(), times.end(), [](double a, double b) { return !(a <= b); });
    if (bad != times.end())
        throw UserError(Problem{"waveform", fmt::format("time {} ms is followed by {} ms", *bad, *(bad + 1)),
                                "times must not decrease"});
}

}  // namespace

Waveform Waveform::box(double delay_ms, double duration_ms, double value) {
    return steps({delay_ms, delay_ms + duration_ms}, {value, 0});
}

Waveform Waveform::linear(std::vector<double> times_ms, std::vector<double> values) {
    Waveform w = steps(std::move(times_ms), std::move(values));
    w.linear_ = true;
    return w;
}

Waveform Waveform::steps(std::vector<double> times_ms, std::vector<double> values) {
    check(times_ms, values);
    Waveform w;
    w.points_ = std::make_shared<const Points>(Points{std::move(times_ms), std::move(values)});
    return w;
}

double Waveform::at(double t) {
    if (!points_) return 0;
    const auto& [times, values] = *points_;
    if (next_ > 0 && times[next_ - 1] > t) next_ = 0;
    while (next_ < times.size() && times[next_] <= t) ++next_;
    if (next_ == 0) return linear_ ? values[0] : 0;
    if (!linear_) return values[next_ - 1];
    if (next_ == times.size()) {
        if (next_ == 1 || times[next_ - 2] == times[next_ - 1]) return values[next_ - 1];
        const double t0 = times[next_ - 2], t1 = times[next_ - 1], f = (t - t0) / (t1 - t0);
        return values[next_ - 2] + (values[next_ - 1] - values[next_ - 2]) * f;
    }
    const double t0 = times[next_ - 1], t1 = times[next_], f = (t - t0) / (t1 - t0);
    return values[next_ - 1] * (1 - f) + values[next_] * f;
}

}  // namespace ngv::neuron
