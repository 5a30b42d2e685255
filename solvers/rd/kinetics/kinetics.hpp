// The reactions of a model on this rank's part of the mesh, deterministic, over a step in which nothing moves.
//
//     Kinetics kinetics(mesh, model, regions, solvent, held);
//     kinetics.in_volumes(c, dt, scale);
//     kinetics.on_surfaces(c, densities, dt, Kinetics::Sweep::forward, scale, potentials);
//
// Triangles that share a tetrahedron are treated one after the other in the order of their global indices, `forward`,
// and in the opposite order, `backward`: a forward and a backward half step around something else make a scheme of
// second order (Strang). Both tetrahedra at a triangle must be on this rank (partition_rules()).
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/kinetics/rosenbrock.hpp"
#include "solvers/rd/mesh/region_map.hpp"

namespace ngv::rd {

/// Species that stand on patches, and their columns in [faces][columns] of densities, mM um (1/N_A 1e18 molecules/um2).
struct SurfaceSpecies {
    explicit SurfaceSpecies(const Model& model);
    std::vector<int> species;    ///< ascending
    std::vector<int> column_of;  ///< [species] or -1
    std::size_t size() const { return species.size(); }
};

class Kinetics {
  public:
    enum class Sweep { forward, backward };

    /// All references must outlive this. `solvent`: [local] um3. `held`: [owned][species], 1 where clamped; or empty.
    Kinetics(const LocalMesh& mesh, const Model& model, const RegionMap& regions, const SurfaceSpecies& surface,
             const std::vector<double>& solvent, const std::vector<std::uint8_t>& held);

    /// These are the same on every rank.
    bool empty() const { return !has_volumes() && !has_surfaces(); }
    bool has_volumes() const { return !volumes_.empty(); }
    bool has_surfaces() const { return has_surfaces_; }
    /// Whether no reaction on a surface has to do with what is in volumes: then their order does not matter.
    bool surfaces_stand_alone() const { return surfaces_stand_alone_; }

    /// c: [owned][species] mM. `scale`: [species] mM, the size at which errors of a species matter. Throws PhysicsError
    /// where the kinetics cannot be integrated.
    void in_volumes(double* c, double dt, const std::vector<double>& scale, double time_ms);
    /// `densities`: [faces][columns]. `scale`: as above, then [columns] for what stands on triangles, as mM in the
    /// tetrahedron inside. `potential`: [faces] mV, or empty.
    void on_surfaces(double* c, double* densities, double dt, Sweep sweep, const std::vector<double>& scale,
                     const std::vector<double>& potential, double time_ms);

    /// Largest density of each column as mM in the tetrahedron inside, on this rank.
    std::vector<double> surface_scale(const double* densities) const;

    /// What has happened since the start, on this rank.
    struct Counted {
        std::vector<double> extents;  ///< [reactions] mol of events, when asked for
        std::vector<double> charge;   ///< [faces] C that ion currents brought in
    };
    void count_extents() { counting_ = true; }
    const Counted& counted() const { return counted_; }
    /// Takes back what a trial step counted.
    void set_counted(const Counted& counted) { counted_ = counted; }

  private:
    struct Place {  // of a triangle
        std::int32_t face, inside, outside;
        double area;
    };
    struct Volume {
        Network network;
        std::vector<std::int32_t> cells;
    };
    struct Level {  // triangles of one patch that share no tetrahedron
        int patch;
        std::vector<Place> places;
    };

    void surface_level(const Level& level, double* c, double* densities, double dt, const std::vector<double>& scale,
                       const std::vector<double>& potential, double time_ms);
    std::vector<double> scales_of(const Network& network, bool on_patch, const std::vector<double>& scale) const;
    double rate_of(const Network::Step& step, double potential_mV, const std::vector<double>& functions) const;
    bool is_solved_exactly(const Network& network, double dt) const;
    [[noreturn]] void fail(const Network& network, std::int32_t cell, double time_ms) const;

    const LocalMesh& mesh_;
    const Model& model_;
    const RegionMap& regions_;
    const SurfaceSpecies& surface_;
    const std::vector<double>& solvent_;
    const std::vector<std::uint8_t>& held_;
    std::size_t ns_;
    std::vector<Volume> volumes_;
    std::vector<Network> patches_;
    std::vector<Level> levels_;
    Counted counted_;
    std::vector<double> largest_values_;  // [Model::functions]
    bool counting_ = false, has_surfaces_ = false, surfaces_stand_alone_ = true;
};

}  // namespace ngv::rd
