// One side of a channel: a buffer that is allocated once, with one message for each rank of the other side, and the
// persistent requests that move it.
//
//     buffer   | header | data for rank 0 | header | data for rank 1 | ...
//
// A header of 32 bytes opens every message and is checked on receipt: data of another window is an error, never a
// value.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ngv::transport {

struct Header {
    std::uint64_t magic;
    std::int64_t channel;
    std::int64_t sequence;  ///< number of the exchange in its channel
    std::int64_t count;     ///< doubles that follow
};
static_assert(sizeof(Header) == 32);
inline constexpr std::int64_t header_doubles = 4;

/// A message to or from one rank: `count` doubles after the header.
struct Slot {
    int rank;
    std::int64_t count;
    std::int64_t begin = 0;  ///< position of the first double after the header in the buffer; filled by Mailbox
};

class Mailbox {
  public:
    enum class Way { send, receive };

    Mailbox(Way way, MPI_Comm comm, int channel, std::vector<Slot> slots);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;

    const std::vector<Slot>& slots() const { return slots_; }
    double* data() { return buffer_.data(); }

    /// Sends what is in the buffer as exchange number `sequence`, or posts the receives. done() must hold before.
    void start(std::int64_t sequence);
    /// True when nothing is under way.
    bool done();
    /// True if there is nothing to move at all.
    bool empty() const { return slots_.empty(); }

    /// Receive, after done(): throws InternalError naming `peer` unless every header is that of `sequence`.
    void check(std::int64_t sequence, const std::string& peer) const;

  private:
    Way way_;
    int channel_;
    std::vector<Slot> slots_;
    std::vector<double> buffer_;
    std::vector<MPI_Request> requests_;
    bool active_ = false;
};

}  // namespace ngv::transport
