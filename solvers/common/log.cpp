#include "solvers/common/log.hpp"

#include <cstdio>
#include <string>

namespace ngv {

namespace {
thread_local std::string speaker = "ngv";
}

void set_log_name(std::string_view name, int rank) {
    speaker = fmt::format("{} {}", name, rank);
}

void log_line(std::string_view level, std::string_view text) {
    const auto line = fmt::format("[{}] {}{}{}\n", speaker, level, level.empty() ? "" : ": ", text);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace ngv
