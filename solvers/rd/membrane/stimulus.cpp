#include "solvers/rd/membrane/stimulus.hpp"

#include <algorithm>

#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

namespace {

std::vector<std::int32_t> vertices_in(const MembranePotential& potential, const Zone& zone) {
    return potential.vertices([&](const Point& p) { return zone.contains(p.data()); });
}

}  // namespace

void Stimuli::begin(MembranePotential& potential) const {
    for (const auto& h : holds) potential.hold(vertices_in(potential, h.zone), h.mV);
}

void Stimuli::apply(MembranePotential& potential, Tick now) const {
    potential.stop_injections();
    for (const auto& i : injections)
        if (i.begin <= now && now < i.end) potential.inject(vertices_in(potential, i.zone), i.nA);
}

Tick Stimuli::next(Tick now, Tick end) const {
    Tick next = end;
    for (const auto& i : injections)
        for (const Tick change : {i.begin, i.end})
            if (change > now) next = std::min(next, change);
    return next;
}

Stimuli stimuli_from(const Config& config, const Model& model) {
    Stimuli stimuli;
    std::vector<Problem> problems;
    Model copy = model;
    Reading reading{copy, problems};
    for (const auto& at : config.list("injections")) {
        const Tick end = at.has("end") ? at.ticks("end") : config.ticks("duration");
        stimuli.injections.push_back({read_zone(at, reading), at.quantity("current", "nA"), at.ticks("begin"), end});
        if (end <= stimuli.injections.back().begin)
            reading.problem(at.where("end"), "the current ends before it begins", "");
    }
    for (const auto& at : config.list("voltage_clamps"))
        stimuli.holds.push_back({read_zone(at, reading), at.quantity("potential", "mV")});
    if (!stimuli.empty() && model.membranes.empty())
        reading.problem(config.where(), "there are electrodes, but no membrane that they could polarise",
                        "add `membranes`");
    if (!problems.empty()) throw UserError(std::move(problems));
    return stimuli;
}

}  // namespace ngv::rd
