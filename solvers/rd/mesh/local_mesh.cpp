#include "solvers/rd/mesh/local_mesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/rd/mesh/space_curve.hpp"

namespace ngv::rd {

const LocalMesh::Group& LocalMesh::group(const std::string& name, int dimension, const std::string& where) const {
    std::vector<std::string> names;
    for (const auto& g : groups) {
        if (g.dimension != dimension) continue;
        if (g.name == name) return g;
        names.push_back(g.name);
    }
    throw UserError(
        Problem{where, fmt::format("the mesh has no physical {} '{}'", dimension == 3 ? "volume" : "surface", name),
                names.empty() ? "it names none: add physical groups in gmsh" : did_you_mean(name, names)});
}

Point LocalMesh::outward_area(std::int32_t i, int k) const {
    Point p[3];
    for (int c = 0, n = 0; c < 4; ++c)
        if (c != k) p[n++] = corner(i, c);
    // Both sides must compute the same bits, so the corners are taken in an order that does not depend on the side.
    std::sort(std::begin(p), std::end(p));
    const Point normal = area_normal(p[0], p[1], p[2]);
    return dot(normal, p[0] - corner(i, k)) > 0 ? normal : -1.0 * normal;
}

namespace {

constexpr int tag_sizes = 1, tag_ids = 2, tag_owners = 3, tag_nodes = 4, tag_corners = 5, tag_neighbours = 6,
              tag_surfaces = 7;

// What rank 0 sends to one rank. Ghosts stand behind the owned.
struct Part {
    std::int64_t num_global = 0, num_owned = 0;
    std::vector<std::int64_t> ids;
    std::vector<std::int32_t> owners;      // [all]
    std::vector<std::int64_t> nodes;       // [4 all]
    std::vector<double> corners;           // [12 all]
    std::vector<std::int64_t> neighbours;  // [4 owned] global
    // Number of triangles; of each its global index and two faces (4 * place in `ids` + k, or -1). Then of each group
    // its number of members and the members (places in `ids`, or triangles here).
    std::vector<std::int64_t> surfaces;
};

// What rank 0 alone knows while it deals out the mesh.
struct Whole {
    TetMesh mesh;
    std::vector<std::int64_t> neighbours, faces_of_triangles;
    std::vector<std::int32_t> owner;
};

void add_groups(Part& part, const Whole& whole, int rank) {
    std::unordered_map<std::int64_t, std::int64_t> place;
    place.reserve(part.ids.size());
    for (std::size_t i = 0; i < part.ids.size(); ++i) place.emplace(part.ids[i], static_cast<std::int64_t>(i));
    const auto& faces = whole.faces_of_triangles;
    std::unordered_map<std::int64_t, std::int64_t> triangle;
    auto& out = part.surfaces;
    out.push_back(0);
    for (std::int64_t t = 0; t < whole.mesh.num_triangles(); ++t) {
        const auto is_here = [&](std::int64_t face) { return face >= 0 && whole.owner[face / 4] == rank; };
        if (!is_here(faces[2 * t]) && !is_here(faces[2 * t + 1])) continue;
        triangle.emplace(t, out[0]++);
        out.push_back(t);
        for (int side = 0; side < 2; ++side) {
            const auto face = faces[2 * t + side];
            out.push_back(face < 0 ? -1 : 4 * place.at(face / 4) + face % 4);
        }
    }
    for (const auto& group : whole.mesh.groups) {
        const auto& known = group.dimension == 3 ? place : triangle;
        const auto count = out.size();
        out.push_back(0);
        for (const auto member : group.members)
            if (const auto it = known.find(member); it != known.end()) {
                out.push_back(it->second);
                ++out[count];
            }
    }
}

Part part_of(int rank, const Whole& whole, const std::vector<std::int64_t>& members) {
    const auto& [mesh, neighbours, faces, owner] = whole;
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
        } catch (const UserError& error) {
            for (const auto& p : error.problems()) records.push_back({p.where, p.what, p.fix});
        }
    }
    std::vector<Problem> problems;
    for (const auto& r : unpacked(broadcast(packed(records), comm))) problems.push_back({r[0], r[1], r[2]});
    if (!problems.empty()) throw UserError(std::move(problems));
    return whole;
}

// Triangles and groups of the part, in local numbers.
void build_groups(LocalMesh& mesh, const Part& part, const std::vector<std::int32_t>& local,
                  const std::vector<MeshGroup>& names) {
    const std::int64_t* in = part.surfaces.data();
    const auto num_triangles = *in++;
    for (std::int64_t t = 0; t < num_triangles; ++t, in += 3) {
        mesh.triangle_ids.push_back(in[0]);
        for (int side = 0; side < 2; ++side) {
            const auto face = in[1 + side];
            mesh.triangle_faces.push_back(face < 0 ? -1 : 4 * local[face / 4] + static_cast<std::int32_t>(face % 4));
        }
    }
    for (const auto& name : names) {
        auto& group = mesh.groups.emplace_back(LocalMesh::Group{name.name, name.dimension});
        for (auto n = *in++; n > 0; --n, ++in)
            group.members.push_back(name.dimension == 3 ? local[*in] : static_cast<std::int32_t>(*in));
        std::sort(group.members.begin(), group.members.end());
    }
}

