// A line on stderr for work that takes longer than two seconds, at most one every two seconds.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "solvers/common/log.hpp"

namespace ngv::circuit {

class Progress {
  public:
    Progress(std::string what, std::size_t total) : what_(std::move(what)), total_(total) {}
    void step() {
        ++done_;
        if (done_ % 64 != 0) return;
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < std::chrono::seconds(2)) return;
        last_ = now;
        log_info("{}: {} of {}", what_, done_, total_);
    }

  private:
    std::string what_;
    std::size_t total_, done_ = 0;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace ngv::circuit
