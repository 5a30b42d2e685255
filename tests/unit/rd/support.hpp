// What the tests of the rd-solver share: boxes, models of one species, PETSc started once.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <vector>

#include "solvers/common/ranks.hpp"
#include "solvers/rd/diffusion/petsc.hpp"
#include "solvers/rd/simulation.hpp"

namespace rd_test {

using namespace ngv::rd;

using ngv::rank_of;
using ngv::size_of;

/// One species, no obstacles (lambda 1), so that D is D.
inline Model one_species(double diffusion, double initial, double step_ms) {
    Model model;
    model.species = {Species{.name = "K", .diffusion = diffusion, .initial = initial}};
    model.tortuosity = 1.0;
    model.step = static_cast<ngv::Tick>(std::llround(step_ms * 1e6));
    return model;
}

inline LocalMesh box(MPI_Comm comm, double lx, double ly, double lz, int nx, int ny, int nz, double distortion) {
    return distribute(comm, [&] { return box_mesh(lx, ly, lz, nx, ny, nz, distortion); });
}

using Profile = std::function<double(const Point&)>;

inline void set_profile(Simulation& tissue, int species, const Profile& profile) {
    for (std::size_t i = 0; i < tissue.num_owned(); ++i)
        tissue.set_concentration(i, species, profile(tissue.mesh().centroid(static_cast<std::int32_t>(i))));
}

/// Root of the mean squared difference over the volume, mM. Collective.
inline double distance(const Simulation& tissue, int species, const Profile& exact, MPI_Comm comm) {
    double sums[2] = {0, 0};
    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        const double d = tissue.concentration(i, species) - exact(tissue.mesh().centroid(static_cast<std::int32_t>(i)));
        sums[0] += d * d * tissue.mesh().volumes[i];
        sums[1] += tissue.mesh().volumes[i];
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, comm);
    return std::sqrt(sums[0] / sums[1]);
}

inline const Simulation::Unmet nothing_unmet = [](std::size_t i, double mol) {
    ADD_FAILURE() << "tetrahedron " << i << " could not give " << mol << " mol";
};

inline ngv::Tick ms(double t) {
    return static_cast<ngv::Tick>(std::llround(t * 1e6));
}

}  // namespace rd_test
