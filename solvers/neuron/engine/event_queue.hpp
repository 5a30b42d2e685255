// Events of one group that wait for their time. Equal times: connections in the order in which their sources fired (spikes are
// numbered when they are exchanged, see exchange_of_spikes.hpp), then by (source, order); then self events in the order in which
// they were sent. As in NEURON, and the same on any number of ranks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ngv::neuron {

/// A self event (net_send, or a watch that fires) in a slot of the queue. Set -1: the weight of `connection` becomes `flag`.
struct SelfEvent {
    std::int32_t set = 0;
    std::int64_t instance = 0;
    std::int64_t connection = -1;  ///< whose weight the handler sees; -1: none
    double flag = 0;
    bool alive = false;
};

struct Event {
    double te;
    std::uint64_t order;  ///< a connection's number; or self_bit | sequence
    std::int32_t slot;    ///< of a self event; -1: a connection
    std::uint32_t spike;  ///< number of the spike that a connection brings; 0: given from outside, and self events

    static constexpr std::uint64_t self_bit = std::uint64_t{1} << 62;
    bool later_than(const Event& o) const {
        if (te != o.te) return te > o.te;
        if (((order ^ o.order) & self_bit) == 0 && spike != o.spike) return spike > o.spike;
        return order > o.order;
    }
};

class EventQueue {
  public:
    void push_connection(double te, std::int64_t connection, std::uint32_t spike) {
        push({te, static_cast<std::uint64_t>(connection), -1, spike});
    }
    std::int32_t push_self(double te, const SelfEvent& event) {
        std::int32_t slot;
        if (free_.empty()) {
            slot = static_cast<std::int32_t>(self_.size());
            self_.push_back(event);
        } else {
            slot = free_.back();
            free_.pop_back();
            self_[slot] = event;
        }
        self_[slot].alive = true;
        push({te, Event::self_bit | sequence_++, slot, 0});
        return slot;
    }
    bool due(double until) const { return !heap_.empty() && heap_.front().te <= until; }
    Event pop() {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Event e = heap_.back();
        heap_.pop_back();
        return e;
    }
    SelfEvent& self(std::int32_t slot) { return self_[slot]; }
    void free(std::int32_t slot) {
        self_[slot].alive = false;
        free_.push_back(slot);
    }
    void clear() {
        heap_.clear();
        self_.clear();
        free_.clear();
        sequence_ = 0;
    }
    const std::vector<Event>& events() const { return heap_; }
    std::size_t bytes() const { return heap_.capacity() * sizeof(Event) + self_.capacity() * sizeof(SelfEvent); }

  private:
    static bool later(const Event& a, const Event& b) { return a.later_than(b); }
    void push(Event e) {
        heap_.push_back(e);
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    std::vector<Event> heap_;
    std::vector<SelfEvent> self_;
    std::vector<std::int32_t> free_;
    std::uint64_t sequence_ = 0;
};

}  // namespace ngv::neuron
