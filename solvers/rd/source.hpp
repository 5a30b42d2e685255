// Sources of a standalone run: a region of the tissue that a species enters, or leaves, at a steady rate for a while.
#pragma once

#include <mpi.h>

#include <optional>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/rd/mesh/geometry.hpp"
#include "solvers/rd/simulation.hpp"

namespace ngv::rd {

struct Source {
    int species = 0;
    double rate = 0.0;  ///< mol/ms of the whole region
    Tick begin = 0, end = 0, every = 1'000'000;
    bool sphere = true;
    Point centre{}, low{}, high{};
    double radius = 0.0;

    /// The part of the source that each owned tetrahedron takes: by volume among those whose centroid lies inside, or
    /// all of it to the one whose centroid is nearest. Sums to 1 over all ranks. Collective.
    std::vector<double> shares(const LocalMesh& mesh, MPI_Comm comm) const;

    /// mol that enter at `now`, for the interval that starts there.
    double jump(Tick now) const;
};

/// From the list `sources` of a standalone model; throws one UserError with every problem.
std::vector<Source> sources_from(const Config& config, const Model& model);

}  // namespace ngv::rd
