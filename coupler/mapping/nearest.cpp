// First every query asks the rank whose boxes are nearest; the answer is a bound, and then it asks all other ranks that
// have a box within the bound. So only a few ranks see a query, and no rank sees all points.
#include "coupler/mapping/nearest.hpp"

#include <cmath>

#include "coupler/mapping/bvh.hpp"
#include "coupler/mapping/outlines.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

struct Candidate {
    double squared = HUGE_VAL;
    std::int64_t id = -1;
    bool before(const Candidate& other) const {
        return squared != other.squared ? squared < other.squared : id >= 0 && (other.id < 0 || id < other.id);
    }
};

class Points {
  public:
    Points(std::span<const std::int64_t> ids, std::span<const Point> points) : tree_({}) {
        std::vector<Box> boxes;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (std::isnan(points[i].x)) continue;
            ids_.push_back(ids[i]);
            points_.push_back(points[i]);
            boxes.push_back({points[i], points[i]});
        }
        tree_ = Bvh(boxes);
    }
    Candidate nearest(const Point& p) const {
        Candidate best;
        tree_.for_each_within(
            p, [&] { return best.squared; },
            [&](std::int32_t k) {
                const auto i = tree_.order()[k];
                const Candidate c{squared_distance(p, Box{points_[i], points_[i]}), ids_[i]};
                if (c.before(best)) best = c;
            });
        return best;
    }
    std::vector<Box> outline() const { return tree_.outline(5); }

  private:
    std::vector<std::int64_t> ids_;
    std::vector<Point> points_;
    Bvh tree_;
};

struct Asked {
    std::vector<std::int64_t> query;
    std::vector<int> rank;
    std::vector<Candidate> answer;
};

Asked ask(MPI_Comm comm, const Points& mine, std::span<const Point> queries, std::vector<std::int64_t> query,
          std::vector<int> rank) {
    std::vector<Point> points;
    for (const auto q : query) points.push_back(queries[q]);
    const Routing there(comm, rank);
    std::vector<Candidate> answers;
    for (const auto& p : there.forward(points)) answers.push_back(mine.nearest(p));
    return {std::move(query), std::move(rank), there.back(answers)};
}

}  // namespace

std::vector<Neighbour> nearest(MPI_Comm comm, std::span<const Point> queries, std::span<const std::int64_t> ids,
                               std::span<const Point> points) {
    const Points mine(ids, points);
    const Outlines outlines(comm, mine.outline());

    std::vector<std::int64_t> query;
    std::vector<int> rank;
    for (std::size_t q = 0; q < queries.size(); ++q) {
        const int first = outlines.nearest_rank(queries[q]);
        if (first < 0) continue;
        query.push_back(static_cast<std::int64_t>(q));
        rank.push_back(first);
    }
    const auto bound = ask(comm, mine, queries, std::move(query), std::move(rank));

    std::vector<Candidate> best(queries.size());
    std::vector<Neighbour> result(queries.size());
    const auto take = [&](const Asked& asked) {
        for (std::size_t i = 0; i < asked.query.size(); ++i) {
            const auto q = asked.query[i];
            if (!asked.answer[i].before(best[q])) continue;
            best[q] = asked.answer[i];
            result[q] = {best[q].id, asked.rank[i], std::sqrt(best[q].squared)};
        }
    };
    take(bound);
    query.clear();
    rank.clear();
    for (std::size_t i = 0; i < bound.query.size(); ++i) {
        const auto q = bound.query[i];
        for (const int other : outlines.ranks_within(queries[q], best[q].squared)) {
            if (other == bound.rank[i]) continue;
            query.push_back(q);
            rank.push_back(other);
        }
    }
    take(ask(comm, mine, queries, std::move(query), std::move(rank)));
    return result;
}

}  // namespace ngv::mapping
