// A simulation on disk: written by any number of ranks, continued by any other.
//
//     save_checkpoint(comm, "results/rd.ckpt.h5", tissue, now);
//     const Tick now = load_checkpoint(comm, "results/rd.ckpt.h5", tissue);   // of the same mesh and model
//
// One HDF5 file in the order of global indices, whatever the ranks:
//
//     /                attributes: version, time (ticks), tetrahedra, species, surface_species (names), steps, refused,
//                      adaptive_step, next_change, started
//     /concentrations  [tetrahedra][species] mM
//     /densities       [faces of patches, by patch and triangle][surface species] mM um
//     /charge          [faces] C, on its way into the potential
//     /potential       [vertices inside membranes, by point] mV
//     /potential_diagonal  the same, uS ms: of the matrix whose factorisation is kept, if one is; with the attributes
//                      potential_dt (ms) and potential_iterations
//     /budget          [3 species] mol: start, added, removed over all ranks
//     /extents         [reactions] mol over all ranks
//     /molecules       [tetrahedra][2 + species] 64-bit: clock of the reactions (bits of a double), how many were drawn,
//                      numbers of molecules; with stochastic species alone
//     /surface_molecules  [faces][2 + species] charges on their way, potential (bits), numbers of molecules
//     /stochastic      steps, calls of add(), then events of each row of the engine's extents
//
// Numbers are 64-bit and come back to the last bit. Whoever adds state of another kind adds datasets in the same orders.
// The file is complete under its name or not there: it is written beside it and renamed.
#pragma once

#include <mpi.h>

#include <filesystem>

#include "solvers/rd/simulation.hpp"

namespace ngv::rd {

/// Collective. Throws UserError if the file cannot be written.
void save_checkpoint(MPI_Comm comm, const std::filesystem::path& file, const Simulation& tissue, Tick now);

/// Puts `tissue`, which was made from the same mesh and model, where it was, and returns the time. Throws UserError for
/// a file of another mesh or model, or that is incomplete. Collective.
Tick load_checkpoint(MPI_Comm comm, const std::filesystem::path& file, Simulation& tissue);

}  // namespace ngv::rd
