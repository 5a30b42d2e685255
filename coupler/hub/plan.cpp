#include "coupler/hub/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "coupler/config/units.hpp"

namespace ngv::hub {

std::string participant_of(const std::string& set) {
    return set.substr(0, set.find('.'));
}

std::string set_of(const std::string& set) {
    return set.substr(set.find('.') + 1);
}

namespace {

using proto::FieldDeclaration;
using proto::Hello;
using proto::SetDeclaration;

/// One link of the scenario. For a pool, source is the contributor and target the keeper.
struct Row {
    Config config;
    std::string where;
    std::string field = {}, target_field = {};  ///< names at both ends
    Kind kind = Kind::state;
    std::string source = {}, target = {};
    Tick every = 0;
    schedule::Scheme scheme = schedule::Scheme::parallel;
    std::string leader = {};
    std::vector<std::string> steps = {};
    std::string capacity = {}, share_by = {};
    bool fill_nearest = false;
    double scale = 1;  ///< source's unit in the target's
};

const char* name_of(Kind kind) {
    return kind == Kind::state ? "state" : kind == Kind::amount ? "amount" : "pool";
}

class Planner {
  public:
    Planner(const Config& scenario, const std::vector<Hello>& hellos) : scenario_(scenario), hellos_(hellos) {}

    LinkPlan plan() {
        read_rows();
        for (auto& row : rows_) check_row(row);
        choose_leaders();
        check_double_use();
        if (!plan_.problems.empty()) return std::move(plan_);
        std::stable_partition(rows_.begin(), rows_.end(), [](const Row& r) { return r.kind == Kind::pool; });
        for (const auto& row : rows_) add_initial(row);
        for (const auto& row : rows_) add_flows(row);
        note_unconnected();
        return std::move(plan_);
    }

  private:
    void problem(std::string where, std::string what, std::string fix) {
        plan_.problems.push_back({std::move(where), std::move(what), std::move(fix)});
    }

    const Hello* find(const std::string& participant) const {
        const auto it = std::find_if(hellos_.begin(), hellos_.end(),
                                     [&](const Hello& h) { return h.participant() == participant; });
        return it == hellos_.end() ? nullptr : &*it;
    }

    bool present(const std::string& set) const { return find(participant_of(set)) != nullptr; }

    /// The set's declaration; a problem is noted if its participant is here and does not have it.
    const SetDeclaration* declared_set(const std::string& set, const std::string& where) {
        const Hello* hello = find(participant_of(set));
        if (!hello) return nullptr;
        std::vector<std::string> names;
        for (const auto& s : hello->sets()) {
            if (s.name() == set_of(set)) return &s;
            names.push_back(s.name());
        }
        problem(where, fmt::format("participant '{}' has no element set '{}'", hello->participant(), set_of(set)),
                did_you_mean(set_of(set), names));
        return nullptr;
    }

    /// The declaration of a field at one end of a link; a problem is noted if it does not fit.
    const FieldDeclaration* declared_field(const Row& row, const std::string& set, const std::string& field, bool sends,
                                           bool receives) {
        const Hello* hello = find(participant_of(set));
        if (!hello || !declared_set(set, row.where)) return nullptr;
        std::vector<std::string> names;
        for (const auto& f : hello->fields()) {
            if (f.set() != set_of(set)) continue;
            if (f.name() != field) {
                names.push_back(f.name());
                continue;
            }
            if (static_cast<Kind>(static_cast<int>(f.kind())) != row.kind) {
                problem(row.where,
                        fmt::format("'{}' is a link of kind {}, but {} declares this field as {}", field,
                                    name_of(row.kind), set, name_of(static_cast<Kind>(static_cast<int>(f.kind())))),
                        fmt::format("write '{}: {}' in the link",
                                    name_of(static_cast<Kind>(static_cast<int>(f.kind()))), field));
                return nullptr;
            }
            if ((sends && !f.sends()) || (receives && !f.receives())) {
                problem(row.where, fmt::format("{} does not {} '{}'", set, sends ? "send" : "receive", field),
                        "exchange 'from' and 'to'?");
                return nullptr;
            }
            return &f;
        }
        problem(row.where, fmt::format("{} has no field '{}'", set, field), did_you_mean(field, names));
        return nullptr;
    }

