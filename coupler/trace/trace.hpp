// What a rank did with its time: totals, and the bars of the timeline.
//
//     Recorder time;                            // everything counts as compute until told otherwise
//     time.enter(What::wait, window, channel);
//     time.enter(What::compute, window);
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace ngv::trace {

enum class What : int { compute, wait, exchange };

struct Span {
    What what;
    std::int64_t begin_us;  ///< since the epoch
    std::int64_t length_us;
    std::int64_t window;
    int peer;  ///< wait: the channel waited for; -1: none
};

class Recorder {
  public:
    /// At most this many spans are kept; the totals go on.
    static constexpr std::size_t max_spans = 20'000;

    /// Starts the clock.
    void start();
    /// Ends what went on, and begins something else.
    void enter(What what, std::int64_t window, int peer = -1);
    /// Ends what went on, for good.
    void stop();

    double seconds(What what) const { return seconds_[static_cast<int>(what)]; }
    const std::vector<Span>& spans() const { return spans_; }
    std::int64_t dropped() const { return dropped_; }

  private:
    using Clock = std::chrono::system_clock;  // comparable between the machines of a run
    void close(Clock::time_point now);

    bool running_ = false;
    Clock::time_point since_{};
    Span current_{What::compute, 0, 0, -1, -1};
    double seconds_[3] = {};
    std::vector<Span> spans_;
    std::int64_t dropped_ = 0;
};

}  // namespace ngv::trace
