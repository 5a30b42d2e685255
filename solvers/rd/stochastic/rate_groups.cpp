#include "solvers/rd/stochastic/rate_groups.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ngv::rd {

namespace {

constexpr int none = -1;  // the group of rates that are 0

// The exponent as a double has it, biased: 2^(e - 1023) <= rate.
int exponent_of(double rate) {
    return static_cast<int>(std::bit_cast<std::uint64_t>(rate) >> 52);
}

}  // namespace

int RateGroups::group_of(double rate) {
    if (rate == 0.0) return none;
    std::int16_t& entry = by_exponent_[exponent_of(rate)];
    if (entry == 0) {
        groups_.push_back({.exponent = exponent_of(rate)});
        entry = static_cast<std::int16_t>(groups_.size());
    }
    return entry - 1;
}

void RateGroups::insert(std::int32_t channel, int group) {
    if (group == none) return;
    auto& members = groups_[group].members;
    position_[channel] = static_cast<std::int32_t>(members.size());
    members.push_back(channel);
    groups_[group].sum += (*rates_)[channel];
}

void RateGroups::erase(std::int32_t channel, int group) {
    if (group == none) return;
    auto& members = groups_[group].members;
    const std::int32_t last = members.back();
    members[position_[channel]] = last;
    position_[last] = position_[channel];
    members.pop_back();
    if (members.empty()) groups_[group].sum = 0.0;
}

void RateGroups::reset(const std::vector<double>& rates) {
    rates_ = &rates;
    for (const auto& g : groups_) by_exponent_[g.exponent] = 0;
    groups_.clear();
    position_.resize(rates.size());
    for (std::size_t k = 0; k < rates.size(); ++k) insert(static_cast<std::int32_t>(k), group_of(rates[k]));
}

void RateGroups::update(std::int32_t channel, double before) {
    const double now = (*rates_)[channel];
    const int from = group_of(before), to = group_of(now);
    if (from != none) groups_[from].sum += from == to ? now - before : -before;
    if (from == to) return;
    erase(channel, from);
    insert(channel, to);
}

double RateGroups::total() const {
    double sum = 0.0;
    for (const auto& g : groups_) sum += g.sum;
    return sum;
}

std::int32_t RateGroups::pick(double total, Draws& draws) const {
    double at = draws.uniform() * total;
    const Group* group = nullptr;
    for (const auto& g : groups_) {
        if (g.members.empty()) continue;
        group = &g;
        if (at < g.sum) break;
        at -= g.sum;
    }
    NGV_ASSERT(group != nullptr);
    const double bound = std::ldexp(1.0, group->exponent - 1022);
    const std::size_t n = group->members.size();
    for (;;) {
        const auto k = static_cast<std::size_t>(draws.uniform() * static_cast<double>(n));
        const std::int32_t channel = group->members[std::min(k, n - 1)];
        if (draws.uniform() * bound < (*rates_)[channel]) return channel;
    }
}

}  // namespace ngv::rd
