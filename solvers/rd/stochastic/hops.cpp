#include "solvers/rd/stochastic/hops.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include <fmt/format.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "solvers/rd/stochastic/draws.hpp"

namespace ngv::rd {

namespace {

// Up to here every molecule gets a number of its own; beyond, the multinomial is built of binomials.
constexpr std::int64_t few = 8;

// Which of counts[begin] ... counts[end - 1] are not 0: their indices; how many.
std::int32_t occupied(const std::int64_t* counts, std::int32_t begin, std::int32_t end, std::int32_t* indices) {
    std::int32_t found = 0, i = begin;
#if defined(__AVX512F__) && defined(__AVX512VL__)
    const __m256i eight = _mm256_set1_epi32(8);
    __m256i index = _mm256_add_epi32(_mm256_set1_epi32(begin), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    for (; i + 8 <= end; i += 8, index = _mm256_add_epi32(index, eight)) {
        const __m512i n = _mm512_loadu_si512(counts + i);
        const __mmask8 some = _mm512_test_epi64_mask(n, n);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices + found), _mm256_maskz_compress_epi32(some, index));
        found += std::popcount(static_cast<unsigned>(some));
    }
#endif
    for (; i < end; ++i) {
        indices[found] = i;
        found += counts[i] != 0;
    }
    return found;
}

// The same for counts[places[i]].
std::int32_t occupied(const std::int64_t* counts, const std::int32_t* places, std::int32_t begin, std::int32_t end,
                      std::int32_t* indices) {
    std::int32_t found = 0, i = begin;
#if defined(__AVX512F__) && defined(__AVX512VL__)
    const __m256i eight = _mm256_set1_epi32(8);
    __m256i index = _mm256_add_epi32(_mm256_set1_epi32(begin), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    for (; i + 8 <= end; i += 8, index = _mm256_add_epi32(index, eight)) {
        const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(places + i));
        const __m512i n = _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), 0xFF, at, counts, 8);
        const __mmask8 some = _mm512_test_epi64_mask(n, n);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices + found), _mm256_maskz_compress_epi32(some, index));
        found += std::popcount(static_cast<unsigned>(some));
    }
