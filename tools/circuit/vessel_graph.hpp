// The graph from which vessels are made: forks and the connections between them, before radii and smooth courses.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

enum class Side : std::uint8_t { none, artery, vein };
enum class Link : std::uint8_t { capillary, branch, trunk };

struct VesselGraph {
    struct Edge {
        std::uint32_t a, b;
        Link link;
        Side side;  ///< of trunks and their branches
    };
    std::vector<Vec3> vertices;
    std::vector<Edge> edges;
    std::vector<std::uint32_t> inlets, outlets;  ///< tops of arterioles and of venules

    /// Edges at each vertex, ascending.
    std::vector<std::vector<std::uint32_t>> incidence() const;
};

/// Trunks, branches and a capillary bed with at most three vessels at a vertex.
VesselGraph make_vessel_graph(const Box& box, double spacing, std::uint64_t seed);

/// Keeps the edges that lie on a simple way from an inlet to an outlet, in one connected network.
///
/// Such edges are those that share a block (a part that no single vertex disconnects) with an edge that would join
/// all inlets to all outlets (Tarjan 1972, depth-first lowpoints).
void keep_perfused(VesselGraph& graph);

}  // namespace ngv::circuit
