#include "coupler/config/config.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ngv {

std::vector<Problem> check_links(const Config& scenario) {
    std::vector<Problem> problems;
    auto participants = scenario["participants"].keys();
    std::erase(participants, "coupler");
    const std::vector<std::string> known{"neuron", "rd", "flow", "metabolism"};

    auto end_point = [&](const Config& link, const char* key) {
        if (!link.is_set(key)) {
            problems.push_back({link.where(), fmt::format("key '{}' is missing in this link", key),
                                "write participant.element_set, for example rd.tetrahedra"});
            return;
        }
        const auto text = link.text(key);
        const auto dot = text.find('.');
        if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
            problems.push_back({link.where(key),
                                fmt::format("'{}' is '{}', expected participant.element_set", key, text),
                                "for example rd.tetrahedra"});
            return;
        }
        const auto name = text.substr(0, dot);
        const bool present = std::find(participants.begin(), participants.end(), name) != participants.end();
        if (!present && std::find(known.begin(), known.end(), name) == known.end())
            problems.push_back(
                {link.where(key),
                 fmt::format("'{}' names the participant '{}', which is not one of this scenario", key, name),
                 did_you_mean(name, participants)});
    };

    const auto takes_part = [&](const Config& link, const char* key) {
        if (!link.is_set(key)) return true;
        const auto text = link.text(key);
        return std::find(participants.begin(), participants.end(), text.substr(0, text.find('.'))) !=
               participants.end();
    };
    const auto keep = scenario.is_set("checkpoint") ? scenario["checkpoint"].ticks("every") : 0;
    const auto falls_on_states = [&](const Config& link) {
        const auto every = link.ticks("every");
        for (const char* key : {"from", "to", "keeper", "contributor"})
            if (!takes_part(link, key)) return;
        if (keep % every == 0) return;
        problems.push_back({link.where("every"),
                            fmt::format("states are kept every {} ms ('checkpoint'), which is no multiple of this "
                                        "exchange's interval of {} ms",
                                        to_ms(keep), to_ms(every)),
                            "choose a multiple of the intervals of all links"});
    };

    for (const auto& link : scenario.list("links")) {
        const int kinds = link.is_set("state") + link.is_set("amount") + link.is_set("pool");
        if (kinds != 1) {
            problems.push_back(
                {link.where(),
                 fmt::format("a link names exactly one of state, amount and pool; this one names {}", kinds), ""});
            continue;
        }
        if (link.is_set("pool")) {
            end_point(link, "keeper");
            end_point(link, "contributor");
            if (!link.is_set("capacity"))
                problems.push_back({link.where(),
                                    "a pool needs 'capacity': the participant.measure that gives its room",
                                    "for example capacity: rd.extracellular_volume"});
            if (!link.is_set("share_by"))
                problems.push_back({link.where(),
                                    "a pool needs 'share_by': the measure of the contributor that splits the room",
                                    "for example share_by: area"});
        } else {
            end_point(link, "from");
            end_point(link, "to");
        }
        if (link.has("every") && link.ticks("every") <= 0)
            problems.push_back({link.where("every"), "'every' must be longer than zero", ""});
        else if (link.has("every") && keep > 0)
            falls_on_states(link);
    }
    return problems;
}

}  // namespace ngv
