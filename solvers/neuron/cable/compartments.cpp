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

std::vector<Compartment> discretise(const Section& section, int nseg, double axial_resistivity) {
    const auto& points = section.points;
    NGV_ASSERT(points.size() >= 2 && nseg >= 1);
    std::vector<double> arc(points.size(), 0.0);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const auto& a = points[i - 1];
        const auto& b = points[i];
        arc[i] =
            arc[i - 1] + std::sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y) + (b.z - a.z) * (b.z - a.z));
    }
    const double ds = arc.back() / nseg;
    std::vector<Compartment> result(nseg);
    std::size_t next = 1;  // first point at or beyond the place reached
    MorphologyPoint here = points[0];
    double at = 0;
    for (int c = 0; c < nseg; ++c) {
        Compartment& out = result[c];
        out.length = ds;
        for (int half = 0; half < 2; ++half) {
            const double end = c * ds + (half + 1) * 0.5 * ds;
            const bool last = c == nseg - 1 && half == 1;
            double ri = 0;  // sum of length / (d1 d2)
            while (true) {
                const bool reaches = !last && arc[next] > end;
                MorphologyPoint there = points[next];
                double to = arc[next];
                if (reaches) {
                    const double step = arc[next] - arc[next - 1];
                    there = between(points[next - 1], points[next], step < 1e-10 ? 1.0 : (end - arc[next - 1]) / step);
                    to = end;
                }
                const double d1 = here.diameter, d2 = there.diameter, l = std::max(to - at, 1e-15);
                out.diameter += 0.5 * (d1 + d2) * l / ds;
                out.area += 0.5 * pi * (d1 + d2) * std::sqrt(l * l + 0.25 * (d2 - d1) * (d2 - d1));
                out.volume += pi / 12.0 * l * (d1 * d1 + d1 * d2 + d2 * d2);
                ri += l / (d1 * d2);
                if (to > at) out.pieces.insert(out.pieces.end(), {here.x, here.y, here.z, there.x, there.y, there.z});
                here = there;
                at = to;
                if (reaches) break;
                if (next + 1 == points.size()) break;
                ++next;
            }
            (half == 0 ? out.ri_left : out.ri_right) = 0.04 / pi * axial_resistivity * ri;
        }
    }
    return result;
}

}  // namespace ngv::neuron
