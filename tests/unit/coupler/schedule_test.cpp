#include "coupler/schedule/schedule.hpp"

#include "coupler/schedule/cut.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "ngv/error.hpp"

namespace {

using namespace ngv::schedule;
using ngv::Tick;

std::vector<Tick> ticks(const std::vector<Channel>& channels, const std::string& who, Tick duration) {
    std::vector<Tick> result;
    Itinerary itinerary(channels, who, duration);
    while (true) {
        result.push_back(itinerary.stop().tick);
        if (itinerary.last()) return result;
        itinerary.advance();
    }
}

std::vector<Channel> both_ways(const std::string& a, const std::string& b, Scheme scheme, Tick interval,
                               const std::string& leader = {}) {
    return {{a, b, scheme, interval, leader}, {b, a, scheme, interval, leader}};
}

std::vector<Channel> operator+(std::vector<Channel> a, const std::vector<Channel>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Carries out the list with one buffer a channel, as the coupler and the participants do; false if somebody waits for
/// ever.
bool can_be_carried_out(const std::vector<Channel>& channels, Tick duration, const std::vector<TransferKey>& order) {
    std::map<std::string, Itinerary> at;
    std::map<std::string, bool> sent;
    for (const auto& c : channels) {
        for (const auto& name : {c.source, c.target}) at.try_emplace(name, channels, name, duration);
    }
    std::vector<std::int64_t> offered(channels.size(), 0), carried(channels.size(), 0), taken(channels.size(), 0);
    std::set<std::string> done;
    const auto move_participants = [&] {
        for (bool moved = true; moved;) {
            moved = false;
            for (auto& [name, itinerary] : at) {
                if (done.contains(name)) continue;
                if (!sent[name]) {
                    for (const auto& t : itinerary.stop().sends)
                        offered[static_cast<std::size_t>(t.channel)] = t.sequence + 1;
                    sent[name] = true;
                }
                bool complete = true;
                for (const auto& t : itinerary.stop().receives)
                    complete = complete && carried[static_cast<std::size_t>(t.channel)] > t.sequence;
                if (!complete) continue;
                for (const auto& t : itinerary.stop().receives)
                    taken[static_cast<std::size_t>(t.channel)] = t.sequence + 1;
                moved = true;
                sent[name] = false;
                if (itinerary.last()) {
                    done.insert(name);
                } else {
                    itinerary.advance();
                }
            }
        }
    };
    move_participants();
    for (const auto& key : order) {
        const auto c = static_cast<std::size_t>(key.channel);
        if (carried[c] != key.sequence || offered[c] <= key.sequence || taken[c] < key.sequence) return false;
        ++carried[c];
        move_participants();
    }
    return done.size() == at.size();
}

TEST(Schedule, ParallelStopsAtMultiplesOfTheInterval) {
    const auto channels = both_ways("a", "b", Scheme::parallel, 10);

    EXPECT_EQ(ticks(channels, "a", 30), (std::vector<Tick>{0, 10, 20, 30}));
    EXPECT_EQ(ticks(channels, "b", 30), (std::vector<Tick>{0, 10, 20, 30}));
}

TEST(Schedule, LastWindowIsShorterWhenTheRunIsNoMultipleOfTheInterval) {
    const auto channels = both_ways("a", "b", Scheme::parallel, 10);

    EXPECT_EQ(ticks(channels, "a", 25), (std::vector<Tick>{0, 10, 20, 25}));
    EXPECT_EQ(transfer(channels, 0, 25, 2).begin, 20);
    EXPECT_EQ(transfer(channels, 0, 25, 2).end, 25);
}

TEST(Schedule, StrangLeaderStopsInTheMiddleOfTheOthersWindows) {
    const auto channels = both_ways("rd", "other", Scheme::strang, 10, "rd");

    EXPECT_EQ(ticks(channels, "rd", 30), (std::vector<Tick>{0, 5, 15, 25, 30}));
    EXPECT_EQ(ticks(channels, "other", 30), (std::vector<Tick>{0, 10, 20, 30}));
}

TEST(Schedule, StrangLeaderSendsBeforeTheOthersWindowAndReceivesInItsMiddle) {
    const auto channels = both_ways("rd", "other", Scheme::strang, 10, "rd");

    const Transfer to_other = transfer(channels, 0, 30, 1);
    EXPECT_EQ(to_other.sent, 15);
    EXPECT_EQ(to_other.received, 10);
    EXPECT_EQ(to_other.begin, 5);
    EXPECT_EQ(to_other.end, 15);
    const Transfer to_leader = transfer(channels, 1, 30, 1);
    EXPECT_EQ(to_leader.sent, 20);
    EXPECT_EQ(to_leader.received, 15);
}

TEST(Schedule, StrangLeaderGivesAwayItsLastHalfStep) {
    const auto channels = both_ways("rd", "other", Scheme::strang, 10, "rd");

    const Transfer last = transfer(channels, 0, 30, transfers(channels[0], 30) - 1);

    EXPECT_EQ(last.sent, 30);
    EXPECT_EQ(last.received, 30);
    EXPECT_EQ(last.begin, 25);
    EXPECT_EQ(last.end, 30);
}

TEST(Schedule, StrangHalvesAShortLastWindow) {
    const auto channels = both_ways("rd", "other", Scheme::strang, 10, "rd");

    EXPECT_EQ(ticks(channels, "rd", 24), (std::vector<Tick>{0, 5, 15, 22, 24}));
    EXPECT_EQ(ticks(channels, "other", 24), (std::vector<Tick>{0, 10, 20, 24}));
}

TEST(Schedule, IntervalLongerThanTheRunIsOneWindow) {
    const auto channels =
        both_ways("rd", "other", Scheme::strang, 100, "rd") + both_ways("rd", "flow", Scheme::parallel, 50);

    EXPECT_EQ(ticks(channels, "rd", 8), (std::vector<Tick>{0, 4, 8}));
    EXPECT_EQ(ticks(channels, "flow", 8), (std::vector<Tick>{0, 8}));
}

TEST(Schedule, ParticipantWithoutChannelsHasOneWindow) {
    EXPECT_EQ(ticks({}, "alone", 70), (std::vector<Tick>{0, 70}));
}

TEST(Schedule, EverythingEmittedIsDelivered) {
    for (const Tick duration : {7, 20, 24, 30, 101}) {
        const auto channels =
            both_ways("rd", "other", Scheme::strang, 10, "rd") + both_ways("a", "b", Scheme::parallel, 6);
        for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
            Tick covered = 0;
            for (std::int64_t k = 0; k < transfers(channels[static_cast<std::size_t>(c)], duration); ++k) {
                const Transfer t = transfer(channels, c, duration, k);
                EXPECT_EQ(t.begin, covered);
                EXPECT_EQ(t.sent, t.end);
                covered = t.end;
            }
            EXPECT_EQ(covered, duration);
        }
    }
}

TEST(Schedule, OrderOfSeveralIntervalsAndSchemesCanBeCarriedOut) {
    const auto channels = std::vector<Channel>{{"rd", "neuron", Scheme::initial, 0, {}}} +
                          both_ways("rd", "neuron", Scheme::strang, 10, "rd") +
                          both_ways("neuron", "metabolism", Scheme::parallel, 100) +
                          both_ways("flow", "metabolism", Scheme::parallel, 70) +
                          std::vector<Channel>{{"neuron", "flow", Scheme::parallel, 30, {}}};
    const Tick duration = 1000;

    const auto order = causal_order(channels, duration);

    std::int64_t expected = 0;
    for (const auto& c : channels) expected += transfers(c, duration);
    EXPECT_EQ(static_cast<std::int64_t>(order.size()), expected);
    EXPECT_TRUE(can_be_carried_out(channels, duration, order));
}

/// What each participant has sent and taken of each channel before it exchanges at its stop of the cut.
struct Done {
    std::vector<std::int64_t> sent, taken;
};

Done before_the_cut(const std::vector<Channel>& channels, Tick cut, Tick duration) {
    Done done{std::vector<std::int64_t>(channels.size()), std::vector<std::int64_t>(channels.size())};
    std::set<std::string> names;
    for (const auto& c : channels) names.insert({c.source, c.target});
    for (const auto& name : names) {
        for (Itinerary itinerary(channels, name, duration); itinerary.stop().tick < cut; itinerary.advance()) {
            for (const auto& t : itinerary.stop().sends) ++done.sent[static_cast<std::size_t>(t.channel)];
            for (const auto& t : itinerary.stop().receives) ++done.taken[static_cast<std::size_t>(t.channel)];
        }
    }
    return done;
}

TEST(Cut, NothingIsUnderWayAndNothingIsMissing) {
    std::mt19937 random(11);
    int ahead = 0;
    for (int trial = 0; trial < 200; ++trial) {
        std::vector<Channel> channels{{"a", "b", Scheme::initial, 0, {}}};
        const std::vector<std::string> names{"a", "b", "c", "d"};
        for (std::size_t x = 0; x < names.size(); ++x) {  // leaders in the order of the names: no circle
            const std::size_t y = (x + 1 + random() % 3) % names.size();
            const auto& [first, second] = std::minmax(names[x], names[y]);
            const bool strang = random() % 2;
            const Tick interval = 2 * (1 + static_cast<Tick>(random() % 3));
            channels = channels + both_ways(first, second, strang ? Scheme::strang : Scheme::parallel, interval, first);
        }
        const Tick cut = 12 * (1 + static_cast<Tick>(random() % 4));
        const Done done = before_the_cut(channels, cut, 60);
        for (std::size_t c = 0; c < channels.size(); ++c) {
            EXPECT_EQ(done.taken[c], taken_before(channels[c], cut)) << "trial " << trial << ", channel " << c;
            EXPECT_LE(done.sent[c], done.taken[c]);
            EXPECT_GE(done.sent[c] + 1, done.taken[c]);
            ahead += done.sent[c] < done.taken[c];
        }
    }
    EXPECT_GT(ahead, 0);  // what the other side of a leader sends at the cut
}

TEST(Cut, BelongsToTheFirstStopAtOrAfterIt) {
    EXPECT_EQ(cut_at(90, 100, 100, 1000), 100);  // the other side
    EXPECT_EQ(cut_at(95, 105, 100, 1000), 100);  // a leader
    EXPECT_EQ(cut_at(100, 110, 100, 1000), std::nullopt);
    EXPECT_EQ(cut_at(90, 100, 100, 100), std::nullopt);  // the end is no cut: leaders have no half step left
    EXPECT_EQ(cut_at(90, 100, 0, 1000), std::nullopt);   // nothing is kept
}

TEST(Schedule, ParticipantWithoutChannelsStopsWhereStatesAreKept) {
    Itinerary itinerary({}, "alone", 70, 30);

    EXPECT_EQ(itinerary.advance_to(45), 2);
    EXPECT_EQ(itinerary.stop().tick, 60);
    EXPECT_EQ(itinerary.next_tick(), 70);
}

TEST(Schedule, RandomNetworksCanBeCarriedOutOrAreRefused) {
    std::mt19937 random(7);
    int refused = 0;
    for (int trial = 0; trial < 300; ++trial) {
        std::vector<Channel> channels;
        const std::vector<std::string> names{"a", "b", "c", "d"};
        for (int link = 0; link < 4; ++link) {
            const auto& x = names[random() % 4];
            const auto& y = names[random() % 4];
            if (x == y) continue;
            const bool strang = random() % 2;
            const Tick interval = 2 * (1 + static_cast<Tick>(random() % 12));
            channels =
                channels + both_ways(x, y, strang ? Scheme::strang : Scheme::parallel, interval, strang ? x : "");
        }
        try {
            const auto order = causal_order(channels, 100);
            EXPECT_TRUE(can_be_carried_out(channels, 100, order)) << "trial " << trial;
        } catch (const ngv::UserError&) {
            ++refused;
        }
    }
    EXPECT_LT(refused, 150);
}

TEST(Schedule, LeadersInACircleAreRefused) {
    const auto channels = both_ways("a", "b", Scheme::strang, 10, "a") + both_ways("b", "c", Scheme::strang, 10, "b") +
                          both_ways("c", "a", Scheme::strang, 10, "c");

    EXPECT_THROW(causal_order(channels, 100), ngv::UserError);
}

}  // namespace
