#include "coupler/mapping/centroid.hpp"

#include <cmath>
#include <limits>

#include "coupler/mapping/id_index.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Weighted mean of points; the plain mean if all weights are zero.
class Mean {
  public:
    void add(const Point& p, double weight) {
        weighted_ = {weighted_.x + weight * p.x, weighted_.y + weight * p.y, weighted_.z + weight * p.z};
        plain_ = {plain_.x + p.x, plain_.y + p.y, plain_.z + p.z};
        weight_ += weight;
        count_ += 1;
    }
    Point value() const {
        if (weight_ > 0) return {weighted_.x / weight_, weighted_.y / weight_, weighted_.z / weight_};
        if (count_ > 0) return {plain_.x / count_, plain_.y / count_, plain_.z / count_};
        return {nan, nan, nan};
    }

  private:
    Point weighted_{0, 0, 0}, plain_{0, 0, 0};
    double weight_ = 0, count_ = 0;
};

}  // namespace

std::vector<Point> centroids(const ElementSet& set) {
    std::vector<Point> result(set.ids.size(), Point{nan, nan, nan});
    const auto* at = set.coordinates.data();
    const auto corner = [&at](std::int64_t i) { return Point{at[3 * i], at[3 * i + 1], at[3 * i + 2]}; };
    for (std::size_t e = 0; e < result.size(); ++e) {
        const auto i = static_cast<std::int64_t>(e);
        Mean mean;
        if (set.geometry == Geometry::points) mean.add(corner(i), 1);
        if (set.geometry == Geometry::tetrahedra)
            for (int c = 0; c < 4; ++c) mean.add(corner(4 * i + c), 1);
        if (set.geometry == Geometry::lines) {
            for (auto p = set.piece_offsets[e]; p < set.piece_offsets[e + 1]; ++p) {
                const Point a = corner(2 * p), b = corner(2 * p + 1);
                mean.add({0.5 * (a.x + b.x), 0.5 * (a.y + b.y), 0.5 * (a.z + b.z)},
                         std::hypot(b.x - a.x, b.y - a.y, b.z - a.z));
            }
        }
        result[e] = mean.value();
    }
    return result;
}

std::vector<Point> centroids_of_partners(MPI_Comm comm, std::span<const std::int64_t> ids,
                                         const std::vector<Entry>& entries, std::span<const std::int64_t> partner_ids,
                                         const std::vector<Point>& partner_points, const Directory& homes) {
    std::vector<std::int64_t> wanted;
    for (const auto& e : entries) wanted.push_back(e.source);
    const Routing there(comm, homes.homes(wanted));
    const IdIndex partners(partner_ids);
    std::vector<Point> answers;
    for (const auto id : there.forward(wanted)) answers.push_back(partner_points[partners.find(id)]);
    const auto points = there.back(answers);

    const IdIndex index(ids);
    std::vector<Mean> means(ids.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (!std::isnan(points[i].x)) means[index.find(entries[i].target)].add(points[i], entries[i].value);
    std::vector<Point> result;
    for (const auto& mean : means) result.push_back(mean.value());
    return result;
}

}  // namespace ngv::mapping
