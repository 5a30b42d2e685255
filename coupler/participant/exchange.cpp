// Participant::next_window(): send what is due, wait for what is due.
#include <fmt/format.h>

#include "control.pb.h"
#include "coupler/participant/impl.hpp"
#include "coupler/protocol/frame.hpp"
#include "coupler/schedule/cut.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/tags.hpp"

namespace ngv {

std::optional<Window> Participant::next_window() {
    Impl& self = *impl_;
    NGV_ASSERT(self.phase == Impl::Phase::running);
    if (self.started_windows) {
        const Tick before = self.itinerary->stop().tick;
        self.itinerary->advance();
        self.save_state(before);
    } else if (self.resumed > 0) {
        self.load_state();
    }
    self.started_windows = true;
    self.exchange();
    const Tick begin = self.itinerary->stop().tick;
    if (self.itinerary->last()) {
        self.phase = Impl::Phase::over;
        return std::nullopt;
    }
    const Window window{++self.window, begin, self.itinerary->next_tick()};
    self.time.enter(trace::What::compute, window.index);
    self.advance_message();
    return window;
}

void Participant::Impl::exchange() {
    const schedule::Stop& stop = itinerary->stop();
    time.enter(trace::What::exchange, window);
    for (const auto& transfer : stop.sends) {
        Lane& lane = *lanes[static_cast<std::size_t>(transfer.channel)];
        // The other side had it before the cut that this run begins with.
        if (transfer.sequence < schedule::taken_before(channels[static_cast<std::size_t>(transfer.channel)], resumed))
            continue;
        if (!lane.mailbox().done()) {
            time.enter(trace::What::wait, window, lane.id());
            wait([&] { return lane.mailbox().done(); }, fmt::format("'{}' to take what was sent before", lane.peer()));
            time.enter(trace::What::exchange, window);
        }
        lane.pack(name, window, to_ms(stop.tick));
        lane.mailbox().start(transfer.sequence);
    }
    for (const auto& transfer : stop.sends) lanes[static_cast<std::size_t>(transfer.channel)]->clear_sent();
    for (auto& field : fields) field.impl().grow_old();
    for (const auto& transfer : stop.receives) {
        Lane& lane = *lanes[static_cast<std::size_t>(transfer.channel)];
        if (!lane.mailbox().done()) {
            time.enter(trace::What::wait, window, lane.id());
            wait([&] { return lane.mailbox().done(); }, fmt::format("'{}'", lane.peer()));
            time.enter(trace::What::exchange, window);
        }
        lane.mailbox().check(transfer.sequence, lane.peer());
        lane.unpack(transfer);
        const auto& channel = channels[static_cast<std::size_t>(transfer.channel)];
        if (transfer.sequence + 1 < schedule::transfers(channel, duration)) lane.mailbox().start(transfer.sequence + 1);
    }
}

void Participant::Impl::advance_message() {
    if (!is_leader()) return;
    // Rarely enough not to cost anything, often enough to say where a silent participant was.
    const double now = MPI_Wtime();
    if (now - last_advance_s < 0.25) return;
    last_advance_s = now;
    proto::Advance advance;
    advance.set_window(window);
    advance.set_begin(itinerary->stop().tick);
    advance.set_end(itinerary->next_tick());
    tell_coupler(protocol::pack(protocol::Type::advance, advance));
}

void Participant::Impl::tell_coupler(const std::string& bytes) {
    MPI_Request request;
    MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 0, transport::tag_control, coupler(), &request);
    wait(
        [&] {
            int flag = 0;
            MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
            return flag != 0;
        },
        "the coupler");
}

}  // namespace ngv
