// What the tests of the stochastic engine share: models as text, vessels that do not see each other.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "solvers/rd/stochastic/engine.hpp"
#include "tests/unit/rd/support.hpp"

namespace rd_test {

/// A model of stochastic species; `text` has the keys of a standalone file.
inline Model stochastic(const std::string& text) {
    return model_from(
        ngv::Config::parse("duration: 1 s\nmesh: none\nengine: stochastic\n" + text, "rd_standalone", "model.yaml"));
}

/// At least `n` tetrahedra of one volume; without diffusion each is a run of its own.
inline LocalMesh vessels(MPI_Comm comm, int n, double volume_um3) {
    const int cubes = (n + 5) / 6;
    const double edge = std::cbrt(6.0 * volume_um3);
    return box(comm, edge, edge, edge * cubes, 1, 1, cubes, 0.0);
}

struct Moments {
    double mean = 0.0, deviation = 0.0;
};

/// Over the owned tetrahedra.
inline Moments moments(const StochasticEngine& engine, int species) {
    double sum = 0.0, squares = 0.0;
    const auto n = static_cast<double>(engine.elements().num_owned);
    for (std::int32_t i = 0; i < engine.elements().num_owned; ++i) {
        const auto x = static_cast<double>(engine.count(i, species));
        sum += x;
        squares += x * x;
    }
    const double mean = sum / n;
    return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean))};
}

inline void set_all(StochasticEngine& engine, int species, std::int64_t n) {
    for (std::int32_t i = 0; i < engine.elements().num_owned; ++i) engine.set_count(i, species, n);
}

inline ngv::Tick seconds(double t) {
    return ms(1e3 * t);
}

/// |2 (a - b) / (a + b)|, by which the validation cases are judged.
inline double relative(double a, double b) {
    return a == b ? 0.0 : std::abs(2.0 * (a - b) / (a + b));
}

}  // namespace rd_test
