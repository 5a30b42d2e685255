// Reference data from outside of the repository: traces of NEURON, networks of AstroVascPy, public circuits, metabolic trajectories.
// NGV_REFERENCE names their folder; without it, shared/reference beside the source tree is looked at. Tests that need a part
// are skipped where it is not there.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace ngv::test {

inline std::filesystem::path reference_folder() {
    if (const char* folder = std::getenv("NGV_REFERENCE")) return folder;
    return std::filesystem::path(NGV_SOURCE_DIR).parent_path() / "shared" / "reference";
}

/// A file or folder of the reference, "flow/A_toy_static"; empty if it is not there.
inline std::filesystem::path reference(const std::string& part) {
    const auto path = reference_folder() / part;
    return std::filesystem::exists(path) ? path : std::filesystem::path();
}

}  // namespace ngv::test

/// Defines `path`, or ends the test as skipped.
#define NGV_REFERENCE_OR_SKIP(path, part)           \
    const auto path = ::ngv::test::reference(part); \
    if (path.empty()) GTEST_SKIP() << (part) << " is not in " << ::ngv::test::reference_folder() << " (NGV_REFERENCE)"
