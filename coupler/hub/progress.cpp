#include "coupler/hub/progress.hpp"

#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

namespace ngv::hub {

namespace {

std::string clock_text(double seconds) {
    const auto s = static_cast<long>(seconds + 0.5);
    if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
    return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace

Progress::Progress(Tick begin, Tick duration)
    : begin_(begin), duration_(duration), terminal_(isatty(STDERR_FILENO)), begin_s_(MPI_Wtime()), last_s_(begin_s_) {}

void Progress::show(Tick tick) {
    const double now = MPI_Wtime();
    if (now - last_s_ < (terminal_ ? 0.2 : 5.0)) return;
    last_s_ = now;
    const double wall = now - begin_s_;
    const Tick done = tick - begin_;
    const double share = static_cast<double>(done) / static_cast<double>(duration_ - begin_);
    const std::string left = done > 0 ? clock_text(wall * (1 / share - 1)) : "?";
    fmt::print(stderr, "{}[coupler] {:3.0f} %  {:.6g} of {:.6g} ms  {:.3g} x real time  {} left{}",
               terminal_ ? "\r" : "", 100 * to_ms(tick) / to_ms(duration_), to_ms(tick), to_ms(duration_),
               to_ms(done) / 1e3 / wall, left, terminal_ ? "   " : "\n");
    line_open_ = terminal_;
}

void Progress::end() {
    if (line_open_) fmt::print(stderr, "\n");
    line_open_ = false;
}

}  // namespace ngv::hub
