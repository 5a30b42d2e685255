#include "coupler/mapping/sweep.hpp"

#include <algorithm>

namespace ngv::mapping {

// Sorts ends_ and gives ends that are the same place the same number.
void Sweep::sort_ends(double tolerance, double low, double high) {
    std::sort(ends_.begin(), ends_.end(), [](const End& a, const End& b) { return a.place < b.place; });
    double place = low;
    for (auto& end : ends_) {
        if (end.place > place + tolerance) place = end.place >= high - tolerance ? high : end.place;
        end.place = place;
    }
}

// Walks over ends_ from low to high: adds every elementary stretch to the fractions of those that cover it.
template <class OnGap>
void Sweep::walk(double low, double high, OnGap on_gap) {
    active_.clear();
    double place = low;
    const auto advance = [&](double to) {
        if (to <= place) return;
        if (active_.empty())
            on_gap(place, to);
        else
            for (const auto cover : active_) fraction_[cover] += (to - place) / static_cast<double>(active_.size());
        place = to;
    };
    for (const auto& end : ends_) {
        advance(end.place);
        if (end.opens)
            active_.push_back(end.cover);
        else
            std::erase(active_, end.cover);
    }
    advance(high);
}

std::span<const Sweep::Share> Sweep::collect(std::span<const Cover> covers) {
    shares_.clear();
    for (std::size_t i = 0; i < covers.size(); ++i)
        if (fraction_[i] > 0) shares_.push_back({covers[i].tetrahedron, fraction_[i]});
    return shares_;
}

bool Sweep::close_gap(std::span<const Cover> covers, double low, double high, double tolerance) {
    ends_.clear();
    for (std::size_t i = 0; i < covers.size(); ++i) {
        const Stretch s{std::max(covers[i].stretch.near.begin, low), std::min(covers[i].stretch.near.end, high)};
        if (s.empty()) continue;
        ends_.push_back({s.begin, static_cast<std::int32_t>(i), true});
        ends_.push_back({s.end, static_cast<std::int32_t>(i), false});
    }
    // First to see whether it is covered wholly, then to share.
    sort_ends(tolerance, low, high);
    double reached = low;
    for (const auto& end : ends_) {
        if (!end.opens || end.place > reached) continue;
        reached = std::max(reached, std::min(covers[end.cover].stretch.near.end + tolerance, high));
    }
    if (reached < high) return false;
    walk(low, high, [this](double a, double b) { uncovered_ += b - a; });
    return true;
}

std::span<const Sweep::Share> Sweep::share(std::span<const Cover> covers, double tolerance) {
    uncovered_ = 0;
    has_hole_ = false;
    fraction_.assign(covers.size(), 0.0);

    // Most pieces lie in one tetrahedron.
    if (covers.size() == 1 && covers[0].stretch.inside.begin == 0 && covers[0].stretch.inside.end == 1) {
        fraction_[0] = 1;
        return collect(covers);
    }

    ends_.clear();
    for (std::size_t i = 0; i < covers.size(); ++i) {
        const Stretch& s = covers[i].stretch.inside;
        if (s.end - s.begin <= tolerance) continue;
        ends_.push_back({s.begin, static_cast<std::int32_t>(i), true});
        ends_.push_back({s.end, static_cast<std::int32_t>(i), false});
    }
    sort_ends(tolerance, 0.0, 1.0);
    gaps_.clear();
    walk(0.0, 1.0, [this](double a, double b) { gaps_.push_back({a, b}); });
    for (const auto& gap : gaps_) {
        if (close_gap(covers, gap.begin, gap.end, tolerance)) continue;
        uncovered_ += gap.end - gap.begin;
        has_hole_ = has_hole_ || (gap.begin > 0 && gap.end < 1);
    }
    return collect(covers);
}

std::span<const Sweep::Share> Sweep::share_point(std::span<const Cover> covers) {
    fraction_.assign(covers.size(), 0.0);
    double count = 0;
    for (const auto& c : covers) count += !c.stretch.near.empty();
    for (std::size_t i = 0; i < covers.size(); ++i)
        if (!covers[i].stretch.near.empty()) fraction_[i] = 1.0 / count;
    uncovered_ = count > 0 ? 0.0 : 1.0;
    has_hole_ = false;
    return collect(covers);
}

}  // namespace ngv::mapping