#endif
    for (; i < end; ++i) {
        indices[found] = i;
        found += counts[places[i]] != 0;
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
    Part part{.first = first, .places = {}, .sums = {}};
    part.sums.reserve(4 * places.size());
    for (const auto i : places) {
        double sum = 0.0;
        for (int k = 0; k < 4; ++k) {
            const int face_level = JumpGraph::level_of(graph_.face_class[4 * i + k] + shift);
            const int b = graph_.boundary.empty() ? 0 : graph_.boundary[4 * i + k];
            const bool open = b == 0 || (mover.open_boundaries >> (b - 1) & 1) != 0;
            if (face_level >= level && open)
                sum += mover.diffusion * dt_ * graph_.rate[4 * i + k] * std::ldexp(1.0, -face_level);
            part.sums.push_back(static_cast<float>(sum));
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

// What a few hundred places need, stage by stage, each a plain loop.
struct Hops::Batch {
    static constexpr std::int32_t size = 256;
    std::int32_t entries[size + 8], places[size];  // entries are stored by eights
    std::int32_t more[size], held[size];           // places with more than one molecule; how many, up to `few` + 1
    std::uint32_t low[size], high[size];
    double first[size], second[size];
};

void Hops::sweep(const Mover& mover, const Part& part, std::int64_t number, std::uint32_t sub_step) {
    Batch b;
    Pool& pool = *mover.pool;
    std::int64_t* counts = pool.counts.data() - pool.begin;
    const auto tag = static_cast<std::uint32_t>(mover.species) << 8 | static_cast<std::uint32_t>(number >> 32);
    const std::int32_t n = part.size();
    for (std::int32_t begin = 0; begin < n; begin += Batch::size) {
        const std::int32_t end = std::min(n, begin + Batch::size);
        const std::int32_t found = part.places.empty() ? occupied(counts + part.first, begin, end, b.entries)
                                                       : occupied(counts, part.places.data(), begin, end, b.entries);
        if (found == 0) continue;
        for (std::int32_t i = 0; i < found; ++i)
            b.places[i] = part.places.empty() ? part.first + b.entries[i] : part.places[b.entries[i]];
        for (std::int32_t i = 0; i < found; ++i) {
            b.low[i] = graph_.id[b.places[i]].low;
            b.high[i] = graph_.id[b.places[i]].high | tag;
            // Random numbers take long enough for what the draws need to arrive.
            __builtin_prefetch(&part.sums[4 * static_cast<std::size_t>(b.entries[i])]);
            __builtin_prefetch(&graph_.neighbour[4 * static_cast<std::size_t>(b.places[i])]);
            __builtin_prefetch(&counts[b.places[i]], 1);
        }
        for (std::int32_t i = 0; i < found; ++i) {
            const auto bits =
                philox(b.low[i], b.high[i], static_cast<std::uint32_t>(number), std::uint64_t{sub_step} << 16, key_);
            b.first[i] = to_unit(bits[0]);
            b.second[i] = to_unit(bits[1]);
        }
        num_visits_ += found;
        // The first molecule of each place, then the second where there is one, without a branch; then what holds more.
        const std::size_t before = ones_.size();
        ones_.resize(before + 2 * static_cast<std::size_t>(found));
        std::int32_t* ones = ones_.data() + before;
        std::int32_t num_ones = 0, num_more = 0, num_many = 0;
        const auto decide = [&](std::int32_t i, double u, bool counted) {
            const float* sums = &part.sums[4 * static_cast<std::size_t>(b.entries[i])];
            const std::int32_t place = b.places[i];
            const int face = (u >= sums[0]) + (u >= sums[1]) + (u >= sums[2]) + (u >= sums[3]);
            const bool jumps = (face < 4) & counted;
            ones[num_ones] = graph_.neighbour[4 * static_cast<std::size_t>(place) + (face & 3)];
            num_ones += jumps;
            return jumps;
        };
        for (std::int32_t i = 0; i < found; ++i) {
            const std::int64_t count = counts[b.places[i]];
            counts[b.places[i]] = count - decide(i, b.first[i], count <= few);
            b.more[num_more] = i;
            b.held[num_more] = static_cast<std::int32_t>(std::min(count, few + 1));
            num_more += count > 1;
        }
        for (std::int32_t k = 0; k < num_more; ++k) {
            const std::int32_t i = b.more[k], held = b.held[k];
            counts[b.places[i]] -= decide(i, b.second[i], held <= few);
            b.more[num_many] = i;
            b.held[num_many] = held;
            num_many += held > 2;
        }
        ones_.resize(before + static_cast<std::size_t>(num_ones));
        num_jumps_ += num_ones;
        for (std::int32_t k = 0; k < num_many; ++k) {
            const float* sums = &part.sums[4 * static_cast<std::size_t>(b.entries[b.more[k]])];
            several(mover, sums, number, sub_step, b.places[b.more[k]], b.held[k]);
        }
    }
}

inline void Hops::send(std::int32_t species, std::int32_t place, std::int64_t count) {
    (place < graph_.size ? moves_ : away_).push_back({species, place, count});
}

// The rest of a place's molecules: all of them where there are more than a few, else all but the first two.
void Hops::several(const Mover& mover, const float* sums, std::int64_t number, std::uint32_t sub_step,
                   std::int32_t place, std::int64_t held) {
    std::int64_t& count = (*mover.pool)[place];
    const auto* neighbour = &graph_.neighbour[4 * static_cast<std::size_t>(place)];
    Draws draws(key_, graph_.id[place], static_cast<std::uint32_t>(mover.species), number, sub_step, 1);
    if (held <= few) {
        for (std::int64_t k = 2; k < held; ++k) {
            const double u = draws.uniform();
            const int face = (u >= sums[0]) + (u >= sums[1]) + (u >= sums[2]) + (u >= sums[3]);
            if (face == 4) continue;
            --count;
            ++num_jumps_;
            ones_.push_back(neighbour[face]);
        }
        return;
    }
    const std::int64_t n = count;
    std::int64_t leaving = draws.binomial(n, std::min(1.0, static_cast<double>(sums[3])));
    count -= leaving;
    num_jumps_ += leaving;
    double rest = sums[3], before = 0.0;
    for (int k = 0; leaving > 0; ++k) {
        const double p = sums[k] - before;
        before = sums[k];
        if (p <= 0.0) continue;
        // Behind the last face that anything can pass, the running sum does not grow any more.
        const std::int64_t jumps = sums[k] == sums[3] ? leaving : draws.binomial(leaving, p / rest);
        if (jumps > 0) send(mover.species, neighbour[k], jumps);
        leaving -= jumps;
        rest -= p;
    }
}

}  // namespace ngv::rd
