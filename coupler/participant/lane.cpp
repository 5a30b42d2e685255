#include "coupler/participant/lane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "coupler/ledger/sums.hpp"
#include "ngv/error.hpp"

namespace ngv {

namespace {

/// What a message of the source ends with is counted in its window only; the initial values carry no amounts.
bool counts(const schedule::Channel& channel, const Field::Impl& field) {
    return channel.scheme != schedule::Scheme::initial && field.conserved();
}

std::vector<transport::Slot> slots_of(const std::vector<LaneGroup>& groups, const schedule::Channel& channel,
                                      bool is_source) {
    std::map<int, std::int64_t> count;
    for (const auto& group : groups) {
        for (const auto& piece : group.pieces)
            count[piece.coupler_rank] += piece.size() * static_cast<std::int64_t>(group.fields.size());
    }
    const int sums = is_source ? number_of_sums(groups, [&](const Field::Impl* f) { return counts(channel, *f); }) : 0;
    std::vector<transport::Slot> slots;
    for (const auto& [rank, n] : count) slots.push_back({rank, n + sums});
    return slots;
}

}  // namespace

Lane::Lane(MPI_Comm comm, int id, const schedule::Channel& channel, bool is_source, std::vector<LaneGroup> groups,
           bool ledger_by_window)
    : id_(id),
      channel_(channel),
      is_source_(is_source),
      ledger_by_window_(ledger_by_window),
      groups_(std::move(groups)),
      mailbox_(is_source ? transport::Mailbox::Way::send : transport::Mailbox::Way::receive, comm, id,
               slots_of(groups_, channel, is_source)) {
    if (is_source_) return;
    for (auto& group : groups_) {
        for (auto* field : group.fields) {
            if (counts(channel_, *field)) receipts_.push_back({field, {}, {}});
        }
    }
}

std::vector<double>& Lane::source_of(Field::Impl& field) const {
    return initial() && field.spec.kind == Kind::pool ? field.initial_out : field.out;
}

std::vector<double>& Lane::target_of(Field::Impl& field) const {
    return initial() && field.spec.kind == Kind::pool ? field.initial_in : field.in;
}

void Lane::pack(const std::string& participant, std::int64_t window, double time_ms) {
    for (const auto& group : groups_) {
        for (auto* field : group.fields) {
            const auto& x = source_of(*field);
            const auto bad = ledger::first_not_finite(x.data(), static_cast<std::int64_t>(x.size()));
            if (bad < 0) continue;
            const auto id = group.set->ids[static_cast<std::size_t>(bad)];
            throw PhysicsError(
                fmt::format("{}.{}: field '{}' is {} in element {} at the end of window {} ({} ms)", participant,
                            group.set->name, field->spec.name, x[static_cast<std::size_t>(bad)], id, window, time_ms),
                field->spec.name, id, time_ms);
        }
    }
    for (const auto& slot : mailbox_.slots()) {
        double* p = mailbox_.data() + slot.begin;
        double* sums =
            p + slot.count - number_of_sums(groups_, [&](const Field::Impl* f) { return counts(channel_, *f); });
        for (const auto& group : groups_) {
            const auto piece = std::find_if(group.pieces.begin(), group.pieces.end(),
                                            [&](const auto& q) { return q.coupler_rank == slot.rank; });
            const std::int64_t n = piece == group.pieces.end() ? 0 : piece->size();
            const auto stride = static_cast<std::int64_t>(group.fields.size());
            for (std::int64_t f = 0; f < stride; ++f) {
                Field::Impl& field = *group.fields[static_cast<std::size_t>(f)];
                const double* x = n == 0 ? nullptr : source_of(field).data() + piece->begin;
                if (stride == 1) {
                    std::copy_n(x, n, p);
                } else {
                    for (std::int64_t i = 0; i < n; ++i) p[i * stride + f] = x[i];
                }
                if (counts(channel_, field)) *sums++ = ledger::sum(x, n);
            }
            p += n * stride;
        }
    }
}

void Lane::clear_sent() {
    if (initial()) return;
    for (const auto& group : groups_) {
        for (auto* field : group.fields) {
            if (field->conserved()) std::fill(field->out.begin(), field->out.end(), 0.0);
        }
    }
}

void Lane::unpack(const schedule::Transfer& transfer) {
    std::vector<std::int64_t> positions;
    for (const auto& slot : mailbox_.slots()) positions.push_back(slot.begin);
    for (const auto& group : groups_) {
        for (std::size_t f = 0; f < group.fields.size(); ++f) unpack(group, f, positions);
        const auto stride = static_cast<std::int64_t>(group.fields.size());
        for (std::size_t s = 0; s < positions.size(); ++s) {
            for (const auto& piece : group.pieces) {
                if (piece.coupler_rank == mailbox_.slots()[s].rank) positions[s] += piece.size() * stride;
            }
        }
        for (auto* field : group.fields) {
            if (initial() && field->conserved()) continue;  // a pool's start value is not an amount
            field->fresh = true;
            field->span_ms = to_ms(transfer.end - transfer.begin);
        }
    }
    for (Receipt& receipt : receipts_) {
        Field::Impl& field = *receipt.field;
        const double received = ledger::sum(field.in);
        double carried = 0;
        if (!field.carry.empty()) {
            carried = ledger::sum(field.carry);
            for (std::size_t i = 0; i < field.in.size(); ++i) field.in[i] += field.carry[i];
            std::fill(field.carry.begin(), field.carry.end(), 0.0);
        }
        if (ledger_by_window_ || receipt.received.empty()) {
            receipt.received.push_back(received);
            receipt.carried.push_back(carried);
        } else {
            receipt.received.back() += received;
            receipt.carried.back() += carried;
        }
    }
}

void Lane::unpack(const LaneGroup& group, std::size_t f, std::vector<std::int64_t>& positions) {
    Field::Impl& field = *group.fields[f];
    auto& y = target_of(field);
    const auto stride = static_cast<std::int64_t>(group.fields.size());
    for (std::size_t s = 0; s < positions.size(); ++s) {
        for (const auto& piece : group.pieces) {
            if (piece.coupler_rank != mailbox_.slots()[s].rank) continue;
            const double* p = mailbox_.data() + positions[s] + static_cast<std::int64_t>(f);
            double* to = y.data() + piece.begin;
            if (stride == 1) {
                std::copy_n(p, piece.size(), to);
            } else {
                for (std::int64_t i = 0; i < piece.size(); ++i) to[i] = p[i * stride];
            }
        }
    }
    if (field.conserved()) return;
    // Where nothing maps, the operator gives 0; a State keeps its default there.
    for (const std::size_t i : field.uncovered) y[i] = field.spec.default_value;
}

}  // namespace ngv