    void read_rows() {
        auto malformed = check_links(scenario_);
        const bool usable = malformed.empty();
        for (auto& p : malformed) plan_.problems.push_back(std::move(p));
        if (!usable || !scenario_.has("links")) return;
        for (const auto& link : scenario_.list("links")) {
            Row row{.config = link,
                    .where = link.where(),
                    .kind = Kind::state,
                    .every = link.ticks("every"),
                    .steps = link.texts("mapping"),
                    .fill_nearest = link.text("fill") == "nearest"};
            for (const Kind kind : {Kind::state, Kind::amount, Kind::pool}) {
                if (!link.is_set(name_of(kind))) continue;
                row.kind = kind;
                row.field = link.text(name_of(kind));
            }
            const bool pool = row.kind == Kind::pool;
            row.target_field = !pool && link.is_set("as") ? link.text("as") : row.field;
            row.source = link.text(pool ? "contributor" : "from");
            row.target = link.text(pool ? "keeper" : "to");
            row.scheme = link.text("scheme") == "strang" ? schedule::Scheme::strang : schedule::Scheme::parallel;
            if (link.is_set("lead")) row.leader = link.text("lead");
            if (pool) row.capacity = link.text("capacity");
            if (pool) row.share_by = link.text("share_by");
            if (participant_of(row.source) == participant_of(row.target)) {
                problem(row.where, fmt::format("'{}' goes from '{}' to itself", row.field, participant_of(row.source)),
                        "a link joins two participants");
                continue;
            }
            rows_.push_back(std::move(row));
        }
    }

    void check_row(Row& row) {
        const bool pool = row.kind == Kind::pool;
        const auto* source = declared_field(row, row.source, row.field, true, pool);
        const auto* target = declared_field(row, row.target, row.target_field, pool, true);
        if (source && pool && source->keeper()) {
            problem(row.where,
                    fmt::format("{} keeps the pool '{}', the link says that it contributes", row.source, row.field),
                    "exchange 'keeper' and 'contributor'");
        }
        if (target && pool && !target->keeper()) {
            problem(
                row.where,
                fmt::format("{} contributes to the pool '{}', the link says that it keeps it", row.target, row.field),
                "exchange 'keeper' and 'contributor'");
        }
        if (source && target) check_units(row, *source, *target);
        if (pool) check_pool(row);
        for (std::size_t s = 1; s < row.steps.size(); s += 2) {
            if (row.steps[s].find('.') == std::string::npos) {
                problem(row.where,
                        fmt::format("mapping step {} is '{}', expected an element set between two steps", s + 1,
                                    row.steps[s]),
                        "for example [intersection, rd.tetrahedra, intersection]");
            } else {
                declared_set(row.steps[s], row.where);
            }
        }
        if (row.steps.empty()) problem(row.where, "the mapping has no step", "for example mapping: [by id]");
        if (row.scheme == schedule::Scheme::strang && row.every % 2 != 0) {
            problem(row.where, fmt::format("scheme strang halves the interval, and {} ns cannot be halved", row.every),
                    "choose an even number of nanoseconds");
        }
        if (row.scheme == schedule::Scheme::strang && !row.leader.empty() && row.leader != participant_of(row.source) &&
            row.leader != participant_of(row.target)) {
            problem(row.config.where("lead"),
                    fmt::format("'lead' is '{}', which is not at either end of this link", row.leader),
                    did_you_mean(row.leader, {participant_of(row.source), participant_of(row.target)}));
        }
    }

    void check_units(Row& row, const FieldDeclaration& source, const FieldDeclaration& target) {
        try {
            row.scale = unit_factor(source.unit(), target.unit());
        } catch (const UserError&) {
            problem(row.where,
                    fmt::format("'{}' is in '{}' on {} and in '{}' on {}, which are of different dimension", row.field,
                                source.unit(), row.source, target.unit(), row.target),
                    "link fields that mean the same quantity");
        }
    }

    void check_measure(const std::string& set, const std::string& measure, const std::string& where) {
        const Hello* hello = find(participant_of(set));
        if (!hello) return;
        for (const auto& s : hello->sets()) {
            if (s.name() != set_of(set)) continue;
            std::vector<std::string> names;
            for (const auto& m : s.measures()) names.push_back(m.name());
            if (std::find(names.begin(), names.end(), measure) == names.end()) {
                problem(where, fmt::format("{} has no measure '{}'", set, measure), did_you_mean(measure, names));
            }
        }
    }

    void check_pool(const Row& row) {
        check_measure(row.source, row.share_by, row.config.where("share_by"));
        const std::string owner = participant_of(row.capacity);
        for (const auto& set : {row.source, row.target}) {
            if (participant_of(set) == owner)
                return check_measure(set, set_of(row.capacity), row.config.where("capacity"));
        }
        problem(row.config.where("capacity"),
                fmt::format("'capacity' is '{}', expected a measure of either end", row.capacity),
                fmt::format("for example {}.volume", participant_of(row.target)));
    }

