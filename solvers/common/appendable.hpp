// What the writers of reports, spikes and series share: datasets that grow while a run goes on, written by all ranks
// together, and the decision when to put them on disk. Private to solvers/common.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "solvers/common/hdf5.hpp"
#include "solvers/common/resources.hpp"

namespace ngv {

/// A dataset [rows, width] (or [rows] for width 0) whose rows grow. Never filled beforehand: its length is what has
/// been written.
class Appendable {
  public:
    Appendable() = default;
    /// Collective over the file's ranks. `file_type`: H5T_IEEE_F32LE and the like.
    Appendable(const h5::File& file, bool parallel, const std::string& path, hid_t file_type, std::int64_t width,
               const std::string& unit);

    /// Appends `rows` rows, of which this rank has columns [begin, begin + size): row by row in `values`. Collective.
    void append_rows(std::int64_t rows, std::int64_t begin, std::int64_t size, std::span<const double> values);
    /// Width 0: appends `total` values, of which this rank has [begin, begin + values.size()). Collective.
    void append(std::int64_t total, std::int64_t begin, std::span<const double> values);
    void append(std::int64_t total, std::int64_t begin, std::span<const std::int64_t> values);
    std::int64_t rows() const { return rows_; }

  private:
    void write(std::int64_t new_rows, const hsize_t* start, const hsize_t* count, hid_t memory_type,
               const void* values);
    h5::Handle dataset_;
    std::string where_;
    bool parallel_ = false;
    std::int64_t width_ = 0, rows_ = 0;
};

/// A dataset of known length, written by all ranks together: each its block.
void write_blocks(const h5::File& file, bool parallel, const std::string& path, hid_t file_type,
                  std::vector<std::int64_t> shape, std::int64_t begin, std::span<const std::int64_t> block);
void write_blocks(const h5::File& file, bool parallel, const std::string& path, hid_t file_type,
                  std::vector<std::int64_t> shape, std::int64_t begin, std::span<const double> block);

/// True on all ranks when `seconds` of wall time have passed since the last true: rank 0's clock decides.
class FlushClock {
  public:
    FlushClock(MPI_Comm comm, double seconds) : comm_(comm), seconds_(seconds) {}
    bool due();  ///< collective
    void reset() { timer_.reset(); }

  private:
    MPI_Comm comm_;
    double seconds_;
    Timer timer_;
};

/// A duplicate of a communicator, so that our messages do not meet those of the solver.
class OwnComm {
  public:
    explicit OwnComm(MPI_Comm comm) { MPI_Comm_dup(comm, &comm_); }
    OwnComm(const OwnComm&) = delete;
    OwnComm& operator=(const OwnComm&) = delete;
    ~OwnComm();
    operator MPI_Comm() const { return comm_; }
    int rank() const;
    int size() const;

  private:
    MPI_Comm comm_ = MPI_COMM_NULL;
};

/// Ends the life of a file that was not closed in order: alone it is closed (and stays marked incomplete); a parallel
/// one is let go, as the other ranks may be gone.
void give_up(h5::File& file, bool parallel);

}  // namespace ngv
