#include "solvers/rd/stochastic/hops.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include <fmt/format.h>

#include "solvers/rd/stochastic/draws.hpp"
#include "solvers/rd/stochastic/eight.hpp"

namespace ngv::rd {

namespace {

// Up to here molecules get their numbers two by two, together with those of other places; up to `dozens` sixteen by
// sixteen; beyond, the multinomial is built of binomials. Limits are where the one becomes quicker than the other.
constexpr std::int64_t few = 8, dozens = 64;

// Of i = begin ... end - 1 those of which counts[i] or, where there are places, counts[places[i]] is not 0; how many.
std::int32_t occupied(const std::int64_t* counts, const std::vector<std::int32_t>& places, std::int32_t begin,
                      std::int32_t end, std::int32_t* indices) {
    std::int32_t found = 0, i = begin;
    for (; i + 8 <= end; i += 8) {
        const auto n = places.empty() ? load<EightCounts>(counts + i) : gathered(counts, &places[i]);
        found = append(indices, found, i, below(0, n));
    }
    for (; i < end; ++i) {
        indices[found] = i;
        found += counts[places.empty() ? i : places[i]] > 0;
    }
    return found;
}

}  // namespace

Hops::Hops(MPI_Comm comm, const JumpGraph& graph, Arrivals& arrivals, std::vector<Mover> movers, Key key)
    : comm_(comm), graph_(graph), arrivals_(arrivals), movers_(std::move(movers)), key_(key) {}

void Hops::plan(double dt) {
    dt_ = dt;
    int top = 0;
    std::vector<int> shifts;
    for (const auto& mover : movers_) {
        const int shift = shifts.emplace_back(JumpGraph::shift_of(mover.diffusion, dt));
        for (const auto& range : mover.ranges)
            for (std::int32_t i = range.begin; i < range.end; ++i)
                top = std::max(top, JumpGraph::level_of(graph_.top_class[i] + shift));
    }
    MPI_Allreduce(MPI_IN_PLACE, &top, 1, MPI_INT, MPI_MAX, comm_);
    constexpr int highest = 15;  // sub-steps are counted in 16 bits
    if (top > highest)
        throw UserError(Problem{"step", fmt::format("the smallest elements need 2^{} sub-steps of {} ms", top, dt),
                                fmt::format("choose a step of at most {:.3g} ms, or a mesh without such elements",
                                            dt * std::ldexp(1.0, highest - top))});
    top_level_ = top;
    schedules_.assign(movers_.size(), {});
    for (std::size_t m = 0; m < movers_.size(); ++m) plan(movers_[m], schedules_[m]);

    // Both ranks at a face know its class, so they agree on when something can pass.
    active_.assign(static_cast<std::size_t>(top) + 1, std::vector<char>(arrivals_.num_peers(), 0));
    for (std::size_t m = 0; m < movers_.size(); ++m)
        for (const auto& range : movers_[m].ranges)
            for (std::int32_t i = range.middle; i < range.end; ++i)
                for (int k = 0; k < 4; ++k) {
                    const auto j = graph_.neighbour[4 * i + k];
                    if (j < graph_.size) continue;
                    const int level = JumpGraph::level_of(graph_.face_class[4 * i + k] + shifts[m]);
                    for (int l = 0; l <= level; ++l) active_[l][arrivals_.peer_of(j)] = 1;
                }
}

void Hops::plan(const Mover& mover, Schedule& schedule) {
    const int shift = JumpGraph::shift_of(mover.diffusion, dt_);
    schedule.interior.resize(static_cast<std::size_t>(top_level_) + 1);
    schedule.surface.resize(static_cast<std::size_t>(top_level_) + 1);
    for (const auto& range : mover.ranges)
        for (const bool surface : {true, false}) {
            const auto begin = surface ? range.middle : range.begin, end = surface ? range.end : range.middle;
            auto& parts = surface ? schedule.surface : schedule.interior;
            std::vector<std::int32_t> places(static_cast<std::size_t>(end - begin));
            std::iota(places.begin(), places.end(), begin);
            for (int level = 0; level <= top_level_ && !places.empty(); ++level) {
                std::erase_if(places, [&](auto i) { return JumpGraph::level_of(graph_.top_class[i] + shift) < level; });
                parts[level].push_back(part_of(mover, level, begin, places));
            }
        }
}

Hops::Part Hops::part_of(const Mover& mover, int level, std::int32_t first, std::vector<std::int32_t> places) const {
    const int shift = JumpGraph::shift_of(mover.diffusion, dt_);
    Part part{.first = first, .places = {}, .leave = {}, .sums = {}};
    part.leave.reserve(places.size());
    part.sums.reserve(3 * places.size());
    for (const auto i : places) {
        double sum = 0.0;
        for (int k = 0; k < 4; ++k) {
            const int face_level = JumpGraph::level_of(graph_.face_class[4 * i + k] + shift);
            const int b = graph_.boundary.empty() ? 0 : graph_.boundary[4 * i + k];
            const bool open = b == 0 || (mover.open_boundaries >> (b - 1) & 1) != 0;
            if (face_level >= level && open)
                sum += mover.diffusion * dt_ * graph_.rate[4 * i + k] * std::ldexp(1.0, -face_level);
            (k < 3 ? part.sums : part.leave).push_back(static_cast<float>(sum));
        }
    }
    if (level > 0) part.places = std::move(places);
    return part;
}

void Hops::window(std::int64_t number) {
    const bool talks = arrivals_.num_peers() > 0;
    for (std::uint32_t k = 0; k < (1u << top_level_); ++k) {
        // Sub-step k is one of all levels that it is a multiple of.
        const int level = k == 0 ? 0 : top_level_ - std::countr_zero(k);
        moves_.clear();
        away_.clear();
        for (std::size_t m = 0; m < movers_.size(); ++m)
            for (const auto& part : schedules_[m].surface[level]) {
                ones_.clear();
                sweep(movers_[m], part, number, k);
                for (const auto to : ones_) send(movers_[m].species, to, 1);
            }
        if (talks) arrivals_.start(away_, active_[level]);
        std::size_t pending = 0;  // of the moves: those of the surfaces go by mover, too
        for (auto& mover : movers_) {
            const auto first = moves_.size();
            ones_.clear();
            for (const auto& part : schedules_[&mover - movers_.data()].interior[level]) sweep(mover, part, number, k);
            Pool& pool = *mover.pool;
            for (const auto to : ones_) ++pool[to];
            for (auto i = first; i < moves_.size(); ++i) pool[moves_[i].to] += moves_[i].count;
            moves_.resize(first);
            for (; pending < first && moves_[pending].species == mover.species; ++pending)
                pool[moves_[pending].to] += moves_[pending].count;
        }
        if (talks)
            for (const Move& move : arrivals_.finish()) {
                std::size_t m = 0;
                while (movers_[m].species != move.species) ++m;
                (*movers_[m].pool)[move.to] += move.count;
            }
        for (auto& mover : movers_)
            for (const auto& [place, value] : mover.held) (*mover.pool)[place] = value;
    }
}

// Of the counters of a species and window (philox.hpp).
static std::uint32_t tag_of(const Hops::Mover& mover, std::int64_t number) {
    return static_cast<std::uint32_t>(mover.species) << 8 | static_cast<std::uint32_t>(number >> 32);
}

// What a few hundred places need, stage by stage.
struct Hops::Batch {
    static constexpr std::int32_t size = 256;
    template <class T>
    using Array = std::array<T, size + 8>;  // read and written by eights
    Array<std::int32_t> entries, places, chosen;
    Array<std::int64_t> held;
    Array<std::uint64_t> id;  // of counters
    Array<double> leave;      // the probability that a molecule leaves
    Array<double> numbers[2];

