// How a participant learns that the run has failed, and how it tells.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "control.pb.h"
#include "coupler/participant/impl.hpp"
#include "coupler/protocol/frame.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/process.hpp"
#include "coupler/transport/signals.hpp"
#include "coupler/transport/tags.hpp"
#include "coupler/transport/wait.hpp"

namespace ngv {

void Participant::Impl::wait(const std::function<bool()>& ready, const std::string& whom) {
    transport::wait(ready, [&](double waited) { look_around(waited, whom); });
}

void Participant::Impl::look_around(double waited, const std::string& whom) {
    if (const int signal = transport::stop_signal())
        throw Interrupted(fmt::format("stopped by signal {}", signal == SIGINT ? "SIGINT" : "SIGTERM"));
    if (const auto frame = transport::receive_frame(0, transport::tag_abort, coupler())) {
        proto::Abort abort;
        protocol::unpack(frame->bytes, protocol::Type::abort, abort, coupler_name);
        told = true;
        throw PeerLost(abort.reason(), abort.participant(), abort.rank());
    }
    // The coupler watches over everybody and reports whoever is silent; what is left to watch here is the coupler.
    if (waited < 0.1) return;
    if (coupler_pid != 0 && coupler_host == transport::host_name() && !transport::is_alive(coupler_pid)) {
        throw PeerLost("the coupler died", std::string(coupler_name), 0);
    }
    const double limit = silence_s * (participants + 1) + 5;
    if (waited > limit)
        throw PeerLost(fmt::format("waited {:.0f} s for {}: the coupler is silent", waited, whom),
                       std::string(coupler_name), -1);
}

void Participant::Impl::fail(std::string_view why, ExitCode code) {
    phase = Phase::failed;
    std::fflush(nullptr);
    const double begin = MPI_Wtime();
    std::string bytes;
    if (!told) {
        proto::Abort abort;
        abort.set_participant(name);
        abort.set_rank(rank);
        abort.set_window(window);
        abort.set_time_ms(now_ms());
        abort.set_reason(std::string(why));
        abort.set_exit_code(static_cast<int>(code));
        bytes = protocol::pack(protocol::Type::abort, abort);
        MPI_Request request;
        MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 0, transport::tag_abort, coupler(), &request);
        MPI_Request_free(&request);
    }
    // The coupler tells the others, gives them time to close their files, and ends the job.
    const double patience_s = 2.5;
    bool answered = told;
    while (MPI_Wtime() - begin < patience_s) {
        if (!answered) answered = transport::receive_frame(0, transport::tag_abort, coupler()).has_value();
        if (transport::stop_signal()) {
            // A process that ends now makes mpirun kill the others at once, in the middle of closing their files.
            usleep(500'000);
            _exit(static_cast<int>(code));
        }
        usleep(1000);
    }
    if (!answered) fmt::print(stderr, "[{} {}] {} (the coupler does not answer)\n", name, rank, why);
    MPI_Abort(world.local, static_cast<int>(code));
    _exit(static_cast<int>(code));
}

int run_participant(int argc, char** argv, std::string_view name, std::string_view config_digest,
                    const std::function<void(Participant&)>& body) {
    try {
        Participant self = Participant::join(argc, argv, name, config_digest);
        try {
            body(self);
            self.finish();
        } catch (const std::exception& error) {
            self.fail(error.what(), exit_code(error));
        } catch (...) {
            self.fail("an exception of unknown type", ExitCode::internal_error);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "[{}] {}\n", name, error.what());
        const int code = static_cast<int>(exit_code(error));
        int running = 0;
        MPI_Initialized(&running);
        // There is no run to tell yet, only a job.
        if (running) MPI_Abort(MPI_COMM_SELF, code);
        return code;
    }
    return static_cast<int>(ExitCode::success);
}

int run_alone(int argc, char** argv, std::string_view name, const std::function<void(MPI_Comm)>& body) {
    const bool owns_mpi = start_mpi(&argc, &argv);
    try {
        body(whole_job());
    } catch (const std::exception& error) {
        fmt::print(stderr, "[{}] {}\n", name, error.what());
        const int code = static_cast<int>(exit_code(error));
        int size = 1;
        MPI_Comm_size(whole_job(), &size);
        // The other ranks may wait for this one. A single process leaves quietly.
        if (size > 1) MPI_Abort(whole_job(), code);
        if (owns_mpi) MPI_Finalize();
        return code;
    }
    if (owns_mpi) MPI_Finalize();
    return static_cast<int>(ExitCode::success);
}

}  // namespace ngv
