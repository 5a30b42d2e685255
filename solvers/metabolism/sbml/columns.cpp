#include "solvers/metabolism/sbml/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::metabolism {

std::vector<model::Expr> SbmlColumns::of(const SbmlModel& model) const {
    std::vector<std::string> species;
    for (const auto& [id, _] : model.species) species.push_back(id);
    for (const auto* list : {&amounts, &concentrations})
        for (const auto& id : *list)
            if (!model.species.contains(id))
                throw UserError({model.file, fmt::format("no species '{}'", id), did_you_mean(id, species)});
    const auto has = [](const auto& list, const auto& id) {
        return std::find(list.begin(), list.end(), id) != list.end();
    };
    std::vector<model::Expr> result;
    for (const auto& id : variables)
        result.push_back(has(amounts, id)          ? model.species.at(id).amount
                         : has(concentrations, id) ? model.species.at(id).concentration
                                                   : model.value(id));
    return result;
}

}  // namespace ngv::metabolism
