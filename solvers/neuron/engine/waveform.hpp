// A signal over time: what clamps inject and what Vector.play writes into a variable.
//
//     Waveform::box(5, 40, 0.1)                       IClamp: 0.1 in [5, 45) ms
//     Waveform::linear({0, 3, 10, 10}, {0, 0, 1, 0})  Vector.play(..., t, 1): interpolated; two points at one time are a jump
//     Waveform::steps({0, 5, 15}, {-65, -20, -80})    Vector.play(..., t, 0): holds each value until the next time
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace ngv::neuron {

class Waveform {
  public:
    Waveform() = default;
    static Waveform box(double delay_ms, double duration_ms, double value);
    static Waveform linear(std::vector<double> times_ms, std::vector<double> values);
    static Waveform steps(std::vector<double> times_ms, std::vector<double> values);

    /// Value at t (ms). Calls are cheapest in order of time. Before the first point: the first value (linear), 0 (steps). After
    /// the last: its value; the line through the last two points goes on, as in NEURON, unless they stand at one time.
    double at(double t);

  private:
    struct Points {
        std::vector<double> times, values;
    };
    bool linear_ = false;
    std::size_t next_ = 0;                  ///< first point later than the time asked last
    std::shared_ptr<const Points> points_;  ///< copies of a waveform have them together
};

}  // namespace ngv::neuron
