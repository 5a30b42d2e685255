#include "solvers/rd/inputs.hpp"

#include <algorithm>

#include "solvers/rd/mesh/region_map.hpp"

namespace ngv::rd {

void Mistakes::throw_any() const {
    if (list.empty()) return;
    std::vector<Problem> problems;  // what the schema found may have been found again
    for (const auto& p : list)
        if (std::none_of(problems.begin(), problems.end(), [&](const auto& known) { return known.text() == p.text(); }))
            problems.push_back(p);
    throw UserError(std::move(problems));
}

LocalMesh mesh_for(MPI_Comm comm, const std::filesystem::path& file, double unit_um, const Model& model,
                   const std::vector<Selection>& selections, Mistakes& mistakes) {
    LocalMesh mesh;
    RegionMap regions;
    if (mistakes.attempt([&] { mesh = load_mesh(comm, file, unit_um, partition_rules(model)); }) &&
        mistakes.attempt([&] { regions = regions_of(mesh, model, comm); }))
        for (const auto& s : selections) mistakes.attempt([&] { s.tetrahedra(mesh, regions, comm); });
    mistakes.throw_any();
    return mesh;
}

}  // namespace ngv::rd
