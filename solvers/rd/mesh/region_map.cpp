#include "solvers/rd/mesh/region_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "coupler/config/attempt.hpp"
#include "ngv/error.hpp"

namespace ngv::rd {

namespace {

// Counts places of one kind of mistake over all ranks and remembers the one with the smallest index.
struct Tally {
    std::int64_t count = 0, first = std::numeric_limits<std::int64_t>::max();
    void add(std::int64_t id) {
        ++count;
        first = std::min(first, id);
    }
    void sum(MPI_Comm comm) {
        MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_INT64_T, MPI_SUM, comm);
        MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT64_T, MPI_MIN, comm);
    }
};

class Mapper {
  public:
    Mapper(const LocalMesh& mesh, const Model& model, MPI_Comm comm) : mesh_(mesh), model_(model), comm_(comm) {}

    RegionMap map() {
        compartments();
        knows_places_ = problems_.empty();
        for (std::size_t p = 0; p < model_.patches.size(); ++p) patch(static_cast<int>(p));
        std::sort(map_.faces.begin(), map_.faces.end(), [](const PatchFace& a, const PatchFace& b) {
            return std::tie(a.patch, a.triangle) < std::tie(b.patch, b.triangle);
        });
        for (const auto& b : model_.boundaries) boundary(b);
        if (!problems_.empty()) throw UserError(std::move(problems_));
        return std::move(map_);
    }

  private:
    const LocalMesh::Group* find(const std::string& name, int dimension, const std::string& where) {
        const LocalMesh::Group* group = nullptr;
        attempt(problems_, [&] { group = &mesh_.group(name, dimension, where); });
        return group;
    }

    void report(Tally tally, const std::string& where, const std::string& what, const std::string& fix) {
        tally.sum(comm_);
        if (tally.count > 0)
            problems_.push_back({where, fmt::format(fmt::runtime(what), tally.count, tally.first), fix});
    }

    void compartments() {
        map_.compartment.assign(mesh_.ids.size(), model_.compartments.empty() ? 0 : -1);
        Tally twice, nowhere;
        for (std::size_t c = 0; c < model_.compartments.size(); ++c) {
            const auto put = [&](std::int32_t i) {
                if (map_.compartment[i] >= 0 && i < mesh_.num_owned) twice.add(mesh_.ids[i]);
                map_.compartment[i] = static_cast<std::int16_t>(c);
            };
            const auto& compartment = model_.compartments[c];
            if (compartment.group.empty())
                for (std::int32_t i = 0; i < mesh_.num_local(); ++i) put(i);
            else if (const auto* group = find(compartment.group, 3, compartment.where))
                for (const auto i : group->members) put(i);
        }
        if (!problems_.empty()) return;
        for (std::int32_t i = 0; i < mesh_.num_owned; ++i)
            if (map_.compartment[i] < 0) nowhere.add(mesh_.ids[i]);
        report(twice, "compartments", "{} tetrahedra belong to two compartments, e.g. {}",
               "physical volumes of compartments must not overlap");
        report(nowhere, "compartments", "{} tetrahedra belong to no compartment, e.g. {}",
               "give every physical volume of the mesh a compartment");
    }

    int compartment_at(std::int32_t face) const { return face < 0 ? -1 : map_.compartment[face / 4]; }

    void patch(int p) {
        const Patch& patch = model_.patches[p];
        const auto* group = find(patch.group, 2, patch.where);
        if (group == nullptr || !knows_places_ || patch.inside < 0) return;
        Tally elsewhere;
        for (const auto t : group->members) {
            const std::int32_t* faces = &mesh_.triangle_faces[2 * t];
            int inner = compartment_at(faces[0]) == patch.inside ? 0 : 1;
            const bool fits = compartment_at(faces[inner]) == patch.inside &&
                              (patch.outside < 0 || compartment_at(faces[1 - inner]) == patch.outside);
            const bool here = faces[inner] >= 0 && faces[inner] / 4 < mesh_.num_owned;
            if (!fits) {  // counted where the first side is
                if (faces[0] / 4 < mesh_.num_owned) elsewhere.add(mesh_.triangle_ids[t]);
            } else if (here) {
                map_.faces.push_back({p, faces[inner] / 4, faces[inner] % 4, mesh_.triangle_ids[t]});
            }
        }
        report(elsewhere, patch.where, "{} triangles of the patch, e.g. {}, do not lie between its compartments",
               "see its `inside` and `outside`");
    }

    void boundary(const DiffusionBoundary& b) {
        auto& faces = map_.boundary_faces.emplace_back();
        const auto joins = [&](int one, int other) {
            return (one == b.first && other == b.second) || (one == b.second && other == b.first);
        };
        if (b.group.empty()) {
            if (!knows_places_) return;
            for (std::int32_t f = 0; f < 4 * mesh_.num_owned; ++f)
                if (mesh_.neighbours[f] >= 0 && joins(compartment_at(f), map_.compartment[mesh_.neighbours[f]]))
                    faces.push_back(f);
            return;
        }
        const auto* group = find(b.group, 2, b.where);
        if (group == nullptr || !knows_places_ || b.first < 0) return;
        Tally elsewhere;
        for (const auto t : group->members) {
            const std::int32_t* pair = &mesh_.triangle_faces[2 * t];
            if (!joins(compartment_at(pair[0]), compartment_at(pair[1]))) {
                if (pair[0] / 4 < mesh_.num_owned) elsewhere.add(mesh_.triangle_ids[t]);
                continue;
            }
            for (int side = 0; side < 2; ++side)
                if (pair[side] / 4 < mesh_.num_owned) faces.push_back(pair[side]);
        }
        report(elsewhere, b.where, "{} triangles of the boundary, e.g. {}, do not lie between its compartments",
               "see its `between`");
    }

    const LocalMesh& mesh_;
    const Model& model_;
    MPI_Comm comm_;
    RegionMap map_;
    bool knows_places_ = false;  // the compartment of every tetrahedron
    std::vector<Problem> problems_;
};

}  // namespace

RegionMap regions_of(const LocalMesh& mesh, const Model& model, MPI_Comm comm) {
    return Mapper(mesh, model, comm).map();
}

PartitionRules partition_rules(const Model& model) {
    PartitionRules rules;
    for (const auto& p : model.patches) rules.undivided.push_back(p.group);
    if (model.compartments.size() < 2) return rules;
    // Diffusion costs about the same for each species, a reaction about as much as a species.
    for (std::size_t c = 0; c < model.compartments.size(); ++c) {
        int cost = 1 + static_cast<int>(model.compartments[c].species.size());
        for (const auto& r : model.reactions) cost += r.surface ? 0 : static_cast<int>(r.region == static_cast<int>(c));
        rules.cost[model.compartments[c].group] = cost;
    }
    return rules;
}

}  // namespace ngv::rd
