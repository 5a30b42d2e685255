// Columns of NEURON's traces where they are at hand (tests/unit/reference.hpp), and runs beside them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "solvers/neuron/engine/simulation.hpp"
#include "tests/unit/reference.hpp"

namespace ngv::neuron::test {

struct Trace {
    std::vector<std::string> names;
    std::vector<std::vector<double>> rows;
    double value(std::size_t row, const std::string& name) const {
        return rows[row][std::find(names.begin(), names.end(), name) - names.begin()];
    }
};

inline std::optional<Trace> load(const std::string& name) {
    std::ifstream file(ngv::test::reference_folder() / "neuron/traces" / (name + ".csv"));
    if (!file) return {};
    Trace trace;
    std::string line, word;
    std::getline(file, line);
    for (std::istringstream s(line); std::getline(s, word, ',');) trace.names.push_back(word);
    while (std::getline(file, line)) {
        auto& row = trace.rows.emplace_back();
        for (std::istringstream s(line); std::getline(s, word, ',');) row.push_back(std::strtod(word.c_str(), nullptr));
    }
    return trace;
}

/// Largest difference of each recorded column from the trace.
inline std::map<std::string, double> differences(Simulation& simulation, int recorder,
                                                 const std::vector<std::string>& names, const Trace& trace) {
    simulation.initialise();
    simulation.advance(static_cast<std::int64_t>(trace.rows.size()) - 1);
    const Frames frames = simulation.take_frames(recorder);
    EXPECT_EQ(frames.count, static_cast<std::int64_t>(trace.rows.size()));
    std::map<std::string, double> worst;
    for (std::int64_t f = 0; f < frames.count; ++f)
        for (std::size_t c = 0; c < names.size(); ++c)
            worst[names[c]] = std::max(worst[names[c]], std::abs(frames.values[f * frames.columns + c] -
                                                                 trace.value(static_cast<std::size_t>(f), names[c])));
    return worst;
}

}  // namespace ngv::neuron::test

#define LOAD_OR_SKIP(variable, name)                         \
    const auto variable = ::ngv::neuron::test::load((name)); \
    if (!variable) GTEST_SKIP() << "no " << (name) << ": set NGV_REFERENCE"
