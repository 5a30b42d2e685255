#include "coupler/schedule/schedule.hpp"

#include <algorithm>
#include <map>

#include "ngv/error.hpp"

namespace ngv::schedule {

namespace {

/// Begin of the k-th window of length `interval`; the last window may be shorter.
Tick grid(Tick interval, Tick duration, std::int64_t k) {
    return std::min(k * interval, duration);
}

Tick middle(Tick interval, Tick duration, std::int64_t k) {
    const Tick begin = grid(interval, duration, k);
    return begin + (grid(interval, duration, k + 1) - begin) / 2;
}

std::int64_t windows(Tick interval, Tick duration) {
    return (duration + interval - 1) / interval;
}

bool leads(const Channel& channel) {
    return channel.leader == channel.source;
}

}  // namespace

std::int64_t transfers(const Channel& channel, Tick duration) {
    if (channel.scheme == Scheme::initial) return 1;
    const std::int64_t n = windows(channel.interval, duration);
    return channel.scheme == Scheme::strang && leads(channel) ? n + 1 : n;
}

Transfer transfer(const std::vector<Channel>& channels, int index, Tick duration, std::int64_t k) {
    const Channel& channel = channels.at(static_cast<std::size_t>(index));
    const Tick h = channel.interval;
    if (channel.scheme == Scheme::initial) return {index, k, 0, 0, 0, 0};
    if (channel.scheme == Scheme::parallel) {
        const Tick end = grid(h, duration, k + 1);
        return {index, k, end, end, grid(h, duration, k), end};
    }
    if (!leads(channel)) {
        const Tick end = grid(h, duration, k + 1);
        return {index, k, end, middle(h, duration, k), grid(h, duration, k), end};
    }
    const Tick begin = k == 0 ? 0 : middle(h, duration, k - 1);
    const Tick end = k == windows(h, duration) ? duration : middle(h, duration, k);
    return {index, k, end, grid(h, duration, k), begin, end};
}

Itinerary::Itinerary(const std::vector<Channel>& channels, const std::string& participant, Tick duration,
                     Tick alone_every)
    : channels_(&channels), duration_(duration), alone_every_(alone_every) {
    for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
        const Channel& channel = channels[static_cast<std::size_t>(c)];
        if (channel.scheme != Scheme::initial && (channel.source == participant || channel.target == participant))
            alone_every_ = 0;
        if (channel.source == participant) ends_.push_back({c, true, 0, transfers(channel, duration)});
        if (channel.target == participant) ends_.push_back({c, false, 0, transfers(channel, duration)});
    }
    fill(0);
}

Tick Itinerary::tick_of(const End& end) const {
    const Transfer t = transfer(*channels_, end.channel, duration_, end.next);
    return end.sends ? t.sent : t.received;
}

void Itinerary::fill(Tick tick) {
    stop_.tick = tick;
    stop_.sends.clear();
    stop_.receives.clear();
    for (End& end : ends_) {
        if (end.next == end.count || tick_of(end) != tick) continue;
        (end.sends ? stop_.sends : stop_.receives).push_back(transfer(*channels_, end.channel, duration_, end.next));
        ++end.next;
    }
}

Tick Itinerary::next_tick() const {
    Tick next = duration_;
    for (const End& end : ends_) {
        if (end.next < end.count) next = std::min(next, tick_of(end));
    }
    if (alone_every_ > 0) next = std::min(next, (stop_.tick / alone_every_ + 1) * alone_every_);
    return next;
}

void Itinerary::advance() {
    fill(next_tick());
}

std::int64_t Itinerary::advance_to(Tick tick) {
    std::int64_t left = 0;
    for (; stop_.tick < tick && !last(); ++left) advance();
    return left;
}

namespace {

/// A participant on its way through its stops.
struct Traveller {
    std::string name;
    Itinerary itinerary;
    bool sent = false;
    bool done = false;
};

UserError circle(const std::vector<Channel>& channels, const std::vector<Traveller>& travellers) {
    std::string who;
    for (const Traveller& t : travellers) {
        if (!t.done) who += (who.empty() ? "" : ", ") + t.name;
    }
    std::string pairs;
    for (const Channel& c : channels) {
        if (c.scheme == Scheme::strang && c.leader == c.source)
            pairs += (pairs.empty() ? "" : ", ") + c.source + " leads " + c.target;
    }
    return UserError(Problem{
        "links", "with these schemes the participants wait for each other for ever: " + who + " (" + pairs + ")",
        "choose the leaders so that they do not form a circle, or 'scheme: parallel' for one pair"});
}

}  // namespace

std::vector<TransferKey> causal_order(const std::vector<Channel>& channels, Tick duration) {
    std::vector<Traveller> travellers;
    std::map<std::string, bool> names;
    for (const Channel& c : channels) names[c.source] = names[c.target] = true;
    for (const auto& [name, unused] : names) travellers.push_back({name, Itinerary(channels, name, duration)});

    const std::size_t n = channels.size();
    std::vector<std::int64_t> sent(n, 0), executed(n, 0), taken(n, 0);
    std::vector<TransferKey> order;
    std::size_t active = travellers.size();
    while (active > 0) {
        bool moved = false;
        // Those who are earliest in time go first, so that nobody runs ahead in the list.
        Traveller* next = nullptr;
        for (Traveller& t : travellers) {
            if (t.done || t.sent || (next && t.itinerary.stop().tick >= next->itinerary.stop().tick)) continue;
            const auto& sends = t.itinerary.stop().sends;
            const bool buffers_free = std::all_of(sends.begin(), sends.end(), [&](const Transfer& s) {
                return executed[static_cast<std::size_t>(s.channel)] + 1 >= s.sequence;
            });
            if (buffers_free) next = &t;
        }
        if (next) {
            for (const Transfer& s : next->itinerary.stop().sends)
                sent[static_cast<std::size_t>(s.channel)] = s.sequence + 1;
            next->sent = moved = true;
        }
        for (std::size_t c = 0; c < n; ++c) {
            while (executed[c] < sent[c] && executed[c] <= taken[c]) {
                order.push_back({static_cast<int>(c), executed[c]++});
                moved = true;
            }
        }
        for (Traveller& t : travellers) {
            if (t.done || !t.sent) continue;
            const auto& receives = t.itinerary.stop().receives;
            const bool complete = std::all_of(receives.begin(), receives.end(), [&](const Transfer& r) {
                return executed[static_cast<std::size_t>(r.channel)] > r.sequence;
            });
            if (!complete) continue;
            for (const Transfer& r : receives) taken[static_cast<std::size_t>(r.channel)] = r.sequence + 1;
            moved = true;
            t.sent = false;
            if (t.itinerary.last()) {
                t.done = true;
                --active;
            } else {
                t.itinerary.advance();
            }
        }
        if (!moved) throw circle(channels, travellers);
    }
    return order;
}

}  // namespace ngv::schedule
