#include "coupler/mapping/fill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coupler/mapping/centroid.hpp"
#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/nearest.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

bool has_geometry(MPI_Comm comm, const ElementSet& set) {
    return anywhere(comm, !set.ids.empty() && set.geometry != Geometry::none);
}

// Points of the chain's first set (step 1) or last one (step -1): its own, or those of the next set that has a
// geometry, brought back along the chain.
std::vector<Point> end_points(MPI_Comm comm, const Chain& chain, int step) {
    const int n = static_cast<int>(chain.sets.size());
    const int end = step > 0 ? 0 : n - 1;
    int with = end;
    while (with >= 0 && with < n && !has_geometry(comm, chain.sets[with].set)) with += step;
    if (with < 0 || with == n) return centroids(chain.sets[end].set);

    auto points = centroids(chain.sets[with].set);
    for (int at = with - step;; at -= step) {
        if (at + step == end) break;
        const int partner = at + step;
        const auto& ids = chain.sets[at].set.ids;
        const auto& entries = chain.entries[std::min(at, partner)];
        points = centroids_of_partners(comm, ids, step > 0 ? transposed(comm, entries, chain.homes[at]) : entries,
                                       chain.sets[partner].set.ids, points, chain.homes[partner]);
    }
    return points;
}

}  // namespace

std::int64_t fill_nearest(MPI_Comm comm, const Chain& chain, Kind kind, std::vector<Entry>& base,
                          std::vector<std::string>& log) {
    const bool state = kind == Kind::state;
    const NamedSet& lonely = state ? chain.sets.back() : chain.sets.front();
    const NamedSet& partners = state ? chain.sets.front() : chain.sets.back();
    const auto covered = has_row(state ? base : transposed(comm, base, chain.homes.front()), lonely.set.ids);
    const auto num_lonely = total(comm, std::int64_t{std::count(covered.begin(), covered.end(), 0)});
    if (num_lonely == 0) return 0;

    const auto lonely_points = end_points(comm, chain, state ? -1 : 1);
    const auto partner_points = end_points(comm, chain, state ? 1 : -1);
    std::vector<std::int64_t> ids;
    std::vector<Point> queries;
    for (std::size_t i = 0; i < covered.size(); ++i) {
        if (covered[i] || std::isnan(lonely_points[i].x)) continue;
        ids.push_back(lonely.set.ids[i]);
        queries.push_back(lonely_points[i]);
    }
    const auto found = nearest(comm, queries, partners.set.ids, partner_points);

    std::vector<Entry> filled;
    std::vector<int> destination;
    double farthest = 0;
    int self = 0;
    MPI_Comm_rank(comm, &self);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (found[i].id < 0) continue;
        filled.push_back(state ? Entry{ids[i], found[i].id, 1.0} : Entry{found[i].id, ids[i], 1.0});
        destination.push_back(state ? self : found[i].home);
        farthest = std::max(farthest, found[i].distance);
    }
    const auto num_filled = total(comm, static_cast<std::int64_t>(filled.size()));
    const auto here = Routing(comm, destination).forward(filled);
    base.insert(base.end(), here.begin(), here.end());
    sort(base);

    log.push_back(fmt::format(
        "fill nearest: {} of {} elements of {} have no {} in {}; {} got the nearest one, at most {:.4g} um away{}",
        num_lonely, total(comm, static_cast<std::int64_t>(covered.size())), lonely.name, state ? "source" : "target",
        partners.name, num_filled, largest(comm, farthest),
        num_filled < num_lonely
            ? fmt::format("; {} stay without: nothing on the way says where they are", num_lonely - num_filled)
            : ""));
    return num_filled;
}

}  // namespace ngv::mapping
