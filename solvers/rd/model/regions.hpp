// Where things are: compartments (volumes), patches (surfaces between or at them), membranes (patches with a
// potential), boundaries across which diffusion can be switched. Each is a physical group of the mesh.
//
//        outside (a compartment, or nothing)
//     ------------------------------------------  patch: triangles; species on it, reactions with both sides
//        inside (a compartment)
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ngv::rd {

/// Indices into Model::species.
using SpeciesList = std::vector<int>;

struct Compartment {
    std::string name = {};
    std::string group = {};        ///< physical volume of the mesh; empty: every tetrahedron (the only compartment)
    double volume_fraction = 1.0;  ///< share of the tetrahedra's volume that is solvent
    double tortuosity = 1.0;       ///< lambda: diffusion is D / lambda^2
    double conductivity = 0.0;     ///< S/m, for membrane potentials
    SpeciesList species = {};      ///< what can be here, ascending
    std::string where = {};
};

struct Patch {
    std::string name = {};
    std::string group = {};    ///< physical surface of the mesh
    int inside = 0;            ///< compartment
    int outside = -1;          ///< compartment, or -1
    SpeciesList species = {};  ///< what can be on it, ascending
    std::string where = {};
};

struct Membrane {
    std::string name = {};
    std::vector<int> patches = {};
    double capacitance = 0.01;      ///< F/m2
    double leak_conductance = 0.0;  ///< S/m2
    double leak_reversal = -65.0;   ///< mV
    double potential = -65.0;       ///< mV at time 0
    std::string where = {};
};

/// Faces between two compartments that let species through while the boundary is open.
struct DiffusionBoundary {
    std::string name = {};
    std::string group = {};  ///< physical surface; empty: every face between the two
    int first = 0, second = 0;
    SpeciesList species = {};
    bool open = true;
    std::string where = {};
};

/// A part of a region by place: a sphere or a box in which centroids lie. Neither: the whole region.
struct Zone {
    enum class Shape { all, sphere, box } shape = Shape::all;
    double centre[3] = {0, 0, 0}, radius = 0.0;      ///< um
    double low[3] = {0, 0, 0}, high[3] = {0, 0, 0};  ///< um
    bool contains(const double* point) const;
};

/// A region's name resolved: a compartment or a patch.
struct RegionId {
    bool surface = false;
    int index = -1;
    bool operator==(const RegionId&) const = default;
};

}  // namespace ngv::rd
