#include "coupler/mapping/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/join.hpp"
#include "coupler/mapping/normalise.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

NamedSet find_set(const ElementSets& sets, const std::string& name, const std::string& where) {
    const auto found = sets.find(name);
    if (found != sets.end()) return {name, found->second};
    std::vector<std::string> names;
    for (const auto& [known, set] : sets) names.push_back(known);
    throw UserError({where, fmt::format("there is no element set '{}' in this run", name), did_you_mean(name, names)});
}

std::vector<Entry> take_step(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const std::string& step,
                             std::vector<std::string>& log) {
    if (step.starts_with("by ")) return join(comm, source, target, step.substr(3), log);
    throw UserError({fmt::format("mapping {} -> {}", source.name, target.name), fmt::format("unknown step '{}'", step),
                     "steps are: intersection, by id, by RELATION"});
}

void add_examples(MPI_Comm comm, const NamedSet& set, const std::vector<std::uint8_t>& covered, const char* what,
                  Coverage& coverage) {
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < covered.size(); ++i)
        if (!covered[i]) ids.push_back(set.set.ids[i]);
    for (auto& text :
         first_texts(comm, ids, 3, [&](std::size_t i) { return fmt::format("{} {} {}", set.name, ids[i], what); }))
        coverage.examples.push_back(std::move(text));
}

void count_uncovered(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const Directory& sources,
                     const std::vector<Entry>& base, Coverage& coverage) {
    const auto targets_with = has_row(base, target.set.ids);
    const auto sources_with = has_row(transposed(comm, base, sources), source.set.ids);
    coverage.targets_without_source =
        total(comm, std::int64_t{std::count(targets_with.begin(), targets_with.end(), 0)});
    coverage.sources_without_target =
        total(comm, std::int64_t{std::count(sources_with.begin(), sources_with.end(), 0)});
    add_examples(comm, source, sources_with, "has no target", coverage);
    add_examples(comm, target, targets_with, "has no source", coverage);
}

}  // namespace

Plan build(MPI_Comm comm, const ElementSets& sets, const Request& request, const std::filesystem::path& cache_folder,
           std::vector<std::string>& log) {
    (void)cache_folder;
    const std::string where = fmt::format("mapping {} -> {}", request.source, request.target);
    const auto source = find_set(sets, request.source, where);
    const auto target = find_set(sets, request.target, where);
    Plan plan;
    const Directory sources(comm, source.set.ids, source.name), targets(comm, target.set.ids, target.name);
    auto base = take_step(comm, source, target, request.steps.at(0), log);
    count_uncovered(comm, source, target, sources, base, plan.coverage);
    normalise(comm, source, target, sources, targets, request, std::move(base), plan);
    return plan;
}

}  // namespace ngv::mapping
