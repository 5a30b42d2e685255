#include "coupler/checkpoint/states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "coupler/schedule/cut.hpp"

namespace ngv::checkpoint {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* complete = "complete.json";

std::vector<std::string> texts(const std::vector<schedule::Channel>& channels) {
    constexpr const char* schemes[] = {"initial", "parallel", "strang"};
    std::vector<std::string> result;
    for (const auto& c : channels)
        result.push_back(fmt::format("{} to {}, {}{}, every {}", c.source, c.target,
                                     schemes[static_cast<int>(c.scheme)], c.leader.empty() ? "" : " led by " + c.leader,
                                     schedule::cut_name(c.interval)));
    return result;
}

}  // namespace

States::States(const Config& scenario, bool resume)
    : scenario_(scenario),
      resume_(resume),
      every_(scenario.is_set("checkpoint") ? scenario["checkpoint"].ticks("every") : 0),
      folder_(fs::absolute(scenario.path("results")) / "checkpoint") {
    if (resume_) find_last();
}

fs::path States::results() const {
    const auto all = fs::absolute(scenario_.path("results"));
    return found_ ? all / ("from_" + schedule::cut_name(found_->tick)) : all;
}

void States::set_channels(const std::vector<schedule::Channel>& channels) {
    channels_ = texts(channels);
}

std::optional<States::State> States::read(const fs::path& file) {
    std::ifstream in(file);
    if (!in) return std::nullopt;
    const json j = json::parse(in, nullptr, false);
    if (j.is_discarded())
        throw UserError(Problem{file.string(), "is damaged", "remove this folder to go on from an older state"});
    State state{.tick = j.at("tick"), .scenario = j.at("scenario"), .stops = {}, .channels = j.at("channels")};
    for (const auto& [name, stop] : j.at("participants").items()) state.stops[name] = stop;
    return state;
}

void States::find_last() {
    if (!fs::is_directory(folder_)) return;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        auto state = read(entry.path() / complete);
        if (state && (!found_ || state->tick > found_->tick)) found_ = std::move(state);
    }
}

std::vector<Problem> States::problems(const std::vector<proto::Hello>& hellos,
                                      const std::vector<schedule::Channel>& channels, Tick duration) const {
    std::vector<Problem> problems;
    if (every_ == 0 && !resume_) return problems;
    const std::string where = every_ > 0 ? scenario_["checkpoint"].where("every") : "--resume";
    for (const auto& hello : hellos)
        if (!hello.keeps_state())
            problems.push_back({where, fmt::format("participant '{}' cannot keep its state", hello.participant()),
                                every_ > 0 ? "leave 'checkpoint' out, or let its program call keep_state()"
                                           : "run the scenario from its start"});
    if (resume_) misfits(hellos, channels, duration, problems);
    return problems;
}

void States::misfits(const std::vector<proto::Hello>& hellos, const std::vector<schedule::Channel>& channels,
                     Tick duration, std::vector<Problem>& problems) const {
    if (!found_) {
        problems.push_back({folder_.string(), "no complete state of this scenario is kept here",
                            "run it from its start; with checkpoint: {every: 100 ms} it keeps states"});
        return;
    }
    const auto state = fmt::format("the state of {}", schedule::cut_name(found_->tick));
    const auto where = (folder_ / schedule::cut_name(found_->tick)).string();
    if (found_->tick >= duration) {
        problems.push_back(
            {scenario_.where("duration"),
             fmt::format("the run ends at {}, before {} that it is to go on from", schedule::cut_name(duration), state),
             "give a longer 'duration'"});
        return;
    }
    if (found_->channels != texts(channels)) {
        problems.push_back({where, state + " was kept by a run with other links or participants",
                            "resume with the links it was kept with"});
        return;
    }
    for (const auto& hello : hellos) {
        const auto& name = hello.participant();
        const auto it = found_->stops.find(name);
        if (it == found_->stops.end()) {
            problems.push_back({where, fmt::format("{} has no part of '{}'", state, name), "resume without it"});
            continue;
        }
        schedule::Itinerary itinerary(channels, name, duration, every_);
        itinerary.advance_to(found_->tick);
        if (itinerary.stop().tick != it->second)
            problems.push_back({where,
                                fmt::format("in {} '{}' stands at {}, and would go on at {} in this run", state, name,
                                            schedule::cut_name(it->second), schedule::cut_name(itinerary.stop().tick)),
                                "the end of a run cuts its last windows: choose a 'duration' that is a multiple of the "
                                "links' intervals, and the same checkpoint interval"});
    }
    for (const auto& [name, stop] : found_->stops) {
        const auto present = [&](const auto& hello) { return hello.participant() == name; };
        if (std::none_of(hellos.begin(), hellos.end(), present))
            problems.push_back(
                {where, fmt::format("{} has a part of '{}', which is not in this run", state, name), ""});
    }
}

bool States::heard(const std::string& participant, const proto::Kept& kept, std::size_t participants) {
    State& state = growing_[kept.tick()];
    state.tick = kept.tick();
    state.stops[participant] = kept.stop();
    if (state.stops.size() < participants) return false;
    state.scenario = scenario_.digest();
    state.channels = channels_;
    commit(state);
    growing_.erase(kept.tick());
    return true;
}

void States::commit(const State& state) const {
    const auto folder = folder_ / schedule::cut_name(state.tick);
    const auto file = folder / complete, unfinished = folder / "complete.json.part";
    std::ofstream out(unfinished);
    out << json{{"tick", state.tick},
                {"time_ms", to_ms(state.tick)},
                {"scenario", state.scenario},
                {"participants", state.stops},
                {"channels", state.channels}}
               .dump(2)
        << '\n';
    out.close();
    if (!out) throw UserError(Problem{unfinished.string(), "cannot be written", "is there room on the disk?"});
    fs::rename(unfinished, file);
    std::vector<fs::path> older;
    for (const auto& entry : fs::directory_iterator(folder_))
        if (const auto other = read(entry.path() / complete); other && other->tick < state.tick)
            older.push_back(entry.path());
    for (const auto& path : older) {
        fs::remove(path / complete);  // first: what is left of an interrupted removal is no state
        fs::remove_all(path);
    }
}

}  // namespace ngv::checkpoint
