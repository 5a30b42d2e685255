#include "solvers/metabolism/sbml/history.hpp"

#include <algorithm>
#include <limits>

namespace ngv::metabolism {

namespace {
bool is_before(double time, const History::Point& point) {
    return time < point.time;
}
}  // namespace

History::Point History::at(double time) const {
    const auto after = std::upper_bound(points_.begin(), points_.end(), time, is_before);
    if (after == points_.begin() || after == points_.end()) {
        Point p = after == points_.begin() ? points_.front() : points_.back();
        if (after == points_.end())
            for (std::size_t i = 0; i < p.values.size(); ++i) p.values[i] += (time - p.time) * p.rates[i];
        p.time = time;
        return p;
    }
    const Point &a = *(after - 1), &b = *after;
    const double h = b.time - a.time, x = (time - a.time) / h, y = 1 - x;
    Point p{time, a.values, b.inputs, {}};
    for (std::size_t i = 0; i < p.values.size(); ++i)
        p.values[i] = y * y * ((1 + 2 * x) * a.values[i] + x * h * a.rates[i]) +
                      x * x * ((1 + 2 * y) * b.values[i] - y * h * b.rates[i]);
    return p;
}

double History::next_jump(double time) const {
    for (auto after = std::upper_bound(points_.begin(), points_.end(), time, is_before); after != points_.end();
         ++after)
        if (after == points_.begin() || after->time == (after - 1)->time) return after->time;
    return std::numeric_limits<double>::infinity();
}

}  // namespace ngv::metabolism
