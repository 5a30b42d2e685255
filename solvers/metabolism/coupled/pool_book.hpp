// Bookkeeping of one exchanged pool in the cells that keep it.
//
//   each window:  new value = old value + own change + what the others changed          (mM, on both sides the same)
//
// What the others changed arrives as moles of a past interval and enters the equations as a constant flux over the
// stretch that begins now and is as long as that interval: PoolBook hands it out in portions, one for each window. The
// own change is whatever else happened to the value, so that the equation above holds to round-off for any model, also
// where the equations answer to a use with more or less than its amount (adenylate kinase).
//
//     book.receive(i, in * 1e18 / capacity, span_ms);
//     const double change = book.take(i, window_ms, is_last);       // mM; negative: used
//     ... integrate with a use of -change / window ...
//     out = book.settle(i, value) * capacity / 1e18;                // own change
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace ngv::metabolism {

class PoolBook {
  public:
    explicit PoolBook(std::vector<double> start) : agreed_(std::move(start)), entries_(agreed_.size()) {}

    /// The others changed the value by `change` mM over the last `span_ms`. What was not handed out yet is added.
    void receive(std::size_t i, double change, double span_ms);
    /// The part of it that belongs to the next `window_ms`; all that is left if `everything`.
    double take(std::size_t i, double window_ms, bool everything);
    /// The value at the window's end. Returns the own change since the last settle().
    double settle(std::size_t i, double value);
    /// True once anything has been received.
    bool has_received(std::size_t i) const { return entries_[i].has_received; }

    /// All that the book holds of a cell, and back.
    using Page = std::array<double, 5>;
    Page page(std::size_t i) const {
        const Entry& e = entries_[i];
        return {agreed_[i], e.pending, e.pending_ms, e.taken, e.has_received ? 1.0 : 0.0};
    }
    void set_page(std::size_t i, const Page& page) {
        agreed_[i] = page[0];
        entries_[i] = {page[1], page[2], page[3], page[4] != 0};
    }

  private:
    struct Entry {
        double pending = 0, pending_ms = 0, taken = 0;
        bool has_received = false;
    };
    std::vector<double> agreed_;  ///< mM: what both sides hold the value to be
    std::vector<Entry> entries_;
};

}  // namespace ngv::metabolism
