// From files to parts: rank 0 reads the whole mesh, or each rank its share of the files of a partitioned one.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <numeric>

#include "coupler/mapping/routing.hpp"
#include "ngv/error.hpp"
#include "solvers/common/global_order.hpp"
#include "solvers/common/ranks.hpp"
#include "solvers/rd/mesh/msh_reader.hpp"
#include "solvers/rd/mesh/share.hpp"

namespace ngv::rd {

namespace {

std::vector<std::int64_t> counted(std::int64_t n) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(n));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

LocalMesh deal_out_and_tidy(MPI_Comm comm, Share share, Joints joints, std::vector<std::int32_t> owner) {
    auto mesh = deal_out(comm, std::move(share), std::move(joints), std::move(owner));
    malloc_trim(0);  // what the reading step took goes back to the system
    return mesh;
}

// The place of each number among those of all ranks.
std::vector<std::int64_t> places_of(MPI_Comm comm, const std::vector<std::int64_t>& tags) {
    std::vector<OrderKey> keys;
    keys.reserve(tags.size());
    for (const auto tag : tags) keys.push_back({tag, 0});
    return global_positions_merged(comm, keys);
}

Share numbered(MPI_Comm comm, TetMesh mesh) {
    Share share;
    share.points = places_of(comm, mesh.point_tags);
    share.tetrahedra = places_of(comm, mesh.tetrahedron_tags);
    share.triangles = places_of(comm, mesh.triangle_tags);
    share.num_global = mapping::total(comm, mesh.num_tetrahedra());
    share.mesh = std::move(mesh);
    const auto last = share.tetrahedra.empty() ? -1 : share.tetrahedra.back();
    std::int64_t distinct = 0;
    MPI_Allreduce(&last, &distinct, 1, MPI_INT64_T, MPI_MAX, comm);
    if (++distinct != share.num_global)
        throw UserError(
            Problem{share.mesh.name,
                    fmt::format("its parts list {} tetrahedra, of which {} are different", share.num_global, distinct),
                    "every tetrahedron belongs to one part: partition the mesh again"});
    return share;
}

LocalMesh from_parts(MPI_Comm comm, const std::filesystem::path& file, int parts, double unit_um,
                     const PartitionRules& rules) {
    const int rank = rank_of(comm), size = size_of(comm);
    TetMesh mesh;
    mapping::together(comm, [&] {
        const auto first = [&](std::int64_t r) { return static_cast<int>((r * parts + size - 1) / size); };
        mesh = read_msh_parts(file, first(rank), first(rank + 1), unit_um);
        if (mesh.num_tetrahedra() > 0) repair_and_check(mesh);
    });
    if (mapping::total(comm, mesh.num_tetrahedra()) == 0) repair_and_check(mesh);  // says that there are none
    Share share = numbered(comm, std::move(mesh));
    Joints joints = join(comm, share);
    std::vector<std::int32_t> owner(share.tetrahedra.size(), rank);
    if (parts != size) owner = partition_by_pieces(comm, share, joints, rules);
    unite(comm, share, joints, rules, owner);
    return deal_out_and_tidy(comm, std::move(share), std::move(joints), std::move(owner));
}

}  // namespace

LocalMesh distribute(MPI_Comm comm, const std::function<TetMesh()>& read, const PartitionRules& rules) {
    Share share;
    mapping::together(comm, [&] {
        if (rank_of(comm) == 0) share.mesh = read();
    });
    share.points = counted(share.mesh.num_points());
    share.tetrahedra = counted(share.mesh.num_tetrahedra());
    share.triangles = counted(share.mesh.num_triangles());
    share.num_global = mapping::total(comm, share.mesh.num_tetrahedra());
    Joints joints = join(comm, share);
    std::vector<std::int32_t> owner;
    mapping::together(comm, [&] { owner = partition(share.mesh, joints.here, size_of(comm), rules); });
    return deal_out_and_tidy(comm, std::move(share), std::move(joints), std::move(owner));
}

LocalMesh load_mesh(MPI_Comm comm, const std::filesystem::path& file, double unit_um, const PartitionRules& rules) {
    int parts = 0;
    mapping::together(comm, [&] {
        if (rank_of(comm) == 0) parts = num_msh_parts(file);
    });
    MPI_Bcast(&parts, 1, MPI_INT, 0, comm);
    if (parts > 0) return from_parts(comm, file, parts, unit_um, rules);
    return distribute(
        comm, [&] { return checked(read_msh(file, unit_um)); }, rules);
}

}  // namespace ngv::rd
