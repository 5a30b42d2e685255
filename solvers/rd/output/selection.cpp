#include "solvers/rd/output/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

namespace {

// On its faces as well, so that no point of the mesh is missed; of several that contain it the smallest id counts.
bool contains(const LocalMesh& mesh, std::int32_t i, const Point& p) {
    constexpr double rounding = 1e-12;  // of the volume
    for (int k = 0; k < 4; ++k) {
        const Point from = p - mesh.corner(i, k == 0 ? 1 : 0);  // a corner of face k
        if (dot(from, mesh.outward_area(i, k)) > 3.0 * rounding * mesh.volumes[i]) return false;
    }
    return true;
}

std::vector<std::int64_t> smallest(std::vector<std::int64_t> values, MPI_Comm comm) {
    MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_INT64_T, MPI_MIN, comm);
    return values;
}

}  // namespace

std::vector<std::int32_t> Selection::tetrahedra(const LocalMesh& mesh, const RegionMap& regions, MPI_Comm comm) const {
    std::vector<std::int32_t> found;
    std::vector<Problem> problems;
    constexpr auto none = std::numeric_limits<std::int64_t>::max();
    if (!ids.empty() || !points.empty()) {
        std::unordered_map<std::int64_t, std::int32_t> local;
        for (std::int32_t i = 0; i < mesh.num_owned; ++i) local.emplace(mesh.ids[i], i);
        std::vector<std::int64_t> wanted(ids.size() + points.size(), none);
        for (std::size_t k = 0; k < ids.size(); ++k)
            if (local.contains(ids[k])) wanted[k] = ids[k];
        for (std::size_t k = 0; k < points.size(); ++k)
            for (std::int32_t i = 0; i < mesh.num_owned; ++i)
                if (auto& id = wanted[ids.size() + k]; mesh.ids[i] < id && contains(mesh, i, points[k]))
                    id = mesh.ids[i];
        wanted = smallest(std::move(wanted), comm);
        for (std::size_t k = 0; k < wanted.size(); ++k) {
            if (wanted[k] != none) {
                if (const auto it = local.find(wanted[k]); it != local.end()) found.push_back(it->second);
            } else if (k < ids.size()) {
                problems.push_back({where, fmt::format("the mesh has no tetrahedron {}", ids[k]),
                                    fmt::format("it has 0 to {}", mesh.num_global - 1)});
            } else {
                const Point& p = points[k - ids.size()];
                problems.push_back(
                    {where, fmt::format("no tetrahedron contains ({}, {}, {}) um", p[0], p[1], p[2]), ""});
            }
        }
        if (!problems.empty()) throw UserError(std::move(problems));
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }
    for (std::int32_t i = 0; i < mesh.num_owned; ++i)
        if ((compartment < 0 || regions.compartment[i] == compartment) && zone.contains(&mesh.centroids[3 * i]))
            found.push_back(i);
    auto count = static_cast<std::int64_t>(found.size());
    MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_INT64_T, MPI_SUM, comm);
    if (count == 0)
        throw UserError(Problem{where, "no tetrahedron has its centroid there", "enlarge the sphere or box"});
    return found;
}

std::vector<Selection> selections_from(const Config& config, const Model& model) {
    std::vector<Selection> selections;
    std::vector<Problem> problems;
    Model unchanged = model;
    Reading reading{unchanged, problems};
    std::set<std::string> names;
    for (const auto& at : config.list("reports")) {
        Selection s{.name = at.text("name"), .sum = at.flag("sum"), .where = at.where()};
        if (s.name.empty() || s.name.find('/') != std::string::npos || !names.insert(s.name).second)
            reading.problem(at.where("name"), fmt::format("'{}' cannot name a file of its own", s.name),
                            "give each report another name, without '/'");
        for (const auto& name : at.texts("species"))
            reading.attempt([&] { s.species.push_back(model.index_of(name, at.where("species"))); });
        if (at.is_set("in"))
            reading.attempt([&] {
                const auto region = model.region(at.text("in"), at.where("in"));
                if (region.surface) throw at.error("in", "tetrahedra are chosen in compartments", "");
                s.compartment = region.index;
            });
        s.zone = read_zone(at, reading);
        if (at.is_set("ids"))
            for (const double id : at.quantities("ids", "1")) {
                if (id < 0 || id != std::floor(id))
                    reading.problem(at.where("ids"), fmt::format("{} is not a tetrahedron's number", id), "0, 1, ...");
                s.ids.push_back(static_cast<std::int64_t>(id));
            }
        if (at.is_set("points")) {
            const auto x = at.quantities("points", "um");
            if (x.size() % 3 != 0)
                reading.problem(at.where("points"), fmt::format("{} numbers are not points", x.size()),
                                "x, y and z of each, one after the other");
            for (std::size_t k = 0; k + 2 < x.size(); k += 3) s.points.push_back({x[k], x[k + 1], x[k + 2]});
        }
        const bool by_place = s.compartment >= 0 || s.zone.shape != Zone::Shape::all;
        const bool by_name = !s.ids.empty() || !s.points.empty();
        if (by_place == by_name && !at.is_set("in"))
            reading.problem(at.where(), "does not say which tetrahedra",
                            "give `ids`, `points`, or `in`, a sphere or a box");
        else if (by_place && by_name)
            reading.problem(at.where(), "chooses both by number or point and by region", "make two reports of it");
        selections.push_back(std::move(s));
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    return selections;
}

}  // namespace ngv::rd
