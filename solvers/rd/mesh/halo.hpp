// Brings owned surface values to the ranks that have them as ghosts. Only surface values travel, packed, one message a
// peer.
//
//     halo.start(owned, width);      // `width` doubles a tetrahedron
//     ... work on the interior ...
//     halo.finish(ghosts);           // [width * num_ghosts]
#pragma once

#include <mpi.h>

#include <vector>

#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

class Halo {
  public:
    /// `mesh` must outlive this. `comm` is used with tags of this class's own.
    Halo(const Cells& mesh, MPI_Comm comm) : mesh_(&mesh), comm_(comm) {}

    /// Sends; the values of `owned` are copied, so it may change at once. One exchange at a time.
    void start(const double* owned, int width) { start_bytes(owned, width * static_cast<int>(sizeof(double))); }
    void start(const float* owned, int width) { start_bytes(owned, width * static_cast<int>(sizeof(float))); }
    /// Waits for the ghosts' values.
    void finish(double* ghosts) { finish_bytes(ghosts); }
    void finish(float* ghosts) { finish_bytes(ghosts); }

    void exchange(const double* owned, double* ghosts, int width) {
        start(owned, width);
        finish(ghosts);
    }

  private:
    void start_bytes(const void* owned, int width);
    void finish_bytes(void* ghosts);

    static constexpr int tag = 17;
    const Cells* mesh_;
    MPI_Comm comm_;
    int width_ = 0;  // bytes a cell
    std::vector<char> outgoing_, incoming_;
    std::vector<MPI_Request> requests_;
};

}  // namespace ngv::rd
