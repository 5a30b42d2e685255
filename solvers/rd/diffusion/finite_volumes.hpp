// Diffusion in space: cell-centred finite volumes, one unknown a tetrahedron, with a flux through each face that is
// exact for linear fields on any tetrahedra.
//
//            n                      h: height of a tetrahedron over the face, V = A h / 3
//      i  ___|___ d ___> j          d: from centroid to centroid;  n . d = (h_i + h_j) / 4, never zero
//
//   flux i -> j = -D [ g (c_j - c_i)  +  A t . grad_f ],   g = A / (n . d),   t = n - d / (n . d)
//                     two-point part      correction
//
// The two-point part alone is what STEPS uses (with |d| for n . d); it is inconsistent where d is not along n, which is
// nearly everywhere in a tetrahedral mesh. The correction takes the gradient at the face between the two cells'
// least-squares gradients. The two-point part makes an M-matrix and is implicit in time; the correction is explicit
// (implicit_step.hpp). No flux leaves the mesh: a boundary face counts in the gradient as the mirror image of the cell.
//
// The flux that i computes is bit for bit the negative of what j computes, so nothing is lost or made on any number of
// ranks. Arrays are interleaved: species s of tetrahedron i at [i * num_species + s]; ghosts stand in an array of their
// own.
#pragma once

#include <functional>
#include <vector>

#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

/// Shape of the cells: tetrahedra in space, or triangles on a surface, whose faces are their edges.
struct CellShape {
    /// Normal of face k of cell i that points out of i, times its area; exactly opposite from the two sides.
    std::function<Point(std::int32_t, int)> outward_area;
    /// From the centroid of i to that of the cell behind face k. On a surface: as if the two lay in i's plane.
    std::function<Point(std::int32_t, int)> to_neighbour;
    /// A boundary's mirror image of the centroid lies this many times volume / area behind it.
    double mirror = 1.5;
    /// Of a surface: a cell's unit normal.
    std::function<Point(std::int32_t)> normal = {};
};
CellShape shape_of(const LocalMesh& mesh);

/// What the cells are filled with. Empty vectors: nothing special anywhere.
struct Medium {
    std::vector<double> share = {};         ///< [local] alpha, part of the volume that is solvent
    std::vector<double> ease = {};          ///< [local] 1 / lambda^2
    std::vector<std::uint8_t> closed = {};  ///< [4 owned] faces that nothing passes, marked from both sides
    std::vector<std::int32_t> held = {};    ///< owned cells whose concentration never changes
};

struct FiniteVolumes {
    FiniteVolumes(const Cells& mesh, const CellShape& shape, Medium medium, Halo& halo);

    /// Scales the corrections down where the explicit step would be unstable; `diffusion_dt` is the largest D dt, um2.
    /// Ordinary faces keep their full correction; those of slivers lose it as the step grows. Collective.
    void limit_corrections(double diffusion_dt);
    /// Faces of this rank (those at ghosts count on both) that limit_corrections() would scale down.
    std::int64_t num_limited(double diffusion_dt) const;

    // By cell
    std::vector<std::int32_t> neighbours;  ///< [4 owned] as the mesh's, -1 at closed faces too
    std::vector<double> volumes;           ///< [owned] alpha V, um3; of held cells so large that nothing changes them
    std::vector<std::int32_t> held;        ///< owned cells
    std::vector<double> conductance;       ///< [4 owned] g alpha / lambda^2, um; 0 at the boundary
    std::vector<double> gradient_weights;  ///< [12 owned] grad_i = sum_k weight_k (c_k - c_i), 1/um
    std::vector<std::int32_t>
        cell_faces;  ///< [4 owned] the face f where the cell is its first, ~f where its second, no_face at the boundary

    // By face, those between two owned cells first
    std::size_t num_inner_faces = 0;
    std::vector<std::int32_t> face_cells;  ///< [2 faces] local indices; the first is owned
    std::vector<double> face_tangents;     ///< [3 faces] A t alpha / lambda^2 seen from the first cell, um2, limited
    std::vector<double> face_shares;       ///< [2 faces] grad_f = share grad_first + share grad_second

    std::size_t num_faces() const { return face_cells.size() / 2; }

  private:
    void find_faces();
    double share_of_correction(std::size_t face, double diffusion_dt) const;

    const Cells& mesh_;
    Halo& halo_;
    std::vector<double> full_tangents_,
        correction_rate_;  ///< rate: [local] 1/um2, largest relative change a unit of D dt
};

}  // namespace ngv::rd
