// Signals over time as neurodamus composes them: points that Vector.play interpolates. Times in ms from the start of the run, values
// in nA (currents) or uS (conductances).
//
//     Signal s = ramp(10, 50, 0.1, 0.3);      // from 10 ms on, for 50 ms, from 0.1 to 0.3
//
//     value   .           /|        A signal after a delay begins with (0, 0); each piece begins and ends at 0;
//             |         /  |        two points at one time are a jump.
//        0 ---+-------|    +---
#pragma once

#include <vector>

#include "solvers/neuron/inputs/neuron_random.hpp"

namespace ngv::neuron {

struct Signal {
    std::vector<double> times, values;
    void add(double t, double value) {
        times.push_back(t);
        values.push_back(value);
    }
};

Signal ramp(double delay, double duration, double first, double last);

/// Rectangles of `width` ms every 1000 / frequency ms; the last one may be cut. Frequency in Hz; width at most the interval.
Signal pulses(double delay, double duration, double amplitude, double width, double frequency);

/// amplitude sin(2 pi f (t - delay)), sampled every `step` ms.
Signal sine(double delay, double duration, double amplitude, double frequency, double step);

/// Independent normal numbers every `step` ms. Those that would have been drawn during the delay are drawn and dropped, in pieces of
/// the signal's own length (`dt`: the simulation's step).
Signal noise(double delay, double duration, double mean, double variance, double step, NeuronRandom random, double dt);

/// Ornstein-Uhlenbeck: x' = mu x + sigma sqrt(1 - mu^2) N, mu = exp(-step/tau), from 0; plus the mean (Gillespie, PRE 54:2084, 1996).
/// tau of 0: white noise.
Signal ornstein_uhlenbeck(double delay, double duration, double tau, double sigma, double mean, double step,
                          NeuronRandom random);

/// Poisson events with gamma amplitudes and a response of two exponentials of peak 1.
struct ShotNoise {
    double rise = 0, decay = 0;     ///< ms, rise < decay
    double rate = 0;                ///< Hz
    double mean = 0, variance = 0;  ///< of the amplitudes
};

/// From mean and standard deviation of the signal (Campbell's theorem; Rice, BSTJ 23:282, 1944). `skew`: 0..1, relative.
ShotNoise shot_noise_of(double rise, double decay, double mean, double sd, double skew);

Signal shot_noise(double delay, double duration, const ShotNoise& shots, double step, NeuronRandom random);

/// What neurodamus plays into the series resistance (MOhm) of a conductance: 1 / g, at most 1e9, with a first point at t = 0.
Signal resistance_of(const Signal& conductance);

}  // namespace ngv::neuron
