// Participant::finish(): the numbers for summary.json, the timeline and the ledger.
#include <fmt/format.h>

#include <numeric>

#include "control.pb.h"
#include "coupler/ledger/sums.hpp"
#include "coupler/participant/impl.hpp"
#include "coupler/protocol/frame.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/process.hpp"
#include "coupler/transport/tags.hpp"

namespace ngv {

namespace {

std::string report(const Participant::Impl& self) {
    proto::RankReport report;
    report.set_compute_s(self.time.seconds(trace::What::compute));
    report.set_wait_s(self.time.seconds(trace::What::wait));
    report.set_exchange_s(self.time.seconds(trace::What::exchange));
    report.set_peak_memory_kib(transport::peak_memory_kib());
    report.set_spans_dropped(self.time.dropped());
    for (const auto& span : self.time.spans()) {
        auto* s = report.add_spans();
        s->set_what(static_cast<int>(span.what));
        s->set_begin_us(span.begin_us);
        s->set_length_us(span.length_us);
        s->set_window(span.window);
        s->set_peer(span.peer);
    }
    return report.SerializeAsString();
}

/// The reports of all ranks on the leader.
std::vector<std::string> gather(const std::string& mine, int size, MPI_Comm comm) {
    const int n = static_cast<int>(mine.size());
    std::vector<int> lengths(static_cast<std::size_t>(size)), offsets(static_cast<std::size_t>(size));
    MPI_Gather(&n, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, comm);
    std::exclusive_scan(lengths.begin(), lengths.end(), offsets.begin(), 0);
    std::string all(static_cast<std::size_t>(std::accumulate(lengths.begin(), lengths.end(), 0)), '\0');
    MPI_Gatherv(mine.data(), n, MPI_BYTE, all.data(), lengths.data(), offsets.data(), MPI_BYTE, 0, comm);
    std::vector<std::string> result;
    for (std::size_t r = 0; r < lengths.size(); ++r)
        result.push_back(all.substr(static_cast<std::size_t>(offsets[r]), static_cast<std::size_t>(lengths[r])));
    return result;
}

std::vector<double> over_ranks(std::vector<double> values, MPI_Comm comm) {
    std::vector<double> total(values.size());
    MPI_Reduce(values.data(), total.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, 0, comm);
    return total;
}

}  // namespace

void Participant::Impl::finish() {
    if (phase == Phase::finished) return;
    if (phase != Phase::over) throw InternalError("finish() comes after the last window", __FILE__, __LINE__);
    for (auto& lane : lanes) {
        wait([&] { return lane->mailbox().done(); }, fmt::format("'{}' to take what was sent last", lane->peer()));
    }
    time.stop();

    proto::Goodbye goodbye;
    const auto reports = gather(report(*this), size, world.local);
    if (is_leader()) {
        for (const auto& bytes : reports) goodbye.add_ranks()->ParseFromString(bytes);
    }
    for (const auto& value : summary) {
        auto* v = goodbye.add_summary();
        v->set_key(value.key);
        if (value.is_number) v->set_number(value.number);
        if (!value.is_number) v->set_text(value.text);
    }
    for (const auto& lane : lanes) {
        for (const auto& receipt : lane->receipts()) {
            auto* r = goodbye.add_receipts();
            r->set_channel(lane->id());
            r->set_set(receipt.field->spec.set);
            r->set_field(receipt.field->spec.name);
            for (const double v : over_ranks(receipt.received, world.local)) r->add_received(v);
            for (const double v : over_ranks(receipt.carried, world.local)) r->add_carried(v);
            r->set_outstanding(over_ranks({ledger::sum(receipt.field->carry)}, world.local)[0]);
        }
    }
    // All ranks leave together, when the coupler has heard everybody.
    int done = 0;
    if (is_leader()) {
        const std::string bytes = protocol::pack(protocol::Type::goodbye, goodbye);
        transport::Requests sending;
        sending.send(bytes.data(), bytes.size(), 0, transport::tag_control, coupler());
        wait([&] { return sending.done(); }, "the coupler");
        wait([&] { return transport::receive_frame(0, transport::tag_control, coupler()).has_value(); },
             "the others to finish");
    }
    MPI_Request request;
    MPI_Ibcast(&done, 1, MPI_INT, 0, world.local, &request);
    wait(
        [&] {
            int flag = 0;
            MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
            return flag != 0;
        },
        "the others to finish");
    lanes.clear();
    phase = Phase::finished;
}

}  // namespace ngv
