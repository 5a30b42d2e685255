#include "coupler/transport/bytes.hpp"

#include <algorithm>

namespace ngv::transport {

namespace {

constexpr std::size_t piece = std::size_t{1} << 30;

template <class Call>
void in_pieces(std::size_t bytes, const Call& call) {
    for (std::size_t begin = 0; begin < bytes; begin += piece)
        call(begin, static_cast<int>(std::min(piece, bytes - begin)));
}

}  // namespace

Requests::~Requests() {
    // Left early by an exception: the run is ending, and nobody will complete these.
    for (MPI_Request& request : requests_) {
        if (request == MPI_REQUEST_NULL) continue;
        MPI_Cancel(&request);
        MPI_Request_free(&request);
    }
}

void Requests::send(const void* data, std::size_t bytes, int rank, int tag, MPI_Comm comm) {
    in_pieces(bytes, [&](std::size_t begin, int n) {
        requests_.emplace_back();
        MPI_Isend(static_cast<const char*>(data) + begin, n, MPI_BYTE, rank, tag, comm, &requests_.back());
    });
}

void Requests::receive(void* data, std::size_t bytes, int rank, int tag, MPI_Comm comm) {
    in_pieces(bytes, [&](std::size_t begin, int n) {
        requests_.emplace_back();
        MPI_Irecv(static_cast<char*>(data) + begin, n, MPI_BYTE, rank, tag, comm, &requests_.back());
    });
}

bool Requests::done() {
    int flag = 1;
    if (!requests_.empty())
        MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &flag, MPI_STATUSES_IGNORE);
    if (flag) requests_.clear();
    return flag != 0;
}

std::optional<Received> receive_frame(int rank, int tag, MPI_Comm comm) {
    int flag = 0;
    MPI_Message message;
    MPI_Status status;
    MPI_Improbe(rank, tag, comm, &flag, &message, &status);
    if (!flag) return std::nullopt;
    int n = 0;
    MPI_Get_count(&status, MPI_BYTE, &n);
    Received received{status.MPI_SOURCE, std::string(static_cast<std::size_t>(n), '\0')};
    MPI_Mrecv(received.bytes.data(), n, MPI_BYTE, &message, MPI_STATUS_IGNORE);
    return received;
}

}  // namespace ngv::transport
