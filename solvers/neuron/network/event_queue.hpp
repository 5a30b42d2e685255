// Events waiting for their step: a ring of buckets, one a step. Within a bucket they keep the order in which they were
// put in.
#pragma once

#include <span>
#include <vector>

#include "ngv/error.hpp"

namespace ngv::neuron {

class EventQueue {
  public:
    /// No event may be put in more than `horizon` steps ahead of the step taken last.
    explicit EventQueue(int horizon = 1) : buckets_(horizon + 2) {}

    void push(std::int64_t step, int connection) {
        NGV_ASSERT(step >= now_ && step < now_ + static_cast<std::int64_t>(buckets_.size()));
        buckets_[step % buckets_.size()].push_back(connection);
    }
    /// Calls f(connection) for the events of `step`; steps are taken one after the other.
    template <class F>
    void take(std::int64_t step, F f) {
        NGV_ASSERT(step == now_);
        auto& bucket = buckets_[step % buckets_.size()];
        for (int connection : bucket) f(connection);
        bucket.clear();
        ++now_;
    }

  private:
    std::vector<std::vector<int>> buckets_;
    std::int64_t now_ = 0;
};

}  // namespace ngv::neuron