    // Two random numbers for each of the first n.
    void draw(std::int32_t n, std::uint64_t tag, std::uint64_t c2, std::uint64_t c3, Key key) {
        for (std::int32_t k = 0; k < n; k += 8) {
            const auto c01 = load<EightWords>(&id[k]);
            const auto bits = philox(c01, c01 >> 32 | tag, EightWords{} + c2, EightWords{} + c3, key);
            for (int m : {0, 1}) {
                const EightReals u = to_unit(bits[m]);
                __builtin_memcpy(&numbers[m][k], &u, sizeof u);
            }
        }
    }
    // Of the first n those whose molecule with this number is there and leaves; how many.
    std::int32_t choose_leaving(std::int32_t n, std::int32_t molecule) {
        std::int32_t num = 0;
        for (std::int32_t k = 0; k < n; k += 8) {
            const auto bits = below(load<EightReals>(&numbers[molecule % 2][k]), load<EightReals>(&leave[k])) &
                              below(molecule, load<EightCounts>(&held[k])) & first_of(n - k);
            num = append(chosen.data(), num, k, bits);
        }
        return num;
    }
    // Of the first n those that hold more than `molecules`.
    std::int32_t choose_holding(std::int32_t n, std::int64_t molecules) {
        std::int32_t num = 0;
        for (std::int32_t k = 0; k < n; k += 8)
            num = append(chosen.data(), num, k, below(molecules, load<EightCounts>(&held[k])) & first_of(n - k));
        return num;
    }
    // Leaves the first `num` chosen ones alone.
    void keep(std::int32_t num) {
        for (std::int32_t k = 0; k < num; ++k) {
            const std::int32_t i = chosen[k];
            entries[k] = entries[i];
            places[k] = places[i];
            held[k] = held[i];
            id[k] = id[i];
            leave[k] = leave[i];
        }
    }
};

void Hops::sweep(const Mover& mover, const Part& part, std::int64_t number, std::uint32_t sub_step) {
    Batch b;
    Pool& pool = *mover.pool;
    std::int64_t* counts = pool.counts.data() - pool.begin;
    const auto tag = tag_of(mover, number);
    const auto sums_of = [&](std::int32_t i) { return &part.sums[3 * static_cast<std::size_t>(b.entries[i])]; };
    const std::int32_t size = part.size();
    for (std::int32_t begin = 0; begin < size; begin += Batch::size) {
        const std::int32_t end = std::min(size, begin + Batch::size);
        const std::int64_t* from = part.places.empty() ? counts + part.first : counts;
        std::int32_t n = occupied(from, part.places, begin, end, b.entries.data());
        num_visits_ += n;
        for (std::int32_t i = 0; i < n; ++i) {
            const std::int32_t place = part.place(b.entries[i]);
            b.places[i] = place;
            b.held[i] = counts[place];
            b.id[i] = graph_.id[place].words();
            b.leave[i] = part.leave[b.entries[i]];
        }
        const std::int32_t crowded = b.choose_holding(n, few);
        for (std::int32_t k = 0; k < crowded; ++k) {
            const std::int32_t i = b.chosen[k];
            crowd(mover, part, b.entries[i], number, sub_step);
            b.held[i] = 0;  // done
        }
        if (crowded == n) continue;
        // Two molecules of each place at a time, as long as there are any.
        for (std::int32_t draw = 0; n > 0; ++draw) {
            b.draw(n, tag, static_cast<std::uint32_t>(number), std::uint64_t{sub_step} << 16 | draw, key_);
            for (const std::int32_t molecule : {2 * draw, 2 * draw + 1}) {
                const std::int32_t leaving = b.choose_leaving(n, molecule);
                const std::size_t before = ones_.size();
                ones_.resize(before + static_cast<std::size_t>(leaving));
                for (std::int32_t k = 0; k < leaving; ++k) {
                    const std::int32_t i = b.chosen[k];
                    const float* sums = sums_of(i);
                    const double u = b.numbers[molecule % 2][i];
                    const int face = (u >= sums[0]) + (u >= sums[1]) + (u >= sums[2]);
                    --counts[b.places[i]];
                    ones_[before + k] = graph_.neighbour[4 * static_cast<std::size_t>(b.places[i]) + face];
                }
                num_jumps_ += leaving;
            }
            n = b.choose_holding(n, 2 * draw + 2);
            b.keep(n);
        }
    }
}

inline void Hops::send(std::int32_t species, std::int32_t place, std::int64_t count) {
    (place < graph_.size ? moves_ : away_).push_back({species, place, count});
}

// Sorts n numbers in (0, 1), of draws from 2^15 on, by running limits: how many are below the first, between the first
// and the second, ...
static std::array<std::int64_t, 4> sorted_by(const std::array<double, 4>& limits, std::int64_t n, CounterId id,
                                             std::uint32_t tag, std::int64_t number, std::uint32_t sub_step, Key key) {
    const EightWords low = EightWords{} + id.low, high = EightWords{} + (id.high | tag),
                     step = EightWords{} + static_cast<std::uint32_t>(number);
    EightWords draw = EightWords{0, 1, 2, 3, 4, 5, 6, 7} + (std::uint64_t{sub_step} << 16 | 1u << 15);
    std::array<std::int64_t, 4> numbers = {};
    for (auto left = static_cast<std::int32_t>(n); left > 0; left -= 16, draw += 8) {
        const auto bits = philox(low, high, step, draw, key);
        for (const int m : {0, 1}) {
            const EightReals u = to_unit(bits[m]);
            const EightBits counted = first_of(left - 8 * m);
            for (std::size_t k = 0; k < 4; ++k)
                numbers[k] += std::popcount(below(u, EightReals{} + limits[k]) & counted);
        }
    }
    for (std::size_t k = 3; k > 0; --k) numbers[k] -= numbers[k - 1];
    return numbers;
}

// All of a place's molecules, where there are more than a few.
void Hops::crowd(const Mover& mover, const Part& part, std::int32_t entry, std::int64_t number,
                 std::uint32_t sub_step) {
    const std::int32_t place = part.place(entry);
    const float* sums = &part.sums[3 * static_cast<std::size_t>(entry)];
    const double leave = std::min(1.0, static_cast<double>(part.leave[entry]));
    if (leave == 0.0) return;
    std::array<double, 4> limits{sums[0], sums[1], sums[2], leave};
    std::int64_t& count = (*mover.pool)[place];
    const CounterId id = graph_.id[place];
    const auto tag = tag_of(mover, number);
    std::array<std::int64_t, 4> jumps = {};
    if (count <= dozens) {
        jumps = sorted_by(limits, count, id, tag, number, sub_step, key_);
    } else {
        Draws draws(key_, id, static_cast<std::uint32_t>(mover.species), number, sub_step);
        std::int64_t leaving = draws.binomial(count, leave);
        for (double& limit : limits) limit /= leave;  // of those that leave
        if (leaving <= dozens) {
            jumps = sorted_by(limits, leaving, id, tag, number, sub_step, key_);
        } else {
            double before = 0.0;
            for (std::size_t k = 0; k < 4; ++k) {
                // The limits do not grow any more behind the last face that anything can pass.
                const double p = limits[k] == 1.0 ? 1.0 : (limits[k] - before) / (1.0 - before);
                jumps[k] = draws.binomial(leaving, p);
                leaving -= jumps[k];
                before = limits[k];
            }
        }
    }
    for (std::size_t k = 0; k < 4; ++k) {
        if (jumps[k] == 0) continue;
        send(mover.species, graph_.neighbour[4 * static_cast<std::size_t>(place) + k], jumps[k]);
        count -= jumps[k];
        num_jumps_ += jumps[k];
    }
}

}  // namespace ngv::rd
