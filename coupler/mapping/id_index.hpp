// From a global id to its position in a list: a flat hash table, built once, that one cache line answers.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace ngv::mapping {

/// Spreads the bits of an id (the finaliser of splitmix64, Steele et al. 2014, doi 10.1145/2714064.2660195).
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

class IdIndex {
  public:
    /// Of two equal ids the first counts.
    explicit IdIndex(std::span<const std::int64_t> ids) : slots_(std::bit_ceil(ids.size() * 2 + 1)) {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            auto& slot = slots_[find_slot(ids[i])];
            if (slot.position < 0) slot = {ids[i], static_cast<std::int64_t>(i)};
        }
    }

    /// The position of `id`, or -1.
    std::int64_t find(std::int64_t id) const { return slots_[find_slot(id)].position; }

  private:
    struct Slot {
        std::int64_t id = 0;
        std::int64_t position = -1;
    };

    std::size_t find_slot(std::int64_t id) const {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = mix(static_cast<std::uint64_t>(id)) & mask;
        while (slots_[at].position >= 0 && slots_[at].id != id) at = (at + 1) & mask;
        return at;
    }

    std::vector<Slot> slots_;
};

}  // namespace ngv::mapping