    /// strang: the keeper of the pools between two participants leads, unless a link says otherwise.
    void choose_leaders() {
        std::map<std::set<std::string>, std::set<std::string>> leaders;
        const auto pair = [](const Row& row) {
            return std::set{participant_of(row.source), participant_of(row.target)};
        };
        for (const auto& row : rows_) {
            if (row.scheme != schedule::Scheme::strang) continue;
            if (!row.leader.empty()) leaders[pair(row)].insert(row.leader);
        }
        for (const auto& row : rows_) {
            if (row.scheme == schedule::Scheme::strang && row.kind == Kind::pool && !leaders.contains(pair(row))) {
                leaders[pair(row)].insert(participant_of(row.target));
            }
        }
        for (auto& row : rows_) {
            if (row.scheme != schedule::Scheme::strang) continue;
            const auto& found = leaders[pair(row)];
            if (found.size() == 1) {
                row.leader = *found.begin();
            } else if (found.empty()) {
                problem(row.where, "scheme strang needs a leader, and no pool between the two tells who it is",
                        fmt::format("write 'lead: {}' or 'lead: {}'", participant_of(row.source),
                                    participant_of(row.target)));
            } else {
                problem(row.where, "the links between these two name two leaders",
                        "one of the two leads in all links between them");
            }
        }
    }

    void check_double_use() {
        std::map<std::string, const Row*> fed, given;
        for (const auto& row : rows_) {
            const bool pool = row.kind == Kind::pool;
            const auto once = [&](std::map<std::string, const Row*>& used, const std::string& set,
                                  const std::string& field, const char* what) {
                const auto [it, fresh] = used.try_emplace(set + " " + field, &row);
                if (fresh) return;
                problem(row.where,
                        fmt::format("'{}' of {} is {} by two links, also by the one at {}", field, set, what,
                                    it->second->where),
                        "declare a field of its own for each link");
            };
            once(fed, row.target, row.target_field, "fed");
            if (pool) once(fed, row.source, row.field, "fed");
            // A value can be sent to many; an amount only once, or it would multiply.
            if (row.kind != Kind::state) once(given, row.source, row.field, "given away");
        }
    }

    /// Why a row is left out of this run, or "".
    std::string absent(const Row& row) const {
        for (const auto& set : {row.source, row.target}) {
            if (!present(set)) return participant_of(set);
        }
        for (std::size_t s = 1; s < row.steps.size(); s += 2) {
            if (!present(row.steps[s])) return participant_of(row.steps[s]);
        }
        return {};
    }

    int request(const Row& row, Kind kind, bool reversed) {
        mapping::Request r{row.source, row.target, row.steps, kind, {}, {}, row.fill_nearest};
        if (reversed) {
            std::swap(r.source, r.target);
            std::reverse(r.steps.begin(), r.steps.end());
        }
        if (kind == Kind::pool) {
            r.share_by = row.share_by;
            r.capacity = row.capacity;
        }
        const auto shape = [](const mapping::Request& q) {
            return std::tie(q.source, q.target, q.steps, q.fill_nearest);
        };
        for (std::size_t i = 0; i < plan_.requests.size(); ++i) {
            const auto& q = plan_.requests[i];
            if (shape(q) != shape(r)) continue;
            // The way to a pool is that of an amount.
            if (kind == Kind::amount && q.kind == Kind::pool) return static_cast<int>(i);
            if (q.kind == kind && q.share_by == r.share_by && q.capacity == r.capacity) return static_cast<int>(i);
        }
        plan_.requests.push_back(std::move(r));
        plan_.request_where.push_back(row.where);
        std::vector<std::string> sets{row.source, row.target};
        for (std::size_t s = 1; s < row.steps.size(); s += 2) sets.push_back(row.steps[s]);
        for (const auto& set : sets) {
            if (std::find(plan_.sets.begin(), plan_.sets.end(), set) == plan_.sets.end()) plan_.sets.push_back(set);
        }
        return static_cast<int>(plan_.requests.size()) - 1;
    }

