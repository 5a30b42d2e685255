#include "tools/circuit/hull.hpp"

#include <limits>
#include <map>

#include "ngv/error.hpp"

namespace ngv::circuit {

namespace {

struct Facet {
    std::array<std::uint32_t, 3> corners;  // of the points
    Vec3 normal;
    double offset = 0;
    std::vector<std::uint32_t> outside = {};  // points that see this facet
    std::uint32_t farthest = 0;
    double farthest_distance = 0;

    double distance(Vec3 p) const { return dot(normal, p) - offset; }
};

class Quickhull {
  public:
    Quickhull(std::span<const Vec3> points, double tolerance) : points_(points), tolerance_(tolerance) {
        start();
        while (true) {
            std::size_t best = facets_.size();
            double distance = tolerance_;
            for (std::size_t f = 0; f < facets_.size(); ++f)
                if (facets_[f].farthest_distance > distance) distance = facets_[f].farthest_distance, best = f;
            if (best == facets_.size()) break;
            add(facets_[best].farthest);
        }
    }

    Hull hull() const {
        Hull result;
        std::map<std::uint32_t, std::uint32_t> corner;
        for (const auto& f : facets_) {
            auto& facet = result.facets.emplace_back();
            for (int k = 0; k < 3; ++k) {
                const auto [it, is_new] = corner.emplace(f.corners[k], static_cast<std::uint32_t>(corner.size()));
                if (is_new) result.corners.push_back(points_[f.corners[k]]);
                facet[k] = it->second;
            }
        }
        return result;
    }

  private:
    // The four points that are farthest from each other, one after the other.
    void start() {
        if (points_.size() < 4) refuse();
        const auto farthest = [&](auto measure) {
            std::uint32_t best = 0;
            double most = -1;
            for (std::uint32_t i = 0; i < points_.size(); ++i)
                if (const double m = measure(points_[i]); m > most) most = m, best = i;
            if (!(most > tolerance_)) refuse();
            return best;
        };
        const Vec3 first = points_[0];
        const std::uint32_t a = farthest([&](Vec3 p) { return norm(p - first); });
        const Vec3 pa = points_[a];
        const std::uint32_t b = farthest([&](Vec3 p) { return norm(p - pa); });
        const Vec3 line = unit(points_[b] - pa);
        const std::uint32_t c = farthest([&](Vec3 p) { return norm(cross(p - pa, line)); });
        const Vec3 normal = unit(cross(line, points_[c] - pa));
        const std::uint32_t d = farthest([&](Vec3 p) { return std::abs(dot(p - pa, normal)); });
        const bool above = dot(points_[d] - pa, normal) > 0;
        const std::uint32_t b2 = above ? c : b, c2 = above ? b : c;  // d is on the inner side of a, b2, c2
        for (const auto& corners :
             {std::array{a, b2, c2}, std::array{a, d, b2}, std::array{b2, d, c2}, std::array{c2, d, a}})
            facets_.push_back(facet(corners));
        std::vector<std::uint32_t> all(points_.size());
        for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
        deal(all, 0);
    }

    [[noreturn]] static void refuse() {
        throw UserError(Problem{"convex hull", "the points do not span a volume", "use a box, or a smaller tolerance"});
    }

    Facet facet(const std::array<std::uint32_t, 3>& corners) const {
        const Vec3 a = points_[corners[0]];
        Facet f{.corners = corners, .normal = unit(cross(points_[corners[1]] - a, points_[corners[2]] - a))};
        f.offset = dot(f.normal, a);
        return f;
    }

    // Points go to the first of the facets from `first` on that they are outside of; the rest lies inside for good.
    void deal(const std::vector<std::uint32_t>& points, std::size_t first) {
        for (const auto i : points)
            for (std::size_t f = first; f < facets_.size(); ++f) {
                const double distance = facets_[f].distance(points_[i]);
                if (distance <= tolerance_) continue;
                facets_[f].outside.push_back(i);
                if (distance > facets_[f].farthest_distance) {
                    facets_[f].farthest_distance = distance;
                    facets_[f].farthest = i;
                }
                break;
            }
    }

