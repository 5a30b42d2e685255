// The MPI job of a program that runs without a coupler.
//
//     const MpiJob job;              // starts MPI unless it runs, e.g. in a test
//     FlowModel model(job.comm(), ...);
#pragma once

#include <mpi.h>

namespace ngv::flow {

class MpiJob {
  public:
    MpiJob();
    MpiJob(const MpiJob&) = delete;
    MpiJob& operator=(const MpiJob&) = delete;
    /// Ends MPI if it was started here; not while an exception unwinds, as that would wait for ranks that do not come.
    ~MpiJob();

    MPI_Comm comm() const { return comm_; }
    int rank() const { return rank_; }
    int size() const { return size_; }

    /// Ends all ranks of a running job that has several, with this exit code; else returns.
    static void abort_others(int exit_code);

  private:
    MPI_Comm comm_;
    bool started_ = false;
    int rank_ = 0, size_ = 1;
};

}  // namespace ngv::flow
