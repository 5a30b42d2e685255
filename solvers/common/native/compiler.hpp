// The system's C++ compiler as a child process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ngv::native {

/// A compiler that was found, and what tells its objects from those of others.
struct Compiler {
    std::vector<std::string> command;  ///< program and its first arguments
    std::string identity;              ///< its version and the processor that -march=native stands for
};

/// The one of NGV_CXX, else that of the build. UserError with the fix if it cannot be started.
Compiler compiler();

/// One call: the arguments after the compiler's own, and the file that takes what it prints.
struct Task {
    std::vector<std::string> arguments;
    std::filesystem::path log;
    int exit_status = -1;
};

/// Runs the tasks, at most `jobs` at a time; returns when all have ended.
void run(std::vector<Task>& tasks, int jobs);

}  // namespace ngv::native
