#include "solvers/metabolism/coupled/pool_book.hpp"

#include <algorithm>

namespace ngv::metabolism {

void PoolBook::receive(std::size_t i, double change, double span_ms) {
    Entry& e = entries_[i];
    e.pending += change;
    e.pending_ms = std::max(e.pending_ms, span_ms);
    e.has_received = true;
}

double PoolBook::take(std::size_t i, double window_ms, bool everything) {
    Entry& e = entries_[i];
    const bool all = everything || window_ms >= e.pending_ms * (1 - 1e-9);
    const double change = all ? e.pending : e.pending * (window_ms / e.pending_ms);
    e.pending = all ? 0 : e.pending - change;
    e.pending_ms = all ? 0 : e.pending_ms - window_ms;
    e.taken += change;
    return change;
}

double PoolBook::settle(std::size_t i, double value) {
    const double own = value - agreed_[i] - entries_[i].taken;
    agreed_[i] = value;
    entries_[i].taken = 0;
    return own;
}

}  // namespace ngv::metabolism
