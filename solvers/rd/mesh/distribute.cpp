// Rank 0 reads and partitions the mesh and hands each rank its part.
#include <malloc.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/rd/mesh/part.hpp"

namespace ngv::rd {

namespace {

constexpr int tag_sizes = 1, tag_ids = 2, tag_owners = 3, tag_nodes = 4, tag_corners = 5, tag_neighbours = 6,
              tag_surfaces = 7;

// Lists of different lengths in one array.
struct Table {
    std::vector<std::int64_t> first;
    std::vector<std::int32_t> entries;
    std::span<const std::int32_t> operator[](std::int64_t row) const {
        return {entries.data() + first[row], entries.data() + first[row + 1]};
    }
};

// What rank 0 alone knows while it deals out the mesh.
struct Whole {
    TetMesh mesh;
    std::vector<std::int64_t> neighbours, faces_of_triangles;
    std::vector<std::int32_t> owner;

    // What each part takes, so that dealing out costs one pass over the mesh, however many ranks there are.
    std::vector<std::vector<std::int64_t>> tetrahedra, triangles;  // [ranks] ascending
    Table volume_groups, surface_groups;                           // of each tetrahedron, of each triangle
};

// The groups that each element of a dimension is in.
Table groups_of_elements(const std::vector<MeshGroup>& groups, int dimension, std::int64_t elements) {
    Table table;
    table.first.assign(static_cast<std::size_t>(elements) + 1, 0);
    for (const auto& g : groups)
        if (g.dimension == dimension)
            for (const auto m : g.members) ++table.first[m + 1];
    for (std::int64_t e = 0; e < elements; ++e) table.first[e + 1] += table.first[e];
    table.entries.resize(static_cast<std::size_t>(table.first.back()));
    auto next = table.first;
    for (std::size_t g = 0; g < groups.size(); ++g)
        if (groups[g].dimension == dimension)
            for (const auto m : groups[g].members) table.entries[next[m]++] = static_cast<std::int32_t>(g);
    return table;
}

void sort_by_rank(Whole& whole, int size) {
    whole.tetrahedra.resize(size);
    whole.triangles.resize(size);
    for (std::int64_t t = 0; t < whole.mesh.num_tetrahedra(); ++t) whole.tetrahedra[whole.owner[t]].push_back(t);
    const auto& faces = whole.faces_of_triangles;
    for (std::int64_t t = 0; t < whole.mesh.num_triangles(); ++t) {
        int one = -1;
        for (int side = 0; side < 2; ++side) {
            if (faces[2 * t + side] < 0) continue;
            const int owner = whole.owner[faces[2 * t + side] / 4];
            if (owner != one) whole.triangles[owner].push_back(t);
            one = owner;
        }
    }
    whole.volume_groups = groups_of_elements(whole.mesh.groups, 3, whole.mesh.num_tetrahedra());
    whole.surface_groups = groups_of_elements(whole.mesh.groups, 2, whole.mesh.num_triangles());
}

void add_groups(Part& part, const Whole& whole, int rank) {
    std::unordered_map<std::int64_t, std::int64_t> place;
    place.reserve(part.ids.size());
    for (std::size_t i = 0; i < part.ids.size(); ++i) place.emplace(part.ids[i], static_cast<std::int64_t>(i));
    const auto& faces = whole.faces_of_triangles;
    std::vector<std::vector<std::int64_t>> members(whole.mesh.groups.size());
    const auto& triangles = whole.triangles[rank];
    auto& out = part.surfaces;
    out.push_back(static_cast<std::int64_t>(triangles.size()));
    for (std::size_t k = 0; k < triangles.size(); ++k) {
        const auto t = triangles[k];
        out.push_back(t);
        for (int side = 0; side < 2; ++side) {
            const auto face = faces[2 * t + side];
            out.push_back(face < 0 ? -1 : 4 * place.at(face / 4) + face % 4);
        }
        for (const auto g : whole.surface_groups[t]) members[g].push_back(static_cast<std::int64_t>(k));
    }
    for (std::size_t i = 0; i < part.ids.size(); ++i)
        for (const auto g : whole.volume_groups[part.ids[i]]) members[g].push_back(static_cast<std::int64_t>(i));
    for (const auto& list : members) {
        out.push_back(static_cast<std::int64_t>(list.size()));
        out.insert(out.end(), list.begin(), list.end());
    }
}

Part part_of(int rank, const Whole& whole) {
    const auto& mesh = whole.mesh;
    const auto& neighbours = whole.neighbours;
    const auto& owner = whole.owner;
    const auto& members = whole.tetrahedra[rank];
    Part part;
    part.num_global = mesh.num_tetrahedra();
    part.num_owned = static_cast<std::int64_t>(members.size());
    part.ids = members;
    std::vector<std::int64_t> ghosts;
    for (const auto t : members)
        for (int k = 0; k < 4; ++k) {
            const auto other = neighbours[4 * t + k];
            part.neighbours.push_back(other);
            if (other >= 0 && owner[other] != rank) ghosts.push_back(other);
        }
    std::sort(ghosts.begin(), ghosts.end(),
              [&](auto a, auto b) { return std::pair(owner[a], a) < std::pair(owner[b], b); });
    ghosts.erase(std::unique(ghosts.begin(), ghosts.end()), ghosts.end());
    part.ids.insert(part.ids.end(), ghosts.begin(), ghosts.end());
    for (const auto t : part.ids) {
        part.owners.push_back(owner[t]);
        for (int k = 0; k < 4; ++k) {
            part.nodes.push_back(mesh.corners[4 * t + k]);
            const double* p = &mesh.points[3 * mesh.corners[4 * t + k]];
            part.corners.insert(part.corners.end(), p, p + 3);
        }
    }
    add_groups(part, whole, rank);
    return part;
}

template <class T>
void send(const std::vector<T>& values, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
    NGV_ASSERT(values.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    MPI_Send(values.data(), static_cast<int>(values.size()), type, to, tag, comm);
}

template <class T>
std::vector<T> receive(std::int64_t n, MPI_Datatype type, int tag, MPI_Comm comm) {
    std::vector<T> values(static_cast<std::size_t>(n));
    MPI_Recv(values.data(), static_cast<int>(n), type, 0, tag, comm, MPI_STATUS_IGNORE);
    return values;
}

void send(const Part& part, int to, MPI_Comm comm) {
    const std::int64_t sizes[4] = {part.num_global, part.num_owned, static_cast<std::int64_t>(part.ids.size()),
                                   static_cast<std::int64_t>(part.surfaces.size())};
    MPI_Send(sizes, 4, MPI_INT64_T, to, tag_sizes, comm);
    send(part.ids, MPI_INT64_T, to, tag_ids, comm);
    send(part.owners, MPI_INT32_T, to, tag_owners, comm);
    send(part.nodes, MPI_INT64_T, to, tag_nodes, comm);
    send(part.corners, MPI_DOUBLE, to, tag_corners, comm);
    send(part.neighbours, MPI_INT64_T, to, tag_neighbours, comm);
    send(part.surfaces, MPI_INT64_T, to, tag_surfaces, comm);
}

Part receive_part(MPI_Comm comm) {
    std::int64_t sizes[4];
    MPI_Recv(sizes, 4, MPI_INT64_T, 0, tag_sizes, comm, MPI_STATUS_IGNORE);
    Part part;
    part.num_global = sizes[0];
    part.num_owned = sizes[1];
    part.ids = receive<std::int64_t>(sizes[2], MPI_INT64_T, tag_ids, comm);
    part.owners = receive<std::int32_t>(sizes[2], MPI_INT32_T, tag_owners, comm);
    part.nodes = receive<std::int64_t>(4 * sizes[2], MPI_INT64_T, tag_nodes, comm);
    part.corners = receive<double>(12 * sizes[2], MPI_DOUBLE, tag_corners, comm);
    part.neighbours = receive<std::int64_t>(4 * sizes[1], MPI_INT64_T, tag_neighbours, comm);
    part.surfaces = receive<std::int64_t>(sizes[3], MPI_INT64_T, tag_surfaces, comm);
    return part;
}

// \x1f and \x1e keep the fields and the records of a text apart on its way.
std::string packed(const std::vector<std::array<std::string, 3>>& records) {
    std::string text;
    for (const auto& r : records) text += r[0] + '\x1f' + r[1] + '\x1f' + r[2] + '\x1e';
    return text;
}

std::vector<std::array<std::string, 3>> unpacked(const std::string& text) {
    std::vector<std::array<std::string, 3>> records;
    for (std::size_t at = 0; at < text.size();) {
        auto& record = records.emplace_back();
        for (int f = 0; f < 3; ++f) {
            const auto end = text.find(f < 2 ? '\x1f' : '\x1e', at);
            record[f] = text.substr(at, end - at);
            at = end + 1;
        }
    }
    return records;
}

std::string broadcast(std::string text, MPI_Comm comm) {
    auto length = static_cast<int>(text.size());
    MPI_Bcast(&length, 1, MPI_INT, 0, comm);
    text.resize(static_cast<std::size_t>(length));
    MPI_Bcast(text.data(), length, MPI_CHAR, 0, comm);
    return text;
}

// Runs the reading step on rank 0; its UserError is thrown on every rank.
Whole read_on_root(MPI_Comm comm, const std::function<TetMesh()>& read, const PartitionRules& rules) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    Whole whole;
    std::vector<std::array<std::string, 3>> records;
    if (rank == 0) {
        try {
            whole.mesh = read();
            whole.neighbours = face_neighbours(whole.mesh);
            whole.faces_of_triangles = faces_of_triangles(whole.mesh, whole.neighbours);
            whole.owner = partition(whole.mesh, whole.neighbours, size, rules);
            sort_by_rank(whole, size);
        } catch (const UserError& error) {
            for (const auto& p : error.problems()) records.push_back({p.where, p.what, p.fix});
        }
    }
    std::vector<Problem> problems;
    for (const auto& r : unpacked(broadcast(packed(records), comm))) problems.push_back({r[0], r[1], r[2]});
    if (!problems.empty()) throw UserError(std::move(problems));
    return whole;
}

}  // namespace

LocalMesh distribute(MPI_Comm comm, const std::function<TetMesh()>& read, const PartitionRules& rules) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    Whole whole = read_on_root(comm, read, rules);
    std::vector<std::array<std::string, 3>> records;
    for (const auto& g : whole.mesh.groups) records.push_back({g.name, std::to_string(g.dimension), ""});
    std::vector<MeshGroup> names;
    for (const auto& r : unpacked(broadcast(packed(records), comm))) names.push_back({r[0], std::stoi(r[1]), {}});
    if (rank != 0) return local_mesh_of(receive_part(comm), names);

    for (int to = 1; to < size; ++to) send(part_of(to, whole), to, comm);
    const Part mine = part_of(0, whole);
    whole = {};
    malloc_trim(0);  // what the reading step took goes back to the system
    return local_mesh_of(mine, names);
}

}  // namespace ngv::rd