LocalMesh build(const Part& part, const std::vector<MeshGroup>& names) {
    const auto n = static_cast<std::int32_t>(part.num_owned);
    const auto all = static_cast<std::int32_t>(part.ids.size());
    std::unordered_map<std::int64_t, std::int32_t> part_index;
    part_index.reserve(part.ids.size());
    for (std::int32_t i = 0; i < all; ++i) part_index.emplace(part.ids[i], i);

    // Order: interior along the curve, then surface along the curve, then ghosts as they came.
    std::vector<std::uint8_t> at_surface(n, 0);
    for (std::int32_t i = 0; i < n; ++i)
        for (int k = 0; k < 4; ++k) {
            const auto other = part.neighbours[4 * i + k];
            if (other >= 0 && part_index.at(other) >= n) at_surface[i] = 1;
        }
    std::vector<std::int32_t> order = order_along_curve(part.corners, n);
    std::stable_partition(order.begin(), order.end(), [&](std::int32_t i) { return !at_surface[i]; });
    for (std::int32_t i = n; i < all; ++i) order.push_back(i);
    std::vector<std::int32_t> local(all);
    for (std::int32_t i = 0; i < all; ++i) local[order[i]] = i;

    LocalMesh mesh;
    mesh.num_global = part.num_global;
    mesh.num_owned = n;
    mesh.num_interior = static_cast<std::int32_t>(std::count(at_surface.begin(), at_surface.end(), 0));
    for (std::int32_t i = 0; i < all; ++i) {
        const std::int32_t from = order[i];
        const double* c = &part.corners[12 * static_cast<std::size_t>(from)];
        mesh.ids.push_back(part.ids[from]);
        mesh.nodes.insert(mesh.nodes.end(), &part.nodes[4 * static_cast<std::size_t>(from)],
                          &part.nodes[4 * static_cast<std::size_t>(from)] + 4);
        mesh.corners.insert(mesh.corners.end(), c, c + 12);
        mesh.volumes.push_back(
            signed_volume(mesh.corner(i, 0), mesh.corner(i, 1), mesh.corner(i, 2), mesh.corner(i, 3)));
        for (int d = 0; d < 3; ++d) mesh.centroids.push_back(0.25 * (c[d] + c[3 + d] + c[6 + d] + c[9 + d]));
        if (i >= n) continue;
        for (int k = 0; k < 4; ++k) {
            const auto other = part.neighbours[4 * static_cast<std::size_t>(from) + k];
            mesh.neighbours.push_back(other < 0 ? -1 : local[part_index.at(other)]);
        }
    }

    for (std::int32_t i = n; i < all; ++i) {
        const int owner = part.owners[i];
        if (mesh.peers.empty() || mesh.peers.back().rank != owner) mesh.peers.push_back({owner, {}, i, 0});
        ++mesh.peers.back().ghosts;
    }
    // A tetrahedron at a ghost of rank p is in turn a ghost of p: faces work both ways.
    for (auto& peer : mesh.peers) {
        for (std::int32_t i = mesh.num_interior; i < n; ++i)
            for (int k = 0; k < 4; ++k) {
                const auto j = mesh.neighbours[4 * i + k];
                if (j < peer.first_ghost || j >= peer.first_ghost + peer.ghosts) continue;
                peer.sends.push_back(i);
                break;
            }
        std::sort(peer.sends.begin(), peer.sends.end(), [&](auto a, auto b) { return mesh.ids[a] < mesh.ids[b]; });
    }
    build_groups(mesh, part, local, names);
    return mesh;
}

}  // namespace

LocalMesh distribute(MPI_Comm comm, const std::function<TetMesh()>& read, const PartitionRules& rules) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const Whole whole = read_on_root(comm, read, rules);
    std::vector<std::array<std::string, 3>> records;
    for (const auto& g : whole.mesh.groups) records.push_back({g.name, std::to_string(g.dimension), ""});
    std::vector<MeshGroup> names;
    for (const auto& r : unpacked(broadcast(packed(records), comm))) names.push_back({r[0], std::stoi(r[1]), {}});
    if (rank != 0) return build(receive_part(comm), names);

    std::vector<std::vector<std::int64_t>> members(size);
    for (std::int64_t t = 0; t < whole.mesh.num_tetrahedra(); ++t) members[whole.owner[t]].push_back(t);
    for (int to = 1; to < size; ++to) send(part_of(to, whole, members[to]), to, comm);
    return build(part_of(0, whole, members[0]), names);
}

}  // namespace ngv::rd
