#include "solvers/flow/network/chains.hpp"

namespace ngv::flow {

Chains find_chains(std::span<const std::array<std::int32_t, 2>> ends, std::span<const std::uint8_t> through) {
    std::vector<std::array<std::int32_t, 2>> at(through.size(), {-1, -1});  // the two vessels of a junction inside
    for (std::size_t i = 0; i < ends.size(); ++i)
        for (const auto j : ends[i])
            if (through[j]) at[j][at[j][0] < 0 ? 0 : 1] = static_cast<std::int32_t>(i);

    Chains chains;
    chains.order.reserve(ends.size()), chains.direction.reserve(ends.size());
    chains.offset.push_back(0);
    std::vector<std::uint8_t> done(ends.size(), 0);
    const auto walk = [&](std::int32_t vessel, std::int32_t from) {
        while (!done[vessel]) {
            done[vessel] = 1;
            const auto [a, b] = ends[vessel];
            const bool along = a == from;
            chains.order.push_back(vessel);
            chains.direction.push_back(along ? 1 : -1);
            from = along ? b : a;
            if (!through[from]) break;
            vessel = at[from][0] == vessel ? at[from][1] : at[from][0];
        }
        chains.offset.push_back(static_cast<std::int32_t>(chains.order.size()));
    };
    for (std::size_t i = 0; i < ends.size(); ++i)
        for (const auto j : ends[i])
            if (!done[i] && !through[j]) walk(static_cast<std::int32_t>(i), j);
    for (std::size_t i = 0; i < ends.size(); ++i)
        if (!done[i]) walk(static_cast<std::int32_t>(i), ends[i][0]);  // what is left are rings
    return chains;
}

}  // namespace ngv::flow
