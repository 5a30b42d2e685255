// How fast molecules spread on a mesh, as against the diffusion coefficient that they were given, and what puts it right.
//
// Jumps between neighbours must be frequent in proportion to A / |d|, or something else that is positive and symmetric. On
// tetrahedra this is not consistent: fluxes of a linear field do not balance in every cell, the field bends, and molecules
// spread a few per cent too slowly or too fast (measured on Gmsh's meshes: 0.86 to 1.05 of D, which differs between
// directions; STEPS has the same rates and the same error). By homogenisation (Bensoussan, Lions & Papanicolaou 1978),
//
//     D_eff / D = [ sum_f T d d - sum_i r_i phi_i ] / sum_f A n d,    L phi = r,    r_i = sum_k (T d - A n)
//
// as a tensor. The conductances here are T = A / |d| * e.G.e, e = d / |d|, with the six numbers of a symmetric G, found by
// damped least squares (Levenberg and Marquardt) so that the ratio is 1 in every direction. Cubes cut into six tetrahedra
// that all lie along one diagonal spread by 1.6 D along it and 0.7 D across; no bounded G makes this good, and 1.1 and 0.9
// are what is left. G is one for the whole mesh: where its character changes, as in a sphere graded from 0.2 to 1 um,
// places keep 1 or 2 % of their own.
#pragma once

#include <mpi.h>

#include <array>
#include <vector>

#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/stochastic/elements.hpp"

namespace ngv::rd {

using SymmetricTensor = std::array<double, 6>;  ///< xx, yy, zz, xy, xz, yz

struct Spreading {
    std::vector<double> conductance;  ///< [4 owned] um, by the mesh's numbering; also of faces between compartments
    SymmetricTensor before = {}, after = {};  ///< D_eff / D with G = 1, and with the G taken
};

/// The same bits on any number of ranks. Collective.
Spreading effective_conductances(const LocalMesh& mesh, const Elements& elements, Halo& halo, MPI_Comm comm);

}  // namespace ngv::rd
