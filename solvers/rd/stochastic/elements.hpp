// The elements of the stochastic engine, in the order in which it stores them.
//
//     [ compartment 0: interior | surface ][ compartment 1: interior | surface ] ... [ ghosts ]
//
// interior: all neighbours are this rank's; surface: at a ghost. Ghosts keep the mesh's local index. Triangles of patches
// stand by patch, then by the element inside; a triangle belongs to the rank of its inside.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/mesh/region_map.hpp"
#include "solvers/rd/stochastic/philox.hpp"

namespace ngv::rd {

struct Elements {
    struct Range {
        std::int32_t begin = 0, middle = 0, end = 0;  ///< interior [begin, middle), surface [middle, end)
    };

    std::int32_t num_owned = 0, num_local = 0;
    std::vector<Range> ranges;              ///< [compartments]
    std::vector<std::int32_t> from_mesh;    ///< [num_local] mesh index -> element
    std::vector<std::int32_t> to_mesh;      ///< [num_local]
    std::vector<std::int16_t> compartment;  ///< [num_local]
    std::vector<double> volume;             ///< [num_local] um3 of solvent
    std::vector<CounterId> id;              ///< [num_owned]

    struct Triangle {
        std::int32_t inside = 0, outside = -1;  ///< elements; outside may be a ghost
        std::int32_t mesh_inside = 0;
        int face = 0;
        double area = 0.0;  ///< um2
        CounterId id = {};
    };
    std::vector<Triangle> triangles;
    std::vector<std::int32_t> triangle_of;  ///< [RegionMap::faces]
    std::vector<std::int32_t> patch_begin;  ///< [patches + 1]
    std::vector<std::int32_t> at_element;   ///< triangles inside of which an element is: CSR
    std::vector<std::int32_t> at_begin;     ///< [num_owned + 1]

    Elements() = default;
    Elements(const LocalMesh& mesh, const Model& model, const RegionMap& regions);
    int patch_of(std::int32_t triangle) const;
};

}  // namespace ngv::rd
