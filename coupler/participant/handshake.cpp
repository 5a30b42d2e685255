// Participant::start(): who am I, what do I offer, what is my part of the plan?
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "coupler/participant/impl.hpp"
#include "coupler/participant/version.hpp"
#include "coupler/protocol/frame.hpp"
#include "coupler/schedule/cut.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/process.hpp"
#include "coupler/transport/tags.hpp"
#include "handshake.pb.h"

#include <unistd.h>

namespace ngv {

void Participant::start() {
    Impl& self = *impl_;
    NGV_ASSERT(self.phase == Impl::Phase::declaring);
    self.count_elements();
    self.time.enter(trace::What::wait, -1);
    const std::string bytes = self.answer();
    const auto frame = protocol::open(bytes, coupler_name);
    if (frame.type == protocol::Type::refuse) {
        proto::Refuse refuse;
        protocol::parse(frame, refuse, coupler_name);
        std::vector<Problem> problems;
        for (const auto& p : refuse.problems()) problems.push_back({p.where(), p.what(), p.fix()});
        self.told = true;
        throw UserError(std::move(problems));
    }
    proto::Welcome welcome;
    protocol::unpack(bytes, protocol::Type::welcome, welcome, coupler_name);
    self.read_plan(welcome);
    self.send_elements(welcome);
    self.make_lanes(welcome);
    self.phase = Impl::Phase::running;
    self.time.enter(trace::What::compute, -1);
}

void Participant::Impl::count_elements() {
    for (const auto& f : fields) {
        if (find_set(f.spec().set)) continue;
        std::vector<std::string> names;
        for (const auto& s : sets) names.push_back(s.name);
        throw UserError(Problem{fmt::format("participant '{}', field '{}'", name, f.spec().name),
                                fmt::format("is on the element set '{}', which was not added", f.spec().set),
                                did_you_mean(f.spec().set, names)});
    }
    for (const auto& set : sets) {
        const auto n = static_cast<std::int64_t>(set.ids.size());
        auto& counts = elements_of_rank[set.name];
        counts.resize(static_cast<std::size_t>(size));
        MPI_Allgather(&n, 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, world.local);
    }
    for (auto& f : fields) f.impl().allocate(find_set(f.spec().set)->ids.size());
}

namespace {

struct Host {
    char name[60];
    int pid;
};

proto::Kind wire(Kind kind) {
    return static_cast<proto::Kind>(static_cast<int>(kind));
}

}  // namespace

std::string Participant::Impl::hello() const {
    Host mine{};
    std::strncpy(mine.name, transport::host_name().c_str(), sizeof mine.name - 1);
    mine.pid = getpid();
    std::vector<Host> hosts(static_cast<std::size_t>(size));
    MPI_Gather(&mine, sizeof mine, MPI_BYTE, hosts.data(), sizeof mine, MPI_BYTE, 0, world.local);

    proto::Hello hello;
    hello.set_participant(name);
    hello.set_build(build_version());
    hello.set_config_digest(digest);
    hello.set_keeps_state(static_cast<bool>(keep.save));
    for (const auto& host : hosts) {
        auto* process = hello.add_processes();
        process->set_host(host.name);
        process->set_pid(host.pid);
    }
    for (const auto& set : sets) {
        auto* s = hello.add_sets();
        s->set_name(set.name);
        s->set_geometry(static_cast<int>(set.geometry));
        for (const auto n : elements_of_rank.at(set.name)) s->add_elements_of_rank(n);
        for (const auto& [measure_name, measure] : set.measures) {
            auto* m = s->add_measures();
            m->set_name(measure_name);
            m->set_unit(measure.unit);
        }
        for (const auto& [relation, unused] : set.relations) s->add_relations(relation);
    }
    for (const auto& field : fields) {
        const auto& f = const_cast<Field&>(field).impl();
        auto* d = hello.add_fields();
        d->set_name(f.spec.name);
        d->set_set(f.spec.set);
        d->set_kind(wire(f.spec.kind));
        d->set_unit(f.spec.unit);
        d->set_sends(f.sends());
        d->set_receives(f.receives());
        d->set_keeper(f.spec.kind == Kind::pool && f.role == Role::keeper);
        d->set_default_value(f.spec.default_value);
        d->set_description(f.spec.description);
    }
    return protocol::pack(protocol::Type::hello, hello);
}

std::string Participant::Impl::answer() {
    const std::string mine = hello();
    std::string bytes;
    transport::Requests sending;
    if (is_leader()) {
        sending.send(mine.data(), mine.size(), 0, transport::tag_control, coupler());
        wait(
            [&] {
                sending.done();
                auto received = transport::receive_frame(0, transport::tag_control, coupler());
                if (received) bytes = std::move(received->bytes);
                return received.has_value();
            },
            "the coupler's answer to the handshake");
    }
    // The other ranks wait politely as well: the leader may wait long.
    std::int64_t n = static_cast<std::int64_t>(bytes.size());
    const auto share = [&](void* data, int count) {
        MPI_Request request;
        MPI_Ibcast(data, count, MPI_BYTE, 0, world.local, &request);
        wait(
            [&] {
                int flag = 0;
                MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
                return flag != 0;
            },
            "the handshake");
    };
    share(&n, sizeof n);
    bytes.resize(static_cast<std::size_t>(n));
    share(bytes.data(), static_cast<int>(n));
    return bytes;
}

void Participant::Impl::read_plan(const proto::Welcome& welcome) {
    duration = welcome.duration();
    silence_s = welcome.silence_s();
    participants = welcome.participants();
    ledger_by_window = welcome.ledger_by_window();
    coupler_host = welcome.coupler().host();
    coupler_pid = welcome.coupler().pid();
    results = welcome.results();
    keep.every = welcome.keep_every();
    keep.folder = welcome.keep_folder();
    resumed = welcome.begin();
    if (is_leader()) {
        for (const auto& note : welcome.notes()) fmt::print(stderr, "[{} 0] {}\n", name, note);
    }
    for (const auto& c : welcome.channels()) {
        channels.push_back(
            {c.source(), c.target(), static_cast<schedule::Scheme>(c.scheme()), c.interval(), c.leader()});
    }
}

void Participant::Impl::send_elements(const proto::Welcome& welcome) {
    transport::Requests sending;
    std::deque<std::int64_t> offsets_kept;
    const auto send = [&](const auto& values, std::int64_t begin, std::int64_t end, int to) {
        sending.send(values.data() + begin, static_cast<std::size_t>(end - begin) * sizeof(values[0]), to,
                     transport::tag_elements, coupler());
    };
    const auto each_piece = [&](const auto& call) {
        for (const auto& wanted : welcome.sets()) {
            const ElementSet& set = *find_set(wanted);
            for (const auto& piece : transport::pieces(elements_of_rank.at(wanted), coupler_size())) {
                if (piece.solver_rank == rank) call(set, piece);
            }
        }
    };
    each_piece([&](const ElementSet& set, const transport::Piece& p) {
        send(set.ids, p.begin, p.end, p.coupler_rank);
        if (set.geometry == Geometry::lines) send(set.piece_offsets, p.begin, p.end + 1, p.coupler_rank);
        for (const auto& [unused, measure] : set.measures) send(measure.values, p.begin, p.end, p.coupler_rank);
        for (const auto& [unused, relation] : set.relations) send(relation, p.begin, p.end, p.coupler_rank);
    });
    each_piece([&](const ElementSet& set, const transport::Piece& p) {
        if (set.geometry == Geometry::points) send(set.coordinates, 3 * p.begin, 3 * p.end, p.coupler_rank);
        if (set.geometry == Geometry::tetrahedra) send(set.coordinates, 12 * p.begin, 12 * p.end, p.coupler_rank);
        if (set.geometry == Geometry::lines) {
            send(set.coordinates, 6 * set.piece_offsets[static_cast<std::size_t>(p.begin)],
                 6 * set.piece_offsets[static_cast<std::size_t>(p.end)], p.coupler_rank);
        }
    });
    wait([&] { return sending.done(); }, "the coupler to take the elements");
}

void Participant::Impl::make_lanes(const proto::Welcome& welcome) {
    transport::Requests receiving;
    for (int c = 0; c < welcome.channels_size(); ++c) {
        const auto& channel = welcome.channels(c);
        std::vector<LaneGroup> groups;
        for (const auto& g : channel.groups()) {
            LaneGroup group{find_set(g.set()), {}, {}};
            for (const auto& field : g.fields()) {
                group.fields.push_back(&find_field(g.set(), field));
                group.fields.back()->connected = true;
            }
            for (const auto& piece : transport::pieces(elements_of_rank.at(g.set()), coupler_size())) {
                if (piece.solver_rank == rank) group.pieces.push_back(piece);
            }
            if (!channel.is_source()) {
                const bool initial = channel.scheme() == proto::INITIAL;
                for (const auto& piece : group.pieces) {
                    for (auto* field : group.fields) {
                        const auto n = static_cast<std::size_t>(piece.size());
                        receiving.receive(field->covered.data() + piece.begin, n, piece.coupler_rank,
                                          transport::tag_elements, coupler());
                        if (initial || field->spec.kind != Kind::pool) continue;
                        receiving.receive(field->capacity.data() + piece.begin, n * sizeof(double), piece.coupler_rank,
                                          transport::tag_elements, coupler());
                    }
                }
            }
            groups.push_back(std::move(group));
        }
        lanes.push_back(std::make_unique<Lane>(coupler(), channel.id(), channels[static_cast<std::size_t>(c)],
                                               channel.is_source(), std::move(groups), ledger_by_window));
    }
    wait([&] { return receiving.done(); }, "the coupler to build the mappings");
    for (auto& field : fields) {
        auto& f = field.impl();
        for (std::size_t i = 0; i < f.covered.size(); ++i) {
            if (!f.covered[i]) f.uncovered.push_back(i);
        }
    }
    for (std::size_t c = 0; c < lanes.size(); ++c) {
        const auto next = schedule::taken_before(channels[c], resumed);
        if (!welcome.channels(static_cast<int>(c)).is_source() && next < schedule::transfers(channels[c], duration))
            lanes[c]->mailbox().start(next);
    }
    itinerary = std::make_unique<schedule::Itinerary>(channels, name, duration, keep.every);
    window += itinerary->advance_to(resumed);
    begin = itinerary->stop().tick;
}

}  // namespace ngv
