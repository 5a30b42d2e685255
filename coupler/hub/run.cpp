#include "coupler/hub/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "coupler/protocol/frame.hpp"
#include "coupler/schedule/cut.hpp"
#include "coupler/transport/process.hpp"
#include "coupler/transport/tags.hpp"

namespace ngv::hub {

Run::Run(const Config& scenario, bool resume, Watch& watch)
    : scenario_(scenario),
      watch_(watch),
      duration_(scenario.ticks("duration")),
      begin_s_(MPI_Wtime()),
      states_(scenario, resume),
      progress_(states_.begin(), duration_),
      now_(states_.begin()) {
    watch_.set_silence_limit(to_ms(scenario_["limits"].ticks("silence")) / 1e3);
    if (watch_.is_leader() && scenario_.is_set("monitor") && scenario_["monitor"].is_set("port")) {
        const auto settings = scenario_["monitor"];
        monitor_ =
            std::make_unique<Monitor>(static_cast<std::uint16_t>(settings.integer("port")), settings.text("address"));
        log(fmt::format("live page on http://{}:{}/", settings.text("address"), monitor_->port()));
    }
    watch_.on_idle([this] { report(); });
    watch_.on_kept([this](const Guest& guest, const proto::Kept& kept) {
        if (states_.heard(guest.other.name, kept, watch_.guests().size()))
            log(fmt::format("the state at {} is kept", schedule::cut_name(kept.tick())));
    });
}

void Run::log(const std::string& line) const {
    if (watch_.is_leader()) fmt::print(stderr, "[coupler] {}\n", line);
}

void Run::send_frame(Guest& guest, const std::string& bytes) {
    transport::Requests sending;
    sending.send(bytes.data(), bytes.size(), 0, transport::tag_control, guest.other.comm);
    watch_.wait([&] { return sending.done(); }, fmt::format("'{}' to take a message", guest.other.name));
}

void Run::shake_hands() {
    read_hellos();
    auto found = problems();
    if (!found.empty()) {
        refuse(found);
        throw UserError(std::move(found));
    }
    order_ = schedule::causal_order(times_, duration_);
    done_.assign(times_.size(), 0);
    for (Guest& guest : watch_.guests()) {
        guest.itinerary = std::make_unique<schedule::Itinerary>(times_, guest.other.name, duration_, states_.every());
    }
    states_.set_channels(times_);
    begin_with_state();
    for (const auto& line : links_.log) log(line);
    std::vector<ledger::Line> lines;
    for (const auto& channel : links_.channels) {
        for (auto& line : Relay::lines(channel, watch_, duration_)) lines.push_back(std::move(line));
    }
    const double limit = scenario_["limits"].quantity("ledger_drift", "1");
    ledger_ = std::make_unique<ledger::Ledger>(watch_.local(), std::move(lines), limit);
    if (watch_.is_leader()) welcome();
}

/// With no state to go on from, the run begins at 0 and nothing is skipped.
void Run::begin_with_state() {
    const Tick cut = states_.begin();
    if (cut == 0) return;
    for (std::size_t c = 0; c < times_.size(); ++c) done_[c] = schedule::taken_before(times_[c], cut);
    skip_done();
    for (Guest& guest : watch_.guests()) {
        guest.window += guest.itinerary->advance_to(cut);
        guest.tick = guest.itinerary->stop().tick;
    }
    log(fmt::format("goes on from the state at {}; results in {}", schedule::cut_name(cut),
                    states_.results().string()));
    if (states_.scenario_has_changed()) log("the scenario is not the one that this state was kept with");
}

void Run::skip_done() {
    while (first_ < order_.size() && order_[first_].sequence < done_[static_cast<std::size_t>(order_[first_].channel)])
        ++first_;
}

void Run::read_hellos() {
    auto& guests = watch_.guests();
    if (watch_.is_leader()) {
        const auto first_missing = [&] {
            const auto it = std::find_if(guests.begin(), guests.end(), [](const Guest& g) { return !g.frame; });
            return it == guests.end() ? std::string() : it->other.name;
        };
        watch_.wait([&] { return first_missing().empty(); }, first_missing, "its part of the handshake");
    }
    for (Guest& guest : guests) {
        std::string bytes = guest.frame.value_or("");
        guest.frame.reset();
        auto n = static_cast<int>(bytes.size());
        MPI_Bcast(&n, 1, MPI_INT, 0, watch_.local());
        bytes.resize(static_cast<std::size_t>(n));
        MPI_Bcast(bytes.data(), n, MPI_BYTE, 0, watch_.local());
        protocol::unpack(bytes, protocol::Type::hello, guest.hello, guest.other.name);
    }
}

std::vector<Problem> Run::problems() {
    std::vector<proto::Hello> hellos;
    for (const Guest& guest : watch_.guests()) hellos.push_back(guest.hello);
    auto found = check_hellos(scenario_, hellos);
    links_ = plan_links(scenario_, hellos);
    for (auto& p : links_.problems) found.push_back(std::move(p));
    links_.problems.clear();
    times_.clear();
    for (const auto& channel : links_.channels) times_.push_back(channel.times);
    for (auto& p : states_.problems(hellos, times_, duration_)) found.push_back(std::move(p));
    if (duration_ <= 0) found.push_back({scenario_.where("duration"), "'duration' must be longer than zero", ""});
    return found;
}

void Run::refuse(const std::vector<Problem>& problems) {
    if (!watch_.is_leader()) return;
    proto::Refuse refuse;
    for (const auto& p : problems) {
        auto* r = refuse.add_problems();
        r->set_where(p.where);
        r->set_what(p.what);
        r->set_fix(p.fix);
    }
    const auto bytes = protocol::pack(protocol::Type::refuse, refuse);
    for (Guest& guest : watch_.guests()) send_frame(guest, bytes);
}

void Run::welcome() {
    for (Guest& guest : watch_.guests()) {
        const auto& name = guest.other.name;
        proto::Welcome welcome;
        welcome.set_duration(duration_);
        welcome.set_silence_s(to_ms(scenario_["limits"].ticks("silence")) / 1e3);
        welcome.set_participants(static_cast<int>(watch_.guests().size()));
        welcome.set_ledger_by_window(ledger_->by_window());
        welcome.set_results(states_.results().string());
        welcome.set_keep_every(states_.every());
        welcome.set_keep_folder(states_.folder().string());
        welcome.set_begin(states_.begin());
        welcome.mutable_coupler()->set_host(transport::host_name());
        welcome.mutable_coupler()->set_pid(getpid());
        for (const auto& note : links_.notes[name]) welcome.add_notes(note);
        for (const auto& set : links_.sets) {
            if (participant_of(set) == name) welcome.add_sets(set_of(set));
        }
        for (std::size_t c = 0; c < links_.channels.size(); ++c) {
            const auto& channel = links_.channels[c];
            const bool is_source = channel.times.source == name;
            if (!is_source && channel.times.target != name) continue;
            auto* w = welcome.add_channels();
            w->set_id(static_cast<int>(c));
            w->set_source(channel.times.source);
            w->set_target(channel.times.target);
            w->set_scheme(static_cast<proto::Scheme>(static_cast<int>(channel.times.scheme)));
            w->set_interval(channel.times.interval);
            w->set_leader(channel.times.leader);
            w->set_is_source(is_source);
            for (const auto& group : channel.groups) {
                auto* g = w->add_groups();
                g->set_set(set_of(is_source ? group.source : group.target));
                for (const auto& field : group.fields) g->add_fields(is_source ? field.name : field.target_name);
            }
        }
        send_frame(guest, protocol::pack(protocol::Type::welcome, welcome));
    }
}

void Run::plan() {
    const Homed homed = receive_elements(watch_, links_.sets);
    build_operators(homed);
    transport::Requests sending;
    int line = 0;
    for (std::size_t c = 0; c < links_.channels.size(); ++c) {
        relays_.push_back(
            std::make_unique<Relay>(watch_, static_cast<int>(c), links_.channels[c], homed, plans_, line));
        line += static_cast<int>(Relay::lines(links_.channels[c], watch_, duration_).size());
    }
    for (std::size_t c = 0; c < relays_.size(); ++c) {
        if (done_[c] < schedule::transfers(times_[c], duration_)) relays_[c]->post_receive(done_[c]);
        relays_[c]->send_cover(plans_, sending);
    }
    watch_.wait([&] { return sending.done(); }, "the participants to take the plan");
    plans_.clear();
    for (Guest& guest : watch_.guests()) ++guest.window;
    setup_s_ = MPI_Wtime() - begin_s_;
    log(fmt::format("{} channels, {} operators; ready after {:.2f} s", relays_.size(), links_.requests.size(),
                    setup_s_));
}

void Run::build_operators(const Homed& homed) {
    std::set<std::string> told;  // requests that share a step find the same
    for (std::size_t r = 0; r < links_.requests.size(); ++r) {
        std::vector<std::string> lines;
        try {
            plans_.push_back(
                mapping::build(watch_.local(), homed.sets, links_.requests[r], scenario_.path("cache"), lines));
        } catch (const UserError& error) {
            std::vector<Problem> problems = error.problems();
            for (auto& p : problems) p.where = links_.request_where[r] + ", " + p.where;
            throw UserError(std::move(problems));
        }
        for (const auto& text : lines) {
            if (told.insert(text).second) log(text);
        }
        coverage_.push_back(plans_.back().coverage);
        check_coverage(homed, r);
    }
}

void Run::check_coverage(const Homed& homed, std::size_t r) {
    const auto& request = links_.requests[r];
    const auto& c = coverage_[r];
    if (c.length_total_um <= 0 || c.length_covered_um >= 0.5 * c.length_total_um) return;
    std::string boxes;
    std::vector<std::string> sets{request.source, request.target};
    for (std::size_t s = 1; s < request.steps.size(); s += 2) sets.push_back(request.steps[s]);
    for (const auto& name : sets) {
        const auto& set = homed.sets.at(name);
        if (set.geometry != Geometry::none)
            boxes +=
                fmt::format("{}{} from {}", boxes.empty() ? "" : "; ", name, bounding_box(watch_.local(), set).text());
    }
    throw UserError(Problem{
        links_.request_where[r],
        fmt::format(
            "the mesh does not cover the lines: of {:.6g} um only {:.6g} um are inside the tetrahedra ({} to {})",
            c.length_total_um, c.length_covered_um, request.source, request.target),
        "check units and origin of both: " + boxes});
}

void Run::exchange() {
    time_.start();
    while (first_ < order_.size()) {
        time_.enter(trace::What::wait, static_cast<std::int64_t>(first_));
        const int channel = choose();
        time_.enter(trace::What::exchange, static_cast<std::int64_t>(first_), channel);
        carry_out(channel);
    }
    ledger_->flush();
    time_.stop();
    now_ = duration_;
}

/// The next transfer: the first in the causal order that can be carried out now. Whoever is late holds up only those
/// who need it. The leader chooses, so that all ranks of the coupler carry out the same one.
int Run::choose() {
    int chosen = -1;
    if (!watch_.is_leader()) {
        transport::Requests receiving;
        receiving.receive(&chosen, sizeof chosen, 0, transport::tag_order, watch_.local());
        watch_.wait([&] { return receiving.done(); }, "the coupler's leader");
    } else {
        const auto can_do = [&](int c, bool is_head) {
            Relay& relay = *relays_[static_cast<std::size_t>(c)];
            // Nothing comes to this rank that could tell whether it is time: then the order decides.
            return (is_head || !relay.silent()) && relay.has_arrived() && relay.can_send();
        };
        const auto look = [&] {
            if (can_do(head().channel, true)) {
                chosen = head().channel;
                return true;
            }
            for (int c = 0; c < static_cast<int>(relays_.size()); ++c) {
                const auto i = static_cast<std::size_t>(c);
                if (done_[i] < schedule::transfers(times_[i], duration_) && c != head().channel && can_do(c, false)) {
                    chosen = c;
                    return true;
                }
            }
            return false;
        };
        const auto culprit = [&] {
            Relay& relay = *relays_[static_cast<std::size_t>(head().channel)];
            const auto& times = relay.channel().times;
            return relay.has_arrived() && !relay.silent() ? times.target : times.source;
        };
        watch_.wait(look, culprit,
                    fmt::format("data from '{}' to '{}'", times_[static_cast<std::size_t>(head().channel)].source,
                                times_[static_cast<std::size_t>(head().channel)].target));
        for (int rank = 1; rank < watch_.size(); ++rank)
            MPI_Send(&chosen, sizeof chosen, MPI_BYTE, rank, transport::tag_order, watch_.local());
    }
    Relay& relay = *relays_[static_cast<std::size_t>(chosen)];
    if (!watch_.is_leader()) {
        watch_.wait([&] { return relay.has_arrived() && relay.can_send(); },
                    [&] { return relay.channel().times.source; }, "data");
    }
    return chosen;
}

void Run::carry_out(int channel) {
    const auto c = static_cast<std::size_t>(channel);
    const auto transfer = schedule::transfer(times_, channel, duration_, done_[c]);
    Relay& relay = *relays_[c];
    relay.exchange(transfer, *ledger_);
    if (++done_[c] < schedule::transfers(times_[c], duration_)) relay.post_receive(done_[c]);
    if (watch_.is_leader()) watch_.heard(watch_.guest(times_[c].source), transfer.sent);
    skip_done();
    if (first_ < order_.size()) now_ = schedule::transfer(times_, head().channel, duration_, head().sequence).begin;
}

void Run::report() {
    progress_.show(now_);
    const double now = MPI_Wtime();
    if (!monitor_ || now - published_s_ < 0.5) return;
    published_s_ = now;
    std::string metrics = fmt::format("ngv_time_ms {}\nngv_duration_ms {}\nngv_wall_s {}\n", to_ms(now_),
                                      to_ms(duration_), now - begin_s_);
    for (const Guest& guest : watch_.guests()) {
        metrics +=
            fmt::format("ngv_participant_time_ms{{participant=\"{}\"}} {}\n", guest.other.name, to_ms(guest.tick));
    }
    monitor_->publish({.status = summary_json(account(), "running"), .metrics = metrics});
}

void Run::say_goodbye() {
    // The last messages leave from the relays' own buffers.
    for (const auto& relay : relays_) {
        watch_.wait([&] { return relay->can_send(); },
                    fmt::format("'{}' to take its last message", relay->channel().times.target));
    }
    if (watch_.is_leader()) {
        auto& guests = watch_.guests();
        const auto missing = [&] {
            const auto it = std::find_if(guests.begin(), guests.end(), [](const Guest& g) { return !g.frame; });
            return it == guests.end() ? std::string() : it->other.name;
        };
        watch_.wait([&] { return missing().empty(); }, missing, "everybody to finish");
        for (Guest& guest : guests)
            protocol::unpack(*guest.frame, protocol::Type::goodbye, goodbyes_[guest.other.name], guest.other.name);
        for (const auto& [name, goodbye] : goodbyes_) {
            for (const auto& receipt : goodbye.receipts()) {
                const int first = relays_.at(static_cast<std::size_t>(receipt.channel()))->first_line();
                for (std::size_t l = static_cast<std::size_t>(first); l < ledger_->lines().size(); ++l) {
                    const auto& line = ledger_->lines()[l];
                    if (line.target_field != receipt.field() || line.to != name + "." + receipt.set()) continue;
                    ledger_->receive(static_cast<int>(l), {receipt.received().begin(), receipt.received().end()},
                                     {receipt.carried().begin(), receipt.carried().end()}, receipt.outstanding());
                    break;
                }
            }
        }
        progress_.end();
        write_results(account());
        const auto bytes = protocol::pack(protocol::Type::farewell, proto::Farewell{});
        for (Guest& guest : guests) {
            guest.hello.clear_processes();  // from now on they may end
            guest.frame.reset();
            send_frame(guest, bytes);
        }
    }
    relays_.clear();
}

Account Run::account() const {
    Account a;
    a.scenario = &scenario_;
    a.guests = &watch_.guests();
    a.coupler_ranks = watch_.size();
    a.goodbyes = goodbyes_;
    a.links = &links_;
    a.coverage = coverage_;
    a.ledger = ledger_.get();
    a.results = states_.results();
    a.begin = states_.begin();
    a.time = &time_;
    a.now = now_;
    a.setup_s = setup_s_;
    a.wall_s = MPI_Wtime() - begin_s_;
    return a;
}

}  // namespace ngv::hub
