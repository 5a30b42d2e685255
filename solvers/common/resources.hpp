// What a run costs: time and memory of this process.
#pragma once

#include <chrono>
#include <cstdint>

namespace ngv {

/// The largest resident memory that this process has had so far, in bytes.
std::int64_t peak_memory_bytes();

/// Wall time since construction or reset().
class Timer {
  public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
    void reset() { start_ = std::chrono::steady_clock::now(); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ngv
