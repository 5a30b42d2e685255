// Long arrays and control frames over MPI, in pieces that fit MPI's int counts.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ngv::transport {

/// Messages that are under way. Memory they use must stay until done() has returned true.
class Requests {
  public:
    ~Requests();
    Requests() = default;
    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;

    /// Any number of bytes, in pieces of at most 1 GiB.
    void send(const void* data, std::size_t bytes, int rank, int tag, MPI_Comm comm);
    void receive(void* data, std::size_t bytes, int rank, int tag, MPI_Comm comm);
    bool done();

  private:
    std::vector<MPI_Request> requests_;
};

/// A frame from `rank` (or MPI_ANY_SOURCE), if one has arrived.
struct Received {
    int rank;
    std::string bytes;
};
std::optional<Received> receive_frame(int rank, int tag, MPI_Comm comm);

}  // namespace ngv::transport
