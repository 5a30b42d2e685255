// Where molecules can jump, and how often: one place an element, at most four neighbours.
//
//     rate of species s from i across face f:  D_s * rate[4i+f]        1/ms
//     rate = conductance / V_i,  conductance = T * mean of (alpha / lambda^2) of both sides, T: effective.hpp
//
// The conductance is the same from both sides, so a uniform concentration stays uniform, in the mean, whatever the shapes.
//
// Steps are local. Every face has a class c, the logarithm of the larger total rate of its two elements; a species that
// diffuses quickly takes 2^l equal sub-steps of a window across faces of high classes and 1 across others:
//
//     level l = max(0, ceil(log2(D_s dt 2^c / p_max)))
//
// so that an element's molecules leave with a probability below p_max in any sub-step. A sliver costs sub-steps for itself
// and its neighbours alone. Since a face has one level, both directions across it always use the same sub-step, and a
// uniform concentration stays uniform exactly as with one step for all.
#pragma once

#include <mpi.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "solvers/rd/diffusion/surface_cells.hpp"
#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/stochastic/effective.hpp"
#include "solvers/rd/stochastic/elements.hpp"

namespace ngv::rd {

struct JumpGraph {
    static constexpr double largest_probability = 0.8;
    static constexpr int classes_per_octave = 4;
    static constexpr std::int16_t blocked = -30000;  ///< class of a face that nothing passes

    std::int32_t size = 0;                 ///< places with neighbours; neighbours at or beyond it are ghosts
    std::vector<std::int32_t> neighbour;   ///< [4 size] -1: none
    std::vector<double> rate;              ///< [4 size] 1/um2; times D: 1/ms
    std::vector<std::int16_t> face_class;  ///< [4 size]
    std::vector<std::int8_t> boundary;     ///< [4 size] diffusion boundary + 1 of a face between compartments, or empty
    std::vector<CounterId> id;             ///< [size]
    std::vector<std::int16_t> top_class;   ///< [size] largest class of the place's faces
    Spreading spreading = {};              ///< of tetrahedra: how the rates were put right; without conductances

    /// What a species adds to a face's class: level_of(face_class + shift).
    static int shift_of(double diffusion, double dt) {
        if (!(diffusion * dt > 0.0)) return -20000;
        return static_cast<int>(std::ceil(classes_per_octave * std::log2(diffusion * dt / largest_probability)));
    }
    static int level_of(int shifted_class) {
        return shifted_class <= 0 ? 0 : (shifted_class + classes_per_octave - 1) / classes_per_octave;
    }
    /// Fills face_class and top_class from the rates; `cell_of` [places] is the numbering of the halo. Collective.
    void classify(const std::vector<std::int32_t>& cell_of, std::int32_t num_cells, Halo& halo);
};

/// Of the tetrahedra. Faces between compartments are open where a diffusion boundary is. Collective.
JumpGraph volume_graph(const LocalMesh& mesh, const Model& model, const RegionMap& regions, const Elements& elements,
                       Halo& halo, MPI_Comm comm);
/// Of the triangles of patches, across their edges. Collective.
JumpGraph surface_graph(const SurfaceCells& surface, const Elements& elements, Halo& halo);

}  // namespace ngv::rd
