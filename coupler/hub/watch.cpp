#include "coupler/hub/watch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "coupler/protocol/frame.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/process.hpp"
#include "coupler/transport/signals.hpp"
#include "coupler/transport/tags.hpp"
#include "coupler/transport/wait.hpp"

namespace ngv::hub {

std::string Failure::text() const {
    if (participant.empty()) return what();
    std::string who = fmt::format("'{}'", participant);
    if (rank >= 0) who += fmt::format(", rank {}", rank);
    who += window < 0 ? ", before the first window" : fmt::format(", window {}, {} ms", window, time_ms);
    return fmt::format("{}: {}", who, what());
}

Watch::Watch(MPI_Comm local, std::vector<Other> others) : local_(local), host_(transport::host_name()) {
    MPI_Comm_rank(local_, &rank_);
    MPI_Comm_size(local_, &size_);
    for (auto& other : others) guests_.push_back({std::move(other)});
}

Guest& Watch::guest(const std::string& name) {
    const auto it = std::find_if(guests_.begin(), guests_.end(), [&](const Guest& g) { return g.other.name == name; });
    NGV_ASSERT(it != guests_.end());
    return *it;
}

void Watch::heard(Guest& guest, Tick tick) {
    guest.heard_s = MPI_Wtime();
    if (!guest.itinerary) return;
    // The window that begins at the n-th stop is window n.
    while (guest.tick < tick && !guest.itinerary->last()) {
        guest.itinerary->advance();
        guest.tick = guest.itinerary->stop().tick;
        ++guest.window;
    }
}

void Watch::wait(const std::function<bool()>& ready, const std::string& what) {
    wait(
        ready, [] { return std::string(); }, what);
}

void Watch::wait(const std::function<bool()>& ready, const std::function<std::string()>& culprit,
                 const std::string& what) {
    double begin_s = -1;
    std::string whom;
    transport::wait(ready, [&](double) {
        look();
        const double now = MPI_Wtime();
        const std::string whom_now = culprit();
        if (begin_s < 0 || whom_now != whom) {
            begin_s = now;
            whom = whom_now;
        }
        if (whom.empty() || !is_leader()) return;
        const Guest& g = guest(whom);
        const double silent = now - std::max(begin_s, g.heard_s);
        if (silent < silence_s_) return;
        throw Failure(fmt::format("is silent for {:.3g} s (limits.silence); the coupler waits for {}", silent, what),
                      ExitCode::peer_lost, whom, -1, g.window, to_ms(g.tick));
    });
}

void Watch::look() {
    if (const int signal = transport::stop_signal()) {
        throw Failure(fmt::format("the coupler was stopped by signal {}", signal == SIGINT ? "SIGINT" : "SIGTERM"),
                      ExitCode::interrupted);
    }
    if (is_leader()) read_control_frames();  // first: a state that was kept before somebody failed counts
    look_for_aborts();
    if (!is_leader()) return;
    const double now = MPI_Wtime();
    if (now - last_deaths_s_ > 0.1) {
        last_deaths_s_ = now;
        look_for_deaths();
    }
    if (idle_ && now - last_idle_s_ > 0.1) {
        last_idle_s_ = now;
        idle_();
    }
}

Failure Watch::as_failure(const std::string& bytes, const std::string& from) const {
    proto::Abort abort;
    protocol::unpack(bytes, protocol::Type::abort, abort, from);
    return Failure(abort.reason(), static_cast<ExitCode>(abort.exit_code()), abort.participant(), abort.rank(),
                   abort.window(), abort.time_ms());
}

void Watch::look_for_aborts() {
    if (const auto frame = transport::receive_frame(MPI_ANY_SOURCE, transport::tag_abort, local_))
        throw as_failure(frame->bytes, "coupler");
    if (!is_leader()) return;
    for (const Guest& guest : guests_) {
        const auto frame = transport::receive_frame(MPI_ANY_SOURCE, transport::tag_abort, guest.other.comm);
        if (frame) throw as_failure(frame->bytes, guest.other.name);
    }
}

void Watch::look_for_deaths() {
    for (const Guest& guest : guests_) {
        for (int rank = 0; rank < guest.hello.processes_size(); ++rank) {
            const auto& process = guest.hello.processes(rank);
            if (process.host() != host_ || transport::is_alive(process.pid())) continue;
            // It may have said why before it died.
            look_for_aborts();
            throw Failure(fmt::format("process {} on {} died (killed, crashed, or left without finish())",
                                      process.pid(), process.host()),
                          ExitCode::peer_lost, guest.other.name, rank, guest.window, to_ms(guest.tick));
        }
    }
}

void Watch::read_control_frames() {
    for (Guest& guest : guests_) {
        while (!guest.frame) {
            auto received = transport::receive_frame(0, transport::tag_control, guest.other.comm);
            if (!received) break;
            guest.heard_s = MPI_Wtime();
            const auto frame = protocol::open(received->bytes, guest.other.name);
            if (frame.type == protocol::Type::kept) {
                proto::Kept kept;
                protocol::parse(frame, kept, guest.other.name);
                kept_(guest, kept);
            } else if (frame.type == protocol::Type::advance) {
                proto::Advance advance;
                protocol::parse(frame, advance, guest.other.name);
                heard(guest, advance.begin());
            } else {
                guest.frame = std::move(received->bytes);
            }
        }
    }
}

void Watch::tell_everybody(const Failure& failure, bool told) {
    proto::Abort abort;
    abort.set_participant(failure.participant);
    abort.set_rank(failure.rank);
    abort.set_window(failure.window);
    abort.set_time_ms(failure.time_ms);
    abort.set_reason(failure.what());
    abort.set_exit_code(static_cast<int>(failure.code));
    abort.set_told(told);
    const auto& bytes = sent_.emplace_back(protocol::pack(protocol::Type::abort, abort));
    const auto send = [&](int rank, MPI_Comm comm) {
        MPI_Request request;
        MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, rank, transport::tag_abort, comm, &request);
        MPI_Request_free(&request);
    };
    for (const Guest& guest : guests_) {
        for (int rank = 0; rank < guest.other.size; ++rank) send(rank, guest.other.comm);
    }
    for (int rank = 0; rank < size_; ++rank) {
        if (rank != rank_) send(rank, local_);
    }
}

void Watch::tell_leader(const Failure& failure) {
    proto::Abort abort;
    abort.set_participant(failure.participant.empty() ? std::string(coupler_name) : failure.participant);
    abort.set_rank(failure.participant.empty() ? rank_ : failure.rank);
    abort.set_window(failure.window);
    abort.set_time_ms(failure.time_ms);
    abort.set_reason(failure.what());
    abort.set_exit_code(static_cast<int>(failure.code));
    const std::string bytes = protocol::pack(protocol::Type::abort, abort);
    MPI_Request request;
    MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 0, transport::tag_abort, local_, &request);
    for (int ms = 0; ms < 2500; ++ms) {
        int done = 0;
        if (request != MPI_REQUEST_NULL) MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        usleep(1000);
    }
    MPI_Abort(local_, static_cast<int>(failure.code));
    _exit(static_cast<int>(failure.code));
}

}  // namespace ngv::hub
