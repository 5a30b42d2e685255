#include "solvers/neuron/sonata/compartment_sets.hpp"

#include <fmt/format.h>

#include <tuple>

#include "solvers/common/json.hpp"

namespace ngv::neuron {

std::map<std::string, CompartmentSet> read_compartment_sets(const std::filesystem::path& file) {
    const Json json = Json::load(file);
    std::map<std::string, CompartmentSet> result;
    for (const auto& name : json.keys()) {
        CompartmentSet set{json[name]["population"].text(), {}};
        const Json places = json[name]["compartment_set"];
        if (!places.is_list()) throw places.error("expected a list of [node, section, position]");
        for (const auto& item : places.list()) {
            const auto row = item.list();
            if (row.size() != 3)
                throw item.error(fmt::format("a place has {} numbers, expected node, section, position", row.size()));
            const CompartmentPlace p{row[0].integer(), static_cast<int>(row[1].integer()), row[2].number()};
            if (!(p.position >= 0 && p.position <= 1))
                throw item.error(fmt::format("the position {} is outside of 0 to 1", p.position));
            const auto key = [](const CompartmentPlace& q) { return std::tuple(q.node_id, q.section, q.position); };
            if (!set.places.empty() && key(set.places.back()) >= key(p))
                throw item.error("the places are not in ascending order, or one stands twice",
                                 "sort them by node, section, position");
            set.places.push_back(p);
        }
        result[name] = std::move(set);
    }
    return result;
}

}  // namespace ngv::neuron
