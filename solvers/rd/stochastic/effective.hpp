// How fast molecules spread on a mesh, as against the diffusion coefficient that they were given, and what puts it right.
//
// Jumps between neighbours must be frequent in proportion to A / |d|, or something else that is positive and symmetric. On
// tetrahedra this is not consistent: fluxes of a linear field do not balance in every cell, the field bends, and molecules
// spread a few per cent too slowly or too fast (measured on Gmsh's meshes: 0.86 to 1.05 of D, which differs between
// directions; STEPS has the same rates and the same error). By homogenisation (Bensoussan, Lions & Papanicolaou 1978), in
// the direction e,
//
//     D_eff / D = [ sum_f T (d.e)^2 - sum_i r_i phi_i ] / sum_f (A n.e)(d.e),    L phi = r,    r_i = sum_k (T d - A n).e
//
// The conductances here are T = A / |d| * sum_e g_e (d.e)^2 / d^2 with three numbers g, found by repetition so that the
// ratio is 1 in x, y and z.
#pragma once

#include <mpi.h>

#include <vector>

#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/stochastic/elements.hpp"

namespace ngv::rd {

struct Spreading {
    std::vector<double> conductance;  ///< [4 owned] um, by the mesh's numbering; also of faces between compartments
    double before[3], after[3];       ///< D_eff / D in x, y, z with g = 1, and with the g taken
};

/// The same bits on any number of ranks. Collective.
Spreading effective_conductances(const LocalMesh& mesh, const Elements& elements, Halo& halo, MPI_Comm comm);

}  // namespace ngv::rd