    void add(const Row& row, schedule::Channel times, const std::string& source, const std::string& target, int request,
             bool back, double scale) {
        auto channel = std::find_if(plan_.channels.begin(), plan_.channels.end(), [&](const Channel& c) {
            return std::tie(c.times.source, c.times.target, c.times.scheme, c.times.interval, c.times.leader) ==
                   std::tie(times.source, times.target, times.scheme, times.interval, times.leader);
        });
        if (channel == plan_.channels.end()) {
            plan_.channels.push_back({std::move(times), {}});
            channel = plan_.channels.end() - 1;
        }
        auto group = std::find_if(channel->groups.begin(), channel->groups.end(), [&](const Group& g) {
            return g.request == request && g.back == back && g.scale == scale;
        });
        if (group == channel->groups.end()) {
            channel->groups.push_back({source, target, request, back, scale, {}});
            group = channel->groups.end() - 1;
        }
        group->fields.push_back({row.field, row.target_field, row.kind, row.where});
    }

    void add_initial(const Row& row) {
        if (!absent(row).empty() || row.kind == Kind::amount) return;
        const bool pool = row.kind == Kind::pool;
        const auto& source = pool ? row.target : row.source;
        const auto& target = pool ? row.source : row.target;
        const schedule::Channel times{participant_of(source), participant_of(target), schedule::Scheme::initial, 0, {}};
        // A pool starts with the keeper's concentration, which is mapped like a state.
        add(row, times, source, target, request(row, Kind::state, pool), false, pool ? 1.0 : row.scale);
    }

    void add_flows(const Row& row) {
        if (const auto who = absent(row); !who.empty()) {
            plan_.log.push_back(
                fmt::format("{}: '{}' is not exchanged, '{}' is not in this run", row.where, row.field, who));
            return;
        }
        const std::string leader = row.scheme == schedule::Scheme::strang ? row.leader : std::string();
        const auto times = [&](const std::string& source, const std::string& target) {
            return schedule::Channel{participant_of(source), participant_of(target), row.scheme, row.every, leader};
        };
        const int r = request(row, row.kind, false);
        add(row, times(row.source, row.target), row.source, row.target, r, false, row.scale);
        if (row.kind == Kind::pool)
            add(row, times(row.target, row.source), row.target, row.source, r, true, 1 / row.scale);
    }

    void note_unconnected() {
        std::set<std::string> connected;
        for (const auto& channel : plan_.channels) {
            for (const auto& group : channel.groups) {
                for (const auto& field : group.fields) {
                    connected.insert(group.source + " " + field.name);
                    connected.insert(group.target + " " + field.target_name);
                }
            }
        }
        for (const auto& hello : hellos_) {
            auto& notes = plan_.notes[hello.participant()];
            std::map<std::string, std::vector<std::string>> unheard;  // outputs by set
            for (const auto& field : hello.fields()) {
                const std::string set = hello.participant() + "." + field.set();
                if (connected.contains(set + " " + field.name())) continue;
                if (field.kind() == proto::POOL)
                    notes.push_back(fmt::format("pool '{}' on '{}' has no partner in this run: nobody else changes it",
                                                field.name(), field.set()));
                else if (field.receives())
                    notes.push_back(fmt::format(
                        "field '{}' on '{}' has no partner in this run: it keeps its default, {} {}", field.name(),
                        field.set(), field.kind() == proto::STATE ? field.default_value() : 0.0, field.unit()));
                else
                    unheard[field.set()].push_back(field.name());
            }
            for (const auto& [set, fields] : unheard)
                notes.push_back(fmt::format("of '{}', nobody in this run takes {}", set, fmt::join(fields, ", ")));
        }
    }

    const Config& scenario_;
    const std::vector<Hello>& hellos_;
    std::vector<Row> rows_;
    LinkPlan plan_;
};

}  // namespace

LinkPlan plan_links(const Config& scenario, const std::vector<proto::Hello>& hellos) {
    return Planner(scenario, hellos).plan();
}

std::vector<Problem> check_hellos(const Config& scenario, const std::vector<proto::Hello>& hellos) {
    std::vector<Problem> problems;
    auto names = scenario["participants"].keys();
    std::erase(names, std::string("coupler"));
    for (const auto& hello : hellos) {
        if (std::find(names.begin(), names.end(), hello.participant()) == names.end()) {
            problems.push_back(
                {scenario.where("participants"),
                 fmt::format("'{}' takes part in the run, but the scenario does not name it", hello.participant()),
                 did_you_mean(hello.participant(), names)});
        }
        if (!hello.config_digest().empty() && hello.config_digest() != scenario.digest()) {
            problems.push_back(
                {fmt::format("participant '{}'", hello.participant()),
                 fmt::format("has read another scenario (digest {:.12}) than the coupler ({}, digest {:.12})",
                             hello.config_digest(), scenario.file().string(), scenario.digest()),
                 "start all programs of a run with the same scenario file"});
        }
    }
    return problems;
}

}  // namespace ngv::hub
