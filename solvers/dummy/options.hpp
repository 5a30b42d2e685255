// Command line of the dummy.
#pragma once

#include <chrono>
#include <cstdlib>
#include <string>

namespace dummy {

struct Options {
    std::string name = "dummy";
    int cells = 8;                       ///< over all ranks
    std::chrono::milliseconds pause{0};  ///< in every window: stands for work
    std::string fail;                    ///< throw, exit, kill, hang, nan; empty: behave
    long at = -1;                        ///< window of the failure
    int on = 0;                          ///< rank of the failure
    std::string digest;                  ///< pretends to have read another scenario
};

inline Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; ++i) {
        const std::string key = argv[i], value = argv[i + 1];
        if (key == "--name") options.name = value;
        if (key == "--cells") options.cells = std::atoi(value.c_str());
        if (key == "--pause-ms") options.pause = std::chrono::milliseconds(std::atoi(value.c_str()));
        if (key == "--fail") options.fail = value;
        if (key == "--at") options.at = std::atol(value.c_str());
        if (key == "--on") options.on = std::atoi(value.c_str());
        if (key == "--digest") options.digest = value;
    }
    return options;
}

}  // namespace dummy