    // Facets that see the point give way to a cone from the rim of what is seen.
    void add(std::uint32_t point) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, int> rim;
        std::vector<std::uint32_t> loose;
        std::vector<Facet> kept;
        for (auto& f : facets_) {
            if (f.distance(points_[point]) <= rounding()) {
                kept.push_back(std::move(f));
                continue;
            }
            loose.insert(loose.end(), f.outside.begin(), f.outside.end());
            for (int k = 0; k < 3; ++k) rim[{f.corners[k], f.corners[(k + 1) % 3]}] = 1;
        }
        const std::size_t first = kept.size();
        facets_ = std::move(kept);
        for (const auto& [edge, seen] : rim)
            if (!rim.contains({edge.second, edge.first})) facets_.push_back(facet({edge.first, edge.second, point}));
        deal(loose, first);
    }

    double rounding() const { return 1e-7 * tolerance_; }

    std::span<const Vec3> points_;
    double tolerance_;
    std::vector<Facet> facets_;
};

}  // namespace

double Hull::volume() const {
    double sum = 0;
    for (const auto& f : facets) sum += dot(corners[f[0]], cross(corners[f[1]], corners[f[2]])) / 6;
    return sum;
}

double Hull::beyond(Vec3 p) const {
    double most = std::numeric_limits<double>::lowest();
    for (const auto& f : facets) {
        const Vec3 a = corners[f[0]], normal = unit(cross(corners[f[1]] - a, corners[f[2]] - a));
        most = std::max(most, dot(normal, p - a));
    }
    return most;
}

Hull convex_hull(std::span<const Vec3> points, double tolerance) {
    NGV_ASSERT(tolerance > 0);
    return Quickhull(points, tolerance).hull();
}

// A corner moves so that it is `margin` beyond each of its facets; where that is a long way, at sharp corners, an icosahedron
// around the ball of that radius takes its place.
static Hull widened(const Hull& hull, double margin) {
    std::vector<std::vector<Vec3>> normals(hull.corners.size());
    for (const auto& f : hull.facets) {
        const Vec3 a = hull.corners[f[0]];
        const Vec3 normal = unit(cross(hull.corners[f[1]] - a, hull.corners[f[2]] - a));
        for (const auto c : f) normals[c].push_back(normal);
    }
    const double golden = 0.5 * (1 + std::sqrt(5.0));
    const double around_ball = std::sqrt(15 - 6 * std::sqrt(5.0)) / std::sqrt(1 + golden * golden);
    constexpr double sharp = 0.4;  // the corner would move by 2.5 margins
    std::vector<Vec3> points;
    for (std::size_t c = 0; c < hull.corners.size(); ++c) {
        Vec3 way{};
        for (const Vec3 n : normals[c]) way = way + n;
        way = unit(way);
        double along = 1;
        for (const Vec3 n : normals[c]) along = std::min(along, dot(n, way));
        if (along > sharp) {
            points.push_back(hull.corners[c] + way * (margin / along));
            continue;
        }
        for (const double a : {-1.0, 1.0})
            for (const double b : {-golden, golden})
                for (const Vec3 to : {Vec3{0, a, b}, Vec3{a, b, 0}, Vec3{b, 0, a}})
                    points.push_back(hull.corners[c] + to * (margin * around_ball));
    }
    return convex_hull(points, margin / 4);
}

Hull hull_around(std::span<const Vec3> points, double margin) {
    const double tolerance = margin / 5;
    const Hull inner = convex_hull(points, tolerance);
    // What the tolerances leave out shows in how far the points are inside; near sharp edges it is more than they say.
    for (double wider = margin + tolerance;;) {
        Hull outer = widened(inner, wider);
        double most = -margin;
        for (const Vec3 p : points) most = std::max(most, outer.beyond(p));
        if (most <= -margin) return outer;
        wider += most + margin + 1e-6 * margin;
    }
}

}  // namespace ngv::circuit
