#include "solvers/common/contour_soma.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ngv/error.hpp"

namespace ngv {

namespace {

using Vector = std::vector<double>;

/// y at the places `at` of the polyline (x, y); constant beyond its ends. x ascending.
Vector interpolate(const Vector& at, const Vector& x, const Vector& y) {
    Vector result(at.size());
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (at[i] <= x.front()) {
            result[i] = y.front();
        } else if (at[i] >= x.back()) {
            result[i] = y.back();
        } else {
            std::size_t k = 1;
            while (x[k] <= at[i]) ++k;
            const double theta = (at[i] - x[k - 1]) / (x[k] - x[k - 1]);
            result[i] = theta * y[k] + (1 - theta) * y[k - 1];
        }
    }
    return result;
}

double mean(const Vector& v) {
    double sum = 0;
    for (double x : v) sum += x;
    return sum / static_cast<double>(v.size());
}

struct Outline {
    Vector x, y, z;  // 101 points, evenly spaced along the outline as seen from above; it is not closed
    double cx, cy, cz;
};

Outline resample(std::span<const MorphologyPoint> points) {
    Vector x, y, z, along{0};
    for (const auto& p : points) {
        x.push_back(p.x);
        y.push_back(p.y);
        z.push_back(p.z);
    }
    for (std::size_t i = 1; i < x.size(); ++i) {
        const double dx = x[i] - x[i - 1], dy = y[i] - y[i - 1];
        along.push_back(along.back() + std::sqrt(dx * dx + dy * dy));
    }
    Vector at(101);
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = static_cast<double>(i) * (along.back() / 100);
    Outline o{interpolate(at, along, x), interpolate(at, along, y), interpolate(at, along, z), 0, 0, 0};
    o.cx = mean(o.x);
    o.cy = mean(o.y);
    o.cz = mean(o.z);
    return o;
}

/// One side of the outline: distance from the axis (radius) by place on it.
struct Side {
    Vector place, radius;
    /// Drops points that go back along the axis, from the far end on.
    void make_convex() {
        constexpr double epsilon = 1e-11;  // hoc compares with it
        for (std::size_t j = place.size() - 1; place.size() > 1 && j > 0 && j < place.size(); --j) {
            if (place[j] > place[j - 1] + epsilon) continue;
            place.erase(place.begin() + static_cast<std::ptrdiff_t>(j));
            radius.erase(radius.begin() + static_cast<std::ptrdiff_t>(j));
            if (j != place.size()) ++j;
        }
    }
};

}  // namespace

std::vector<MorphologyPoint> frusta_of_outline(std::span<const MorphologyPoint> outline, const std::string& where) {
    NGV_ASSERT(outline.size() >= 3);
    const Outline o = resample(outline);
    const std::size_t n = o.x.size();
    Eigen::Matrix3d scatter = Eigen::Matrix3d::Zero();
    std::vector<Eigen::Vector3d> points(n);
    for (std::size_t i = 0; i < n; ++i) points[i] = {o.x[i] - o.cx, o.y[i] - o.cy, o.z[i] - o.cz};
    for (int r = 0; r < 3; ++r)
        for (int c = r; c < 3; ++c) {
            double sum = 0;
            for (const auto& p : points) sum += p[r] * p[c];
            scatter(r, c) = scatter(c, r) = sum;
        }
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(scatter);  // eigenvalues ascend
    Eigen::Vector3d major = axes.eigenvectors().col(2), minor = axes.eigenvectors().col(1);
    Eigen::Index largest = 0;
    major.cwiseAbs().maxCoeff(&largest);
    if (major[largest] < 0) major = -major;
    minor[2] = 0;
    if (!(axes.eigenvalues()[1] > 0) || !(minor.norm() > 0))
        throw UserError(Problem{where, "the outline of the soma is a line, expected an area", ""});
    minor /= std::sqrt(minor[0] * minor[0] + minor[1] * minor[1]);

    Vector place(n), radius(n);
    for (std::size_t i = 0; i < n; ++i) {
        place[i] = points[i][0] * major[0] + points[i][1] * major[1] + points[i][2] * major[2];
        radius[i] = points[i][0] * minor[0] + points[i][1] * minor[1];
    }
    const auto first = std::max_element(place.begin(), place.end()) - place.begin();
    std::rotate(place.begin(), place.begin() + first, place.end());
    std::rotate(radius.begin(), radius.begin() + first, radius.end());
    const auto last = std::min_element(place.begin(), place.end()) - place.begin();
    Side one{{place.begin(), place.begin() + last}, {radius.begin(), radius.begin() + last}};
    Side two{{place.begin() + last, place.end()}, {radius.begin() + last, radius.end()}};
    std::reverse(one.place.begin(), one.place.end());
    std::reverse(one.radius.begin(), one.radius.end());
    one.make_convex();
    two.make_convex();

    Vector all = one.place;
    all.insert(all.end(), two.place.begin(), two.place.end());
    std::sort(all.begin(), all.end());
    if (all.size() < 4) throw UserError(Problem{where, "the outline of the soma has too few distinct points", ""});
    const double begin = all[1], step = (all[all.size() - 2] - begin) / 20;
    Vector at(21);
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = begin + static_cast<double>(i) * step;
    const Vector r1 = interpolate(at, one.place, one.radius), r2 = interpolate(at, two.place, two.radius);
    std::vector<MorphologyPoint> result(at.size());
    for (std::size_t i = 0; i < at.size(); ++i)
        result[i] = {major[0] * at[i] + o.cx, major[1] * at[i] + o.cy, major[2] * at[i] + o.cz,
                     std::abs(r1[i] - r2[i])};
    // The ends of an outline are points; a frustum needs a width.
    result.front().diameter = (result.front().diameter + result[1].diameter) / 2;
    result.back().diameter = (result.back().diameter + result[result.size() - 2].diameter) / 2;
    return result;
}

std::vector<MorphologyPoint> frusta_of_stack(const std::vector<std::vector<MorphologyPoint>>& outlines) {
    std::vector<MorphologyPoint> result;
    for (const auto& outline : outlines) {
        double perimeter = 0;
        for (std::size_t i = 0; i < outline.size(); ++i) {
            const auto &a = outline[i], &b = outline[(i + 1) % outline.size()];
            perimeter += std::hypot(b.x - a.x, b.y - a.y, b.z - a.z);
        }
        const Outline o = resample(outline);
        double radius = 0;
        for (std::size_t i = 0; i < o.x.size(); ++i)
            radius += std::hypot(o.x[i] - o.cx, o.y[i] - o.cy, o.z[i] - o.cz) / static_cast<double>(o.x.size());
        result.push_back({o.cx, o.cy, o.cz, radius + perimeter / (2 * std::numbers::pi)});
    }
    return result;
}

}  // namespace ngv
