#include "solvers/rd/mesh/local_mesh.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::rd {

const LocalMesh::Group& LocalMesh::group(const std::string& name, int dimension, const std::string& where) const {
    std::vector<std::string> names;
    for (const auto& g : groups) {
        if (g.dimension != dimension) continue;
        if (g.name == name) return g;
        names.push_back(g.name);
    }
    throw UserError(
        Problem{where, fmt::format("the mesh has no physical {} '{}'", dimension == 3 ? "volume" : "surface", name),
                names.empty() ? "it names none: add physical groups in gmsh" : did_you_mean(name, names)});
}

Point LocalMesh::outward_area(std::int32_t i, int k) const {
    Point p[3];
    for (int c = 0, n = 0; c < 4; ++c)
        if (c != k) p[n++] = corner(i, c);
    // Both sides must compute the same bits, so the corners are taken in an order that does not depend on the side.
    std::sort(std::begin(p), std::end(p));
    const Point normal = area_normal(p[0], p[1], p[2]);
    return dot(normal, p[0] - corner(i, k)) > 0 ? normal : -1.0 * normal;
}

}  // namespace ngv::rd
