// The earliest of many events whose times change: an indexed binary heap (Gibson & Bruck, J. Phys. Chem. A 104, 2000).
//
//     heap.reset(times);
//     while (heap.next_time() < end) { ... happens(heap.next()); heap.set(i, new_time); }
#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace ngv::rd {

class EventHeap {
  public:
    /// Events 0, 1, ... with their times; at least one.
    void reset(std::span<const double> times) {
        times_.assign(times.begin(), times.end());
        order_.resize(times.size());
        std::iota(order_.begin(), order_.end(), 0);
        position_ = order_;
        for (std::size_t k = order_.size() / 2; k-- > 0;) sink(k);
    }
    std::int32_t next() const { return order_[0]; }
    double next_time() const { return times_[order_[0]]; }

    void set(std::int32_t event, double time) {
        times_[event] = time;
        auto at = static_cast<std::size_t>(position_[event]);
        for (; at > 0 && time < times_[order_[(at - 1) / 2]]; at = (at - 1) / 2) exchange(at, (at - 1) / 2);
        sink(at);
    }

  private:
    void exchange(std::size_t a, std::size_t b) {
        std::swap(order_[a], order_[b]);
        position_[order_[a]] = static_cast<std::int32_t>(a);
        position_[order_[b]] = static_cast<std::int32_t>(b);
    }
    void sink(std::size_t at) {
        for (;;) {
            std::size_t first = at;
            for (const std::size_t child : {2 * at + 1, 2 * at + 2})
                if (child < order_.size() && times_[order_[child]] < times_[order_[first]]) first = child;
            if (first == at) return;
            exchange(at, first);
            at = first;
        }
    }

    std::vector<double> times_;           // [events]
    std::vector<std::int32_t> order_;     // a heap of events
    std::vector<std::int32_t> position_;  // [events] in order_
};

}  // namespace ngv::rd
