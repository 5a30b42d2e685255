// Tetrahedra that a user picks to be written: by their ids, by points that they contain, or by region and place.
//
//     reports:
//     - {name: tip, species: [Ca, CaPV], points: [1 um, 2 um, 30 um]}        # tip.h5, mM in the tetrahedron there
//     - {name: spine, species: [Ca], in: cytosol, centre: [0 um, 0 um, 9 um], radius: 1 um, sum: true}     # mol
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/mesh/region_map.hpp"
#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

struct Selection {
    std::string name = {};          ///< of the file, without ending
    std::vector<int> species = {};  ///< as Model::species
    std::vector<std::int64_t> ids = {};
    std::vector<Point> points = {};
    int compartment = -1;  ///< or any; used without ids and points alone, as the zone
    Zone zone = {};
    bool sum = false;  ///< one number for all: mol
    std::string where = {};

    /// Owned tetrahedra, ascending. Throws UserError on every rank for an id or point that the mesh does not have, and
    /// for a choice of nothing. Collective.
    std::vector<std::int32_t> tetrahedra(const LocalMesh& mesh, const RegionMap& regions, MPI_Comm comm) const;
};

/// From the list `reports`; throws one UserError with every problem.
std::vector<Selection> selections_from(const Config& config, const Model& model);

}  // namespace ngv::rd
