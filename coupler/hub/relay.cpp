#include "coupler/hub/relay.hpp"

#include <algorithm>
#include <map>

#include "coupler/hub/column_cover.hpp"
#include "coupler/transport/tags.hpp"

namespace ngv::hub {

namespace {

const std::vector<mapping::Entry>& entries_of(const Group& group, const std::vector<mapping::Plan>& plans) {
    const auto& plan = plans[static_cast<std::size_t>(group.request)];
    return group.back ? plan.back : plan.forward;
}

const std::string& set_at(const Group& group, bool source) {
    return source ? group.source : group.target;
}

}  // namespace

Relay::Relay(Watch& watch, int id, const Channel& channel, const Homed& homed, const std::vector<mapping::Plan>& plans,
             int first_line)
    : channel_(channel),
      source_name_(channel.times.source),
      target_comm_(watch.guest(channel.times.target).other.comm),
      first_line_(first_line),
      sums_(0),
      inbox_(transport::Mailbox::Way::receive, watch.guest(channel.times.source).other.comm, id, slots(homed, true)),
      outbox_(transport::Mailbox::Way::send, target_comm_, id, slots(homed, false)) {
    for (const auto& group : channel_.groups) {
        parts_.push_back({&group, {}, {}, {}, {}, {}, nullptr});
        for (const auto& field : group.fields) sums_ += conserved(field);
    }
    lay_out(homed, true);
    lay_out(homed, false);
    for (auto& part : parts_) {
        const auto& entries = entries_of(*part.group, plans);
        part.apply = std::make_unique<mapping::DistributedOperator>(watch.local(), entries, part.source, part.target,
                                                                    static_cast<int>(part.group->fields.size()),
                                                                    part.group->scale);
        const auto cover = column_cover(watch.local(), entries, part.source.ids);
        for (std::size_t i = 0; i < cover.size(); ++i) {
            if (!cover[i]) part.unseen.push_back(part.source.positions[i]);
        }
        target_pieces_.push_back(homed.pieces.at(part.group->target));
    }
}

std::vector<transport::Slot> Relay::slots(const Homed& homed, bool source) const {
    std::map<int, std::int64_t> counts;
    int sums = 0;
    for (const auto& group : channel_.groups) {
        for (const auto& piece : homed.pieces.at(set_at(group, source))) {
            counts[piece.solver_rank] += piece.size() * static_cast<std::int64_t>(group.fields.size());
        }
        for (const auto& field : group.fields) sums += conserved(field);
    }
    std::vector<transport::Slot> result;
    for (const auto& [rank, n] : counts) result.push_back({rank, n + (source ? sums : 0)});
    return result;
}

void Relay::lay_out(const Homed& homed, bool source) {
    std::map<int, std::int64_t> next;
    for (const auto& slot : (source ? inbox_ : outbox_).slots()) next[slot.rank] = slot.begin;
    for (auto& part : parts_) {
        const auto stride = static_cast<std::int64_t>(part.group->fields.size());
        const auto& ids = homed.sets.at(set_at(*part.group, source)).ids;
        auto& layout = source ? part.source : part.target;
        layout.ids = ids;
        for (const auto& piece : homed.pieces.at(set_at(*part.group, source))) {
            std::int64_t& position = next.at(piece.solver_rank);
            (source ? part.source_blocks : part.target_blocks).push_back({position, piece.size()});
            for (std::int64_t i = 0; i < piece.size(); ++i, position += stride) layout.positions.push_back(position);
        }
    }
}

std::vector<ledger::Line> Relay::lines(const Channel& channel, Watch& watch, Tick duration) {
    std::vector<ledger::Line> result;
    if (channel.times.scheme == schedule::Scheme::initial) return result;
    for (const auto& group : channel.groups) {
        for (const auto& field : group.fields) {
            if (field.kind == Kind::state) continue;
            std::string unit;
            for (const auto& f : watch.guest(channel.times.target).hello.fields()) {
                if (f.name() == field.target_name && f.set() == set_of(group.target)) unit = f.unit();
            }
            result.push_back({field.name, field.target_name, group.source, group.target, unit,
                              schedule::transfers(channel.times, duration)});
        }
    }
    return result;
}

void Relay::send_cover(const std::vector<mapping::Plan>& plans, transport::Requests& requests) {
    const bool initial = channel_.times.scheme == schedule::Scheme::initial;
    covers_.resize(parts_.size());
    capacities_.resize(parts_.size());
    for (std::size_t g = 0; g < parts_.size(); ++g) {
        const Group& group = *parts_[g].group;
        const auto& plan = plans[static_cast<std::size_t>(group.request)];
        covers_[g] = parts_[g].apply->covered();
        capacities_[g] = group.back ? plan.source_capacity : plan.target_capacity;
        std::int64_t begin = 0;
        for (const auto& piece : target_pieces_[g]) {
            const auto n = static_cast<std::size_t>(piece.size());
            for (const auto& field : group.fields) {
                requests.send(covers_[g].data() + begin, n, piece.solver_rank, transport::tag_elements, target_comm_);
                if (initial || field.kind != Kind::pool) continue;
                requests.send(capacities_[g].data() + begin, n * sizeof(double), piece.solver_rank,
                              transport::tag_elements, target_comm_);
            }
            begin += piece.size();
        }
    }
}

void Relay::exchange(const schedule::Transfer& transfer, ledger::Ledger& ledger) {
    inbox_.check(transfer.sequence, source_name_);
    for (auto& part : parts_) part.apply->start(inbox_.data());
    for (auto& part : parts_) part.apply->finish(outbox_.data());
    enter(transfer, ledger);
    outbox_.start(transfer.sequence);
}

void Relay::enter(const schedule::Transfer& transfer, ledger::Ledger& ledger) {
    int line = 0;
    for (const auto& part : parts_) {
        const auto stride = static_cast<std::int64_t>(part.group->fields.size());
        for (std::int64_t f = 0; f < stride; ++f) {
            if (!conserved(part.group->fields[static_cast<std::size_t>(f)])) continue;
            ledger::Sum emitted, mapped, unseen;
            double magnitude = 0;
            for (const auto& slot : inbox_.slots()) emitted.add(inbox_.data()[slot.begin + slot.count - sums_ + line]);
            for (const auto& block : part.source_blocks)
                magnitude += ledger::magnitude(inbox_.data() + block.begin + f, block.elements, stride);
            for (const auto& block : part.target_blocks)
                mapped.add(ledger::sum(outbox_.data() + block.begin + f, block.elements, stride));
            for (const auto position : part.unseen) unseen.add(inbox_.data()[position + f]);
            const double scale = part.group->scale;
            ledger.add({first_line_ + line, transfer.sequence, transfer.begin, transfer.end, scale * emitted.value(),
                        mapped.value(), scale * unseen.value(), std::abs(scale) * magnitude});
            ++line;
        }
    }
}

}  // namespace ngv::hub
