#include "coupler/mapping/steps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "coupler/mapping/cache.hpp"
#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/intersection.hpp"
#include "coupler/mapping/join.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

// A rank without elements may not know the geometry: it goes with the others.
Geometry geometry_of(MPI_Comm comm, const ElementSet& set) {
    int geometry = set.ids.empty() ? 0 : static_cast<int>(set.geometry);
    MPI_Allreduce(MPI_IN_PLACE, &geometry, 1, MPI_INT, MPI_MAX, comm);
    return static_cast<Geometry>(geometry);
}

const char* text(Geometry geometry) {
    constexpr const char* names[] = {"no geometry", "points", "lines", "tetrahedra"};
    return names[static_cast<int>(geometry)];
}

void check_coordinates(const NamedSet& s) {
    const std::size_t n = s.set.ids.size();
    const auto refuse = [&](std::size_t found, std::size_t expected) {
        if (found != expected)
            throw UserError(
                {s.name, fmt::format("{} coordinates for {} {}, expected {}", found, n, text(s.set.geometry), expected),
                 ""});
    };
    if (n == 0) return;
    if (s.set.geometry == Geometry::points) refuse(s.set.coordinates.size(), 3 * n);
    if (s.set.geometry == Geometry::tetrahedra) refuse(s.set.coordinates.size(), 12 * n);
    if (s.set.geometry == Geometry::lines) {
        if (s.set.piece_offsets.size() != n + 1 || s.set.piece_offsets[0] != 0)
            throw UserError({s.name,
                             fmt::format("{} piece offsets for {} lines, expected {}, from 0 on",
                                         s.set.piece_offsets.size(), n, n + 1),
                             ""});
        refuse(s.set.coordinates.size(), 6 * static_cast<std::size_t>(s.set.piece_offsets[n]));
    }
    for (std::size_t i = 0; i < s.set.coordinates.size(); ++i)
        if (!std::isfinite(s.set.coordinates[i]))
            throw UserError({s.name, fmt::format("coordinate {} of this rank is {}", i, s.set.coordinates[i]),
                             "coordinates are finite numbers in um"});
}

void report(const Intersection& found, const NamedSet& lines, const NamedSet& tetrahedra,
            std::vector<std::string>& log) {
    if (found.num_outside + found.num_partly > 0)
        log.push_back(fmt::format(
            "intersection of {} with {}: {:.6g} of {:.6g} um lie outside of the tetrahedra; {} of {} elements wholly, "
            "{} partly, e.g. {}",
            lines.name, tetrahedra.name, found.length_total_um - found.length_covered_um, found.length_total_um,
            found.num_outside, found.num_lines, found.num_partly, fmt::join(found.examples, ", ")));
    if (found.num_holes > 0)
        log.push_back(fmt::format(
            "intersection of {} with {}: {} pieces leave the mesh and enter it again (a hole, or a concave surface)",
            lines.name, tetrahedra.name, found.num_holes));
    if (found.num_flat > 0)
        log.push_back(
            fmt::format("{}: {} tetrahedra have no volume; no line is in them", tetrahedra.name, found.num_flat));
}

std::vector<Entry> take_intersection(MPI_Comm comm, const Chain& chain, std::size_t i,
                                     const std::filesystem::path& cache_folder, Coverage& coverage,
                                     std::vector<std::string>& log) {
    const NamedSet &source = chain.sets[i], &target = chain.sets[i + 1];
    const Geometry from = geometry_of(comm, source.set), to = geometry_of(comm, target.set);
    const bool to_tetrahedra = to == Geometry::tetrahedra;
    const NamedSet& lines = to_tetrahedra ? source : target;
    const NamedSet& tetrahedra = to_tetrahedra ? target : source;
    const Geometry line_geometry = to_tetrahedra ? from : to;
    if ((to_tetrahedra ? to : from) != Geometry::tetrahedra ||
        (line_geometry != Geometry::lines && line_geometry != Geometry::points))
        throw UserError(
            {fmt::format("mapping {} -> {}", source.name, target.name),
             fmt::format("intersection needs lines on one side and tetrahedra on the other; {} has {}, {} has {}",
                         source.name, text(from), target.name, text(to)),
             "use 'by RELATION' or 'by id', or go through a set that has the geometry"});
    together(comm, [&] { check_coordinates(source), check_coordinates(target); });
    const Directory& line_homes = chain.homes[to_tetrahedra ? i : i + 1];
    const IntersectionCache cache(comm, cache_folder, lines, tetrahedra);
    auto kept = cache.read(line_homes, log);
    coverage.from_cache = coverage.from_cache || kept.has_value();
    Intersection found = kept ? std::move(*kept) : intersect(comm, lines, tetrahedra);
    if (!kept) cache.write(found, log);
    report(found, lines, tetrahedra, log);
    coverage.length_total_um += found.length_total_um;
    coverage.length_covered_um += found.length_covered_um;
    coverage.examples.insert(coverage.examples.end(), found.examples.begin(), found.examples.end());
    if (!to_tetrahedra) return std::move(found.entries);
    return transposed(comm, found.entries, chain.homes[i + 1]);
}

}  // namespace

std::vector<Entry> take_step(MPI_Comm comm, const Chain& chain, std::size_t i, const std::string& step,
                             const std::filesystem::path& cache_folder, Coverage& coverage,
                             std::vector<std::string>& log) {
    if (step == "intersection") return take_intersection(comm, chain, i, cache_folder, coverage, log);
    if (step.starts_with("by ")) return join(comm, chain, i, step.substr(3), log);
    throw UserError({fmt::format("mapping {} -> {}", chain.sets[i].name, chain.sets[i + 1].name),
                     fmt::format("unknown step '{}'", step), "steps are: intersection, by id, by RELATION"});
}

}  // namespace ngv::mapping
