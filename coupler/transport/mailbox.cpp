#include "coupler/transport/mailbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "coupler/transport/tags.hpp"
#include "ngv/error.hpp"

namespace ngv::transport {

namespace {

constexpr std::uint64_t magic = 0x315441442d56474e;    // "NGV-DAT1"
constexpr std::int64_t piece = std::int64_t{1} << 27;  // doubles: 1 GiB, well inside MPI's int counts

}  // namespace

Mailbox::Mailbox(Way way, MPI_Comm comm, int channel, std::vector<Slot> slots)
    : way_(way), channel_(channel), slots_(std::move(slots)) {
    std::int64_t total = 0;
    for (Slot& slot : slots_) {
        slot.begin = total + header_doubles;
        total = slot.begin + slot.count;
    }
    buffer_.assign(static_cast<std::size_t>(total), 0.0);
    for (const Slot& slot : slots_) {
        const std::int64_t begin = slot.begin - header_doubles;
        const std::int64_t end = slot.begin + slot.count;
        for (std::int64_t b = begin; b < end; b += piece) {
            double* p = buffer_.data() + b;
            const int n = static_cast<int>(std::min(piece, end - b));
            requests_.emplace_back();
            if (way_ == Way::send) {
                MPI_Send_init(p, n, MPI_DOUBLE, slot.rank, tag_channel_0 + channel, comm, &requests_.back());
            } else {
                MPI_Recv_init(p, n, MPI_DOUBLE, slot.rank, tag_channel_0 + channel, comm, &requests_.back());
            }
        }
    }
}

Mailbox::~Mailbox() {
    for (MPI_Request& request : requests_) {
        if (active_) MPI_Cancel(&request);
        MPI_Request_free(&request);
    }
}

void Mailbox::start(std::int64_t sequence) {
    if (empty()) return;
    if (way_ == Way::send) {
        for (const Slot& slot : slots_) {
            const Header header{magic, channel_, sequence, slot.count};
            std::memcpy(buffer_.data() + slot.begin - header_doubles, &header, sizeof header);
        }
    }
    MPI_Startall(static_cast<int>(requests_.size()), requests_.data());
    active_ = true;
}

bool Mailbox::done() {
    if (!active_) return true;
    int flag = 0;
    MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &flag, MPI_STATUSES_IGNORE);
    if (flag) active_ = false;
    return flag != 0;
}

void Mailbox::check(std::int64_t sequence, const std::string& peer) const {
    for (const Slot& slot : slots_) {
        Header header;
        std::memcpy(&header, buffer_.data() + slot.begin - header_doubles, sizeof header);
        if (header.magic == magic && header.channel == channel_ && header.sequence == sequence &&
            header.count == slot.count)
            continue;
        throw InternalError(
            fmt::format("message from rank {} of '{}' is exchange {} of channel {} with {} values, expected exchange "
                        "{} of channel {} "
                        "with {} values{}",
                        slot.rank, peer, header.sequence, header.channel, header.count, sequence, channel_, slot.count,
                        header.magic == magic ? "" : " (and it is no message of ours)"),
            __FILE__, __LINE__);
    }
}

}  // namespace ngv::transport
