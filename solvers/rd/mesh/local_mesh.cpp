#include "solvers/rd/mesh/local_mesh.hpp"

#include <fmt/format.h>
#include <metis.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/rd/mesh/space_curve.hpp"

namespace ngv::rd {

std::vector<std::int32_t> partition(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours, int parts) {
    const std::int64_t n = mesh.num_tetrahedra();
    std::vector<std::int32_t> owner(static_cast<std::size_t>(n), 0);
    if (parts == 1) return owner;
    if (n <= 4 * static_cast<std::int64_t>(parts)) {  // METIS leaves parts empty or fails on such small graphs
        for (std::int64_t i = 0; i < n; ++i)
            owner[i] = static_cast<std::int32_t>(i * parts / std::max<std::int64_t>(n, parts));
        return owner;
    }
    if (4 * n > std::numeric_limits<idx_t>::max())
        throw UserError(Problem{mesh.name, fmt::format("{} tetrahedra are more than this METIS can number", n),
                                "use a METIS of 64-bit indices"});

    std::vector<idx_t> begin{0}, adjacent;
    begin.reserve(static_cast<std::size_t>(n) + 1);
    adjacent.reserve(neighbours.size());
    for (std::int64_t i = 0; i < n; ++i) {
        for (int k = 0; k < 4; ++k)
            if (neighbours[4 * i + k] >= 0) adjacent.push_back(static_cast<idx_t>(neighbours[4 * i + k]));
        begin.push_back(static_cast<idx_t>(adjacent.size()));
    }
    idx_t options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1;
    options[METIS_OPTION_NUMBERING] = 0;
    idx_t vertices = static_cast<idx_t>(n), constraints = 1, num_parts = parts, cut = 0;
    const int status = METIS_PartGraphKway(&vertices, &constraints, begin.data(), adjacent.data(), nullptr, nullptr,
                                           nullptr, &num_parts, nullptr, nullptr, options, &cut, owner.data());
    if (status != METIS_OK)
        throw UserError(
            Problem{mesh.name, fmt::format("METIS could not partition it into {} (code {})", parts, status), ""});
    return owner;
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

constexpr int tag_sizes = 1, tag_ids = 2, tag_owners = 3, tag_nodes = 4, tag_corners = 5, tag_neighbours = 6;

// What rank 0 sends to one rank. Ghosts stand behind the owned.
struct Part {
    std::int64_t num_global = 0, num_owned = 0;
    std::vector<std::int64_t> ids;
    std::vector<std::int32_t> owners;      // [all]
    std::vector<std::int64_t> nodes;       // [4 all]
    std::vector<double> corners;           // [12 all]
    std::vector<std::int64_t> neighbours;  // [4 owned] global
};

Part part_of(int rank, const TetMesh& mesh, const std::vector<std::int64_t>& neighbours,
             const std::vector<std::int32_t>& owner, const std::vector<std::int64_t>& members) {
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
    const std::int64_t sizes[3] = {part.num_global, part.num_owned, static_cast<std::int64_t>(part.ids.size())};
    MPI_Send(sizes, 3, MPI_INT64_T, to, tag_sizes, comm);
    send(part.ids, MPI_INT64_T, to, tag_ids, comm);
    send(part.owners, MPI_INT32_T, to, tag_owners, comm);
    send(part.nodes, MPI_INT64_T, to, tag_nodes, comm);
    send(part.corners, MPI_DOUBLE, to, tag_corners, comm);
    send(part.neighbours, MPI_INT64_T, to, tag_neighbours, comm);
}

Part receive_part(MPI_Comm comm) {
    std::int64_t sizes[3];
    MPI_Recv(sizes, 3, MPI_INT64_T, 0, tag_sizes, comm, MPI_STATUS_IGNORE);
    Part part;
    part.num_global = sizes[0];
    part.num_owned = sizes[1];
    part.ids = receive<std::int64_t>(sizes[2], MPI_INT64_T, tag_ids, comm);
    part.owners = receive<std::int32_t>(sizes[2], MPI_INT32_T, tag_owners, comm);
    part.nodes = receive<std::int64_t>(4 * sizes[2], MPI_INT64_T, tag_nodes, comm);
    part.corners = receive<double>(12 * sizes[2], MPI_DOUBLE, tag_corners, comm);
    part.neighbours = receive<std::int64_t>(4 * sizes[1], MPI_INT64_T, tag_neighbours, comm);
    return part;
}

// Runs the reading step on rank 0; its UserError is thrown on every rank.
TetMesh read_on_root(MPI_Comm comm, const std::function<TetMesh()>& read, std::vector<std::int64_t>& neighbours,
                     std::vector<std::int32_t>& owner) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    TetMesh mesh;
    std::string text;
    if (rank == 0) {
        try {
            mesh = read();
            neighbours = face_neighbours(mesh);
            owner = partition(mesh, neighbours, size);
        } catch (const UserError& error) {
            // \x1f and \x1e keep the three parts of the problems apart on the way.
            for (const auto& p : error.problems()) text += p.where + '\x1f' + p.what + '\x1f' + p.fix + '\x1e';
        }
    }
    auto length = static_cast<int>(text.size());
    MPI_Bcast(&length, 1, MPI_INT, 0, comm);
    if (length == 0) return mesh;
    text.resize(static_cast<std::size_t>(length));
    MPI_Bcast(text.data(), length, MPI_CHAR, 0, comm);
    std::vector<Problem> problems;
    for (std::size_t at = 0; at < text.size();) {
        std::string field[3];
        for (int f = 0; f < 3; ++f) {
            const auto end = text.find(f < 2 ? '\x1f' : '\x1e', at);
            field[f] = text.substr(at, end - at);
            at = end + 1;
        }
        problems.push_back({field[0], field[1], field[2]});
    }
    throw UserError(std::move(problems));
}

LocalMesh build(const Part& part) {
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
    return mesh;
}

}  // namespace

LocalMesh distribute(MPI_Comm comm, const std::function<TetMesh()>& read) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    std::vector<std::int64_t> neighbours;
    std::vector<std::int32_t> owner;
    const TetMesh mesh = read_on_root(comm, read, neighbours, owner);
    if (rank != 0) return build(receive_part(comm));

    std::vector<std::vector<std::int64_t>> members(size);
    for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t) members[owner[t]].push_back(t);
    for (int to = 1; to < size; ++to) send(part_of(to, mesh, neighbours, owner, members[to]), to, comm);
    return build(part_of(0, mesh, neighbours, owner, members[0]));
}

}  // namespace ngv::rd
