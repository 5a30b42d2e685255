// Which rank of the coupler is home of an element: the elements of all ranks of a participant, one after the other, are
// cut into contiguous pieces of equal size. Any number of ranks on both sides works, and pieces stay compact in space
// because the solvers' partitions are.
//
//     solver ranks    |----- 0 -----|-- 1 --|------ 2 ------|
//     coupler ranks   |------- 0 --------|------- 1 --------|       rank 1 of the solver sends to both
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ngv::transport {

/// Elements [begin, end) of a solver rank's own list that are homed on one coupler rank.
struct Piece {
    int solver_rank;
    int coupler_rank;
    std::int64_t begin, end;
    std::int64_t size() const { return end - begin; }
};

/// All pieces that are not empty, ordered by solver rank, then by coupler rank.
inline std::vector<Piece> pieces(const std::vector<std::int64_t>& elements_of_rank, int coupler_ranks) {
    std::int64_t total = 0;
    for (const auto n : elements_of_rank) total += n;
    const auto home_begin = [&](std::int64_t c) { return total * c / coupler_ranks; };
    std::vector<Piece> result;
    std::int64_t offset = 0;
    for (int r = 0; r < static_cast<int>(elements_of_rank.size()); ++r) {
        const std::int64_t next = offset + elements_of_rank[static_cast<std::size_t>(r)];
        for (int c = 0; c < coupler_ranks; ++c) {
            const std::int64_t begin = std::max(offset, home_begin(c));
            const std::int64_t end = std::min(next, home_begin(c + 1));
            if (begin < end) result.push_back({r, c, begin - offset, end - offset});
        }
        offset = next;
    }
    return result;
}

}  // namespace ngv::transport
