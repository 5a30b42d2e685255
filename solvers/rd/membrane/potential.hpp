// The potential inside cells whose surface is a membrane: linear finite elements on the tetrahedra, one value a vertex.
//
//     div(sigma grad V) = 0                           in the compartments inside membranes
//     sigma dV/dn = -(C dV/dt + g (V - E)) + i        on membranes; zero elsewhere
//
// Capacity and conductance of a triangle stand at its three vertices in equal parts. In time: the L-stable scheme of order
// 2 of diffusion.hpp, with the conductances of channels implicit. The matrix changes with the channels on its diagonal
// alone, and slowly: conjugate gradients are preconditioned by a factorisation that is kept until they need more than a
// few iterations.
//
//     MembranePotential potential(comm, mesh, model, regions);
//     potential.inject(potential.vertices([](const Point& p) { return p[2] == 0; }), 0.1);
//     potential.advance(dt, conductance, drive, charge);      // what flows through the faces' channels
//     potential.at_faces()[k];                                // mV
#pragma once

#include <mpi.h>

#include <functional>
#include <memory>
#include <vector>

#include "solvers/rd/mesh/region_map.hpp"

namespace ngv::rd {

class MembranePotential {
  public:
    /// `mesh` and `regions` must outlive this. Collective, as all of its functions.
    MembranePotential(MPI_Comm comm, const LocalMesh& mesh, const Model& model, const RegionMap& regions);
    ~MembranePotential();

    /// Vertices of this rank's tetrahedra, by place; numbers for the calls below.
    std::vector<std::int32_t> vertices(const std::function<bool(const Point&)>& wanted) const;
    /// From now on `nA` flows into these vertices of all ranks, in equal parts, beside what flows already. Positive
    /// depolarises. Throws UserError if no rank has such a vertex.
    void inject(const std::vector<std::int32_t>& vertices, double nA);
    void stop_injections();
    /// From now on these vertices keep this potential.
    void hold(const std::vector<std::int32_t>& vertices, double mV);

    /// Advances by dt ms. Of each of regions.faces: conductance in uS, its product with the reversal potential in uS mV,
    /// and charge in C that ion currents brought in during dt. Throws PhysicsError where the solve does not converge.
    void advance(double dt, const std::vector<double>& conductance, const std::vector<double>& drive,
                 const std::vector<double>& charge, double time_ms);

    /// [faces] mean of the three vertices, mV.
    const std::vector<double>& at_faces() const { return at_faces_; }
    /// [local vertices] mV, and where they are.
    const std::vector<double>& at_vertices() const { return at_vertices_; }
    /// [owned tetrahedra] mean of the four corners, mV; not a number outside the compartments that have a potential.
    std::vector<double> at_tetrahedra() const;
    Point place(std::int32_t vertex) const { return places_[vertex]; }
    /// Global index of the mesh's point that a local vertex is.
    std::int64_t node(std::int32_t vertex) const { return nodes_[vertex]; }
    /// Replaces the state: [local vertices] mV.
    void set(const std::vector<double>& mV);

    /// Of which matrix the factorisation is that the next solves start with: with it, they give the same bits again.
    struct Kept {
        std::vector<double> diagonal;  ///< [local vertices] uS ms; empty: none is kept
        double dt = -1.0;              ///< ms
        std::int64_t iterations = 0;   ///< of the first solve with it
    };
    Kept kept() const;
    void keep(const Kept& kept);
    std::int64_t num_unknowns() const { return num_unknowns_; }
    std::int64_t iterations() const { return iterations_; }

  private:
    struct System;
    void number_vertices();
    void assemble();
    void publish();

    MPI_Comm comm_;
    const LocalMesh& mesh_;
    const Model& model_;
    const RegionMap& regions_;
    std::vector<std::int64_t> nodes_;          // [local vertices] ascending
    std::vector<Point> places_;                // [local vertices]
    std::vector<std::int32_t> face_vertices_;  // [3 faces] local vertices, -1 where the face is of no membrane
    std::vector<double> areas_;                // [faces] um2
    std::vector<int> membrane_of_patch_;
    std::vector<bool> conducts_;  // [compartments] inside a membrane
    std::vector<double> at_vertices_, at_faces_;
    std::int64_t num_unknowns_ = 0, iterations_ = 0;
    std::unique_ptr<System> system_;
};

}  // namespace ngv::rd
