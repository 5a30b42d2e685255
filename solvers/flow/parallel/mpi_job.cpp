#include "solvers/flow/parallel/mpi_job.hpp"

#include <exception>

namespace ngv::flow {

MpiJob::MpiJob() : comm_(MPI_COMM_WORLD) {
    int running = 0;
    MPI_Initialized(&running);
    if (!running) {
        MPI_Init(nullptr, nullptr);
        started_ = true;
    }
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
}

MpiJob::~MpiJob() {
    if (started_ && std::uncaught_exceptions() == 0) MPI_Finalize();
}

void MpiJob::abort_others(int exit_code) {
    int running = 0, ended = 0, size = 1;
    MPI_Initialized(&running);
    MPI_Finalized(&ended);
    if (!running || ended) return;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size > 1) MPI_Abort(MPI_COMM_WORLD, exit_code);
}

}  // namespace ngv::flow
