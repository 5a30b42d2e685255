// What Gmsh itself finds in a mesh that was written.
#pragma once

#include <gmsh.h>

#include <filesystem>
#include <map>
#include <vector>

#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

struct Measured {
    std::size_t tetrahedra = 0;
    double volume = 0;
    double smallest = 1e300;
    struct Edge {
        Vec3 middle;
        double length;
    };
    std::vector<Edge> edges;  ///< of every tetrahedron
    /// Mean length of the edges whose middle is `wanted`, um.
    template <class F>
    double mean_edge(F wanted) const {
        double sum = 0, count = 0;
        for (const auto& e : edges)
            if (wanted(e.middle)) sum += e.length, count += 1;
        return sum / count;
    }
};

inline Measured measure(const std::filesystem::path& file) {
    Measured result;
    gmsh::initialize();
    gmsh::option::setNumber("General.Terminal", 0);
    gmsh::open(file.string());
    std::vector<std::size_t> tags, nodes, node_tags;
    std::vector<double> coordinates, parametric;
    gmsh::model::mesh::getElementsByType(4, tags, nodes);
    gmsh::model::mesh::getNodes(node_tags, coordinates, parametric, -1, -1, false, false);
    std::map<std::size_t, Vec3> points;
    for (std::size_t i = 0; i < node_tags.size(); ++i)
        points[node_tags[i]] = {coordinates[3 * i], coordinates[3 * i + 1], coordinates[3 * i + 2]};
    gmsh::finalize();
    result.tetrahedra = tags.size();
    for (std::size_t t = 0; t < tags.size(); ++t) {
        const Vec3 a = points[nodes[4 * t]], b = points[nodes[4 * t + 1]], c = points[nodes[4 * t + 2]],
                   d = points[nodes[4 * t + 3]];
        for (const auto& [p, q] : {std::pair(a, b), {a, c}, {a, d}, {b, c}, {b, d}, {c, d}})
            result.edges.push_back({0.5 * (p + q), distance(p, q)});
        const double volume = std::abs(dot(b - a, cross(c - a, d - a))) / 6;
        result.volume += volume;
        result.smallest = std::min(result.smallest, volume);
    }
    return result;
}

}  // namespace ngv::circuit
