#include "coupler/mapping/outlines.hpp"

#include <algorithm>

namespace ngv::mapping {

namespace {

std::vector<int> distinct(std::vector<int> ranks) {
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    return ranks;
}

}  // namespace

Outlines::Outlines(MPI_Comm comm, const std::vector<Box>& mine) : tree_({}) {
    static_assert(sizeof(Box) == 6 * sizeof(double));
    int size = 1;
    MPI_Comm_size(comm, &size);
    std::vector<int> counts(size), offsets(size, 0);
    const int doubles = static_cast<int>(6 * mine.size());
    MPI_Allgather(&doubles, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
    for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
    boxes_.resize((offsets.back() + counts.back()) / 6);
    MPI_Allgatherv(mine.data(), doubles, MPI_DOUBLE, boxes_.data(), counts.data(), offsets.data(), MPI_DOUBLE, comm);
    for (int r = 0; r < size; ++r) rank_.insert(rank_.end(), counts[r] / 6, r);
    tree_ = Bvh(boxes_);
}

std::vector<int> Outlines::ranks_touched(const Piece& piece) const {
    const BoxTest test(piece);
    std::vector<int> ranks;
    tree_.for_each(test, [&](std::int32_t k) {
        const auto i = tree_.order()[k];
        if (test.touches(boxes_[i])) ranks.push_back(rank_[i]);
    });
    return distinct(std::move(ranks));
}

int Outlines::nearest_rank(const Point& p) const {
    double best = HUGE_VAL;
    int rank = -1;
    tree_.for_each_within(
        p, [&] { return best; },
        [&](std::int32_t k) {
            const auto i = tree_.order()[k];
            const double squared = squared_distance(p, boxes_[i]);
            if (rank < 0 || squared < best) best = squared, rank = rank_[i];
        });
    return rank;
}

std::vector<int> Outlines::ranks_within(const Point& p, double squared) const {
    std::vector<int> ranks;
    tree_.for_each_within(
        p, [&] { return squared; },
        [&](std::int32_t k) {
            const auto i = tree_.order()[k];
            if (squared_distance(p, boxes_[i]) <= squared) ranks.push_back(rank_[i]);
        });
    return distinct(std::move(ranks));
}

}  // namespace ngv::mapping
