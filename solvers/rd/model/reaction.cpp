#include "solvers/rd/model/reaction.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::rd {

int Reaction::order() const {
    int n = 0;
    for (const auto& p : left) n += p.count;
    return n;
}

int Reaction::order(Side side) const {
    int n = 0;
    for (const auto& p : left) n += p.side == side ? p.count : 0;
    return n;
}

bool Reaction::per_area() const {
    return surface && order(Side::here) == order();
}

std::pair<int, int> Reaction::volume_powers() const {
    const int inside = order(Side::inside), outside = order(Side::outside);
    if (inside > 0 && outside > 0) return {inside, outside};
    return outside > 0 ? std::pair(0, order() - 1) : std::pair(order() - 1, 0);
}

std::vector<Participation> Reaction::changes() const {
    std::vector<Participation> result;
    const auto add = [&](const Participation& p, int sign) {
        for (auto& r : result)
            if (r.species == p.species && r.side == p.side) {
                r.count += sign * p.count;
                return;
            }
        result.push_back({p.species, p.side, sign * p.count});
    };
    for (const auto& p : left) add(p, -1);
    for (const auto& p : right) add(p, 1);
    std::erase_if(result, [](const auto& p) { return p.count == 0; });
    return result;
}

double VoltageFunction::operator()(double mV) const {
    const double x = (mV - low) / step;
    const double last = static_cast<double>(values.size() - 1);
    if (!(x >= 0.0 && x <= last))
        throw PhysicsError(fmt::format("the potential of {:.6g} mV is outside the table of '{}' ({} to {} mV)", mV,
                                       name, low, low + step * last),
                           name, -1, 0.0);
    const auto i = static_cast<std::size_t>(std::min(x, last - 1.0));
    const double share = x - static_cast<double>(i);
    return values[i] + share * (values[i + 1] - values[i]);
}

}  // namespace ngv::rd
