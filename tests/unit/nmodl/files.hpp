// The .mod files of the tree, for tests that go through all of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <vector>

namespace ngv::nmodl::test {

inline std::vector<std::filesystem::path> mod_files() {
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"/solvers/neuron/mechanisms/mod", "/tests/validation/mechanisms/constructs"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(NGV_SOURCE_DIR) + folder))
            if (entry.path().extension() == ".mod") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace ngv::nmodl::test
