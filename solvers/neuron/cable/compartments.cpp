#include "solvers/neuron/cable/compartments.hpp"

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/constants.hpp"

namespace ngv::neuron {

namespace {

MorphologyPoint between(const MorphologyPoint& a, const MorphologyPoint& b, double f) {
    return {a.x + f * (b.x - a.x), a.y + f * (b.y - a.y), a.z + f * (b.z - a.z),
            a.diameter + f * (b.diameter - a.diameter)};
}

}  // namespace

int compartments_of_section(double length_um, double max_length_um) {
    NGV_ASSERT(max_length_um > 0);
    return 1 + 2 * static_cast<int>(length_um / max_length_um);
}

namespace {

double single(double x) {
    return static_cast<double>(static_cast<float>(x));
}

}  // namespace

std::vector<double> arc_lengths(const std::vector<MorphologyPoint>& points) {
    std::vector<double> arc(points.size(), 0.0);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double dx = single(points[i].x) - single(points[i - 1].x);
        const double dy = single(points[i].y) - single(points[i - 1].y);
        const double dz = single(points[i].z) - single(points[i - 1].z);
        arc[i] = arc[i - 1] + std::sqrt(dx * dx + dy * dy + dz * dz);
    }
    return arc;
}

std::vector<Compartment> discretise(const std::vector<MorphologyPoint>& points, int nseg, double axial_resistivity) {
    NGV_ASSERT(points.size() >= 2 && nseg >= 1);
    const std::vector<double> arc = arc_lengths(points);
    const double ds = arc.back() / nseg;
    const std::size_t last = points.size() - 1;
    std::vector<Compartment> result(static_cast<std::size_t>(nseg));
    std::size_t j = 0;  // the point before the place reached
    MorphologyPoint here = points[0];
    double x1 = arc[0], y1 = std::abs(single(points[0].diameter));
    for (int c = 0; c < nseg; ++c) {
        Compartment& out = result[static_cast<std::size_t>(c)];
        out.length = ds;
        double middle = c * ds;
        for (int half = 0; half < 2; ++half) {
            const double end = middle + ds / 2;
            double ri = 0;
            while (true) {
                const double d0 = std::abs(single(points[j].diameter)), d1 = std::abs(single(points[j + 1].diameter));
                double x2 = arc[j + 1], y2 = d1;
                MorphologyPoint there = points[j + 1];
                const bool stays = x2 > end || j + 1 == last;
                if (stays) {
                    const double f =
                        std::abs(arc[j + 1] - arc[j]) < 1e-10 ? 1.0 : (end - arc[j]) / (arc[j + 1] - arc[j]);
                    x2 = end;
                    y2 = (1 - f) * d0 + f * d1;
                    there = between(points[j], points[j + 1], f);
                }
                double dl = x2 - x1;
                out.diameter += (y2 + y1) * dl;
                out.volume += pi / 12.0 * dl * (y1 * y1 + y1 * y2 + y2 * y2);
                if (dl > 0) out.pieces.insert(out.pieces.end(), {here.x, here.y, here.z, there.x, there.y, there.z});
                if (dl < 1e-15) dl = 1e-15;
                double conductance = y2 * y1 / dl;
                if (conductance == 0) conductance = 1e-15;
                ri += 1 / conductance;
                double slant = .5 * (y2 - y1);
                slant = std::sqrt(dl * dl + slant * slant);
                out.area += (y2 + y1) * slant;
                x1 = x2;
                y1 = y2;
                here = there;
                if (stays) break;
                ++j;
            }
            (half == 0 ? out.ri_left : out.ri_right) = ri * axial_resistivity / pi * (4 * .01);
            middle = end;
        }
        out.diameter *= .5 / ds;
        out.area *= .5 * pi;
    }
    return result;
}

std::vector<Compartment> cylinders(double length, const std::vector<double>& diameters, int nseg,
                                   double axial_resistivity) {
    NGV_ASSERT(nseg >= 1 && (diameters.size() == 1 || diameters.size() == static_cast<std::size_t>(nseg)));
    const double ds = length / nseg;
    std::vector<Compartment> result(static_cast<std::size_t>(nseg));
    for (std::size_t c = 0; c < result.size(); ++c) {
        const double d = diameters[diameters.size() == 1 ? 0 : c];
        const double ri = 1e-2 * axial_resistivity * (ds / 2.) / (pi * d * d / 4.);
        result[c] = {pi * d * ds, pi * d * d / 4 * ds, ds, d, ri, ri, {}};
    }
    return result;
}

}  // namespace ngv::neuron
