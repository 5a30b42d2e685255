// Work that one rank does for all: what it throws there, every rank throws.
//
//     on_root(comm, [&] { ... });
#pragma once

#include <mpi.h>

#include <functional>

namespace ngv::flow {

/// Collective. Runs `work` on rank 0; the others wait. UserError and PhysicsError keep their type.
void on_root(MPI_Comm comm, const std::function<void()>& work);

}  // namespace ngv::flow
