// Who waited for whom, from the timeline of a run.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace ngv {

/// {"rd": {"neuron": 0.61}}: the part of its time that rd waited for neuron. Empty if trace.json is absent or damaged.
nlohmann::json waits_of(const std::filesystem::path& results);

}  // namespace ngv
