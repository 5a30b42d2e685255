#include "solvers/rd/mesh/intersect.hpp"

#include "ngv/error.hpp"

namespace ngv::rd {

ElementSet element_set_of(const LocalMesh& mesh) {
    ElementSet set{.name = "tetrahedra", .geometry = Geometry::tetrahedra};
    set.ids.assign(mesh.ids.begin(), mesh.ids.begin() + mesh.num_owned);
    set.coordinates.assign(mesh.corners.begin(),
                           mesh.corners.begin() + 12 * static_cast<std::ptrdiff_t>(mesh.num_owned));
    return set;
}

mapping::Intersection intersect(MPI_Comm comm, const LocalMesh& mesh, const std::vector<std::int64_t>& ids,
                                const std::vector<double>& segments, const std::vector<std::int64_t>& offsets) {
    NGV_ASSERT(offsets.size() == ids.size() + 1 && segments.size() == 6 * static_cast<std::size_t>(offsets.back()));
    const ElementSet lines{.name = "polylines",
                           .geometry = Geometry::lines,
                           .ids = ids,
                           .coordinates = segments,
                           .piece_offsets = offsets};
    const ElementSet tetrahedra = element_set_of(mesh);
    return mapping::intersect(comm, {"polylines", lines}, {"rd.tetrahedra", tetrahedra});
}

}  // namespace ngv::rd
