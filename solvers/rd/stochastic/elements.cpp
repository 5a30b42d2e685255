#include "solvers/rd/stochastic/elements.hpp"

#include <algorithm>
#include <numeric>

namespace ngv::rd {

Elements::Elements(const LocalMesh& mesh, const Model& model, const RegionMap& regions)
    : num_owned(mesh.num_owned), num_local(mesh.num_local()) {
    const auto n = static_cast<std::size_t>(num_local);
    to_mesh.resize(n);
    std::iota(to_mesh.begin(), to_mesh.end(), 0);
    const auto place = [&](std::int32_t i) { return 2 * regions.compartment[i] + (i >= mesh.num_interior ? 1 : 0); };
    std::stable_sort(to_mesh.begin(), to_mesh.begin() + num_owned, [&](auto a, auto b) { return place(a) < place(b); });
    from_mesh.resize(n);
    for (std::int32_t e = 0; e < num_local; ++e) from_mesh[to_mesh[e]] = e;
    ranges.resize(model.compartments.size());
    for (std::size_t c = 0; c < ranges.size(); ++c) {
        const auto first = [&](int key) {
            return static_cast<std::int32_t>(std::partition_point(to_mesh.begin(), to_mesh.begin() + num_owned,
                                                                  [&](auto i) { return place(i) < key; }) -
                                             to_mesh.begin());
        };
        const int k = 2 * static_cast<int>(c);
        ranges[c] = {first(k), first(k + 1), first(k + 2)};
    }
    for (std::int32_t e = 0; e < num_local; ++e) {
        const auto i = to_mesh[e];
        compartment.push_back(regions.compartment[i]);
        volume.push_back(mesh.volumes[i] * model.compartments[regions.compartment[i]].volume_fraction);
        if (e < num_owned) id.emplace_back(mesh.ids[i]);
    }

    std::vector<std::int32_t> by_element(regions.faces.size());  // within a patch
    std::iota(by_element.begin(), by_element.end(), 0);
    std::stable_sort(by_element.begin(), by_element.end(), [&](auto i, auto j) {
        const auto &a = regions.faces[i], &b = regions.faces[j];
        return std::tuple(a.patch, from_mesh[a.inside], a.face) < std::tuple(b.patch, from_mesh[b.inside], b.face);
    });
    triangle_of.resize(by_element.size());
    patch_begin.assign(model.patches.size() + 1, 0);
    for (const auto i : by_element) {
        const auto& f = regions.faces[i];
        triangle_of[i] = static_cast<std::int32_t>(triangles.size());
        Triangle t{.inside = from_mesh[f.inside], .mesh_inside = f.inside, .face = f.face};
        const auto behind = mesh.neighbours[4 * f.inside + f.face];
        if (behind >= 0 && model.patches[f.patch].outside >= 0) t.outside = from_mesh[behind];
        t.area = norm(mesh.outward_area(f.inside, f.face));
        t.id = CounterId(f.triangle);
        triangles.push_back(t);
        ++patch_begin[f.patch + 1];
    }
    std::partial_sum(patch_begin.begin(), patch_begin.end(), patch_begin.begin());
    at_begin.assign(static_cast<std::size_t>(num_owned) + 1, 0);
    for (const auto& t : triangles) ++at_begin[t.inside + 1];
    std::partial_sum(at_begin.begin(), at_begin.end(), at_begin.begin());
    at_element.resize(triangles.size());
    auto next = at_begin;
    // An element's triangles in the order of their faces, whatever the patch: the same on every rank.
    std::vector<std::int32_t> order(triangles.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return triangles[a].face < triangles[b].face; });
    for (const auto t : order) at_element[next[triangles[t].inside]++] = t;
}

int Elements::patch_of(std::int32_t triangle) const {
    return static_cast<int>(std::upper_bound(patch_begin.begin(), patch_begin.end(), triangle) - patch_begin.begin()) -
           1;
}

}  // namespace ngv::rd
