#include "coupler/trace/trace.hpp"

namespace ngv::trace {

void Recorder::start() {
    running_ = true;
    since_ = Clock::now();
    current_ = {What::compute, 0, 0, -1, -1};
}

void Recorder::close(Clock::time_point now) {
    using namespace std::chrono;
    const auto length = now - since_;
    seconds_[static_cast<int>(current_.what)] += duration<double>(length).count();
    const auto length_us = duration_cast<microseconds>(length).count();
    // Bars that nobody could see are left out; their time is in the totals.
    if (length_us >= 2) {
        if (spans_.size() < max_spans) {
            current_.begin_us = duration_cast<microseconds>(since_.time_since_epoch()).count();
            current_.length_us = length_us;
            spans_.push_back(current_);
        } else {
            ++dropped_;
        }
    }
    since_ = now;
}

void Recorder::enter(What what, std::int64_t window, int peer) {
    if (!running_) return;
    close(Clock::now());
    current_.what = what;
    current_.window = window;
    current_.peer = peer;
}

void Recorder::stop() {
    if (!running_) return;
    close(Clock::now());
    running_ = false;
}

}  // namespace ngv::trace
