// Random streams of stochastic channels (StochKv and the like), one a compartment.
#pragma once

#include <cstdint>
#include <string>

#include "solvers/neuron/engine/engine_builder.hpp"

namespace ngv::neuron {

/// Sets (cell, hash of "dend[3].0.5", seed) for every RANDOM of the cell's density mechanisms, as BBP's v6 and v7 templates do.
/// `cell`: neurodamus' number of the cell. The cell must have been added.
void set_channel_streams(EngineBuilder& builder, std::int64_t gid, std::uint32_t cell, std::uint32_t seed);

/// The hash of those templates: h = (31 h + character) mod (2^31 - 1).
std::uint32_t template_hash(const std::string& text);

}  // namespace ngv::neuron
