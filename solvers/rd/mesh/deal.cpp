// Every tetrahedron goes to the rank that owns it from now on, and to those of its neighbours, for which it is a ghost.
#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "coupler/mapping/routing.hpp"
#include "solvers/common/ranks.hpp"
#include "solvers/rd/mesh/part.hpp"
#include "solvers/rd/mesh/share.hpp"

namespace ngv::rd {

namespace {

constexpr std::int64_t at_once = 100'000;  // tetrahedra of a rank, so that what travels is small beside the mesh

struct Tetrahedron {
    std::int64_t id;
    std::int64_t nodes[4], neighbours[4];
    double corners[12];
    std::int32_t owner;
};

struct Triangle {
    std::int64_t id, faces[2];
    bool operator<(const Triangle& other) const { return id < other.id; }
    bool operator==(const Triangle& other) const { return id == other.id; }
};

struct Membership {
    std::int64_t element;  // global index
    std::int32_t group;
};

// The groups of all ranks, without members, and the place of each of this rank's among them.
std::pair<std::vector<MeshGroup>, std::vector<std::int32_t>> common_groups(MPI_Comm comm,
                                                                           const std::vector<MeshGroup>& here) {
    std::vector<std::int64_t> keys(here.size());
    std::iota(keys.begin(), keys.end(), 0);
    const auto text = [&](std::size_t g) { return std::to_string(here[g].dimension) + here[g].name; };
    std::vector<MeshGroup> groups;
    std::unordered_map<std::string, std::int32_t> place;
    for (const auto& t : mapping::first_texts(comm, keys, std::numeric_limits<std::size_t>::max(), text))
        if (place.emplace(t, static_cast<std::int32_t>(groups.size())).second)
            groups.push_back({t.substr(1), t[0] - '0', {}});
    std::vector<std::int32_t> places;
    for (std::size_t g = 0; g < here.size(); ++g) places.push_back(place.at(text(g)));
    return {std::move(groups), std::move(places)};
}

// The groups of each element of one dimension, by its local number.
std::vector<std::pair<std::int64_t, std::int32_t>> memberships(const TetMesh& mesh,
                                                               const std::vector<std::int32_t>& places, int dimension) {
    std::vector<std::pair<std::int64_t, std::int32_t>> result;
    for (std::size_t g = 0; g < mesh.groups.size(); ++g)
        if (mesh.groups[g].dimension == dimension)
            for (const auto m : mesh.groups[g].members) result.emplace_back(m, places[g]);
    std::sort(result.begin(), result.end());
    return result;
}

// Elements [begin, end) and their groups, each to its destinations.
template <class Item>
class Sending {
  public:
    /// `expected`: about how many items arrive here.
    Sending(MPI_Comm comm, std::vector<std::pair<std::int64_t, std::int32_t>> groups, std::int64_t expected)
        : comm_(comm), groups_(std::move(groups)) {
        arrived.reserve(static_cast<std::size_t>(expected));
    }

    void add(std::int64_t element, const Item& item, const std::vector<int>& to) {
        for (const int rank : to) {
            items_.push_back(item);
            destinations_.push_back(rank);
        }
        for (; next_ < groups_.size() && groups_[next_].first == element; ++next_)
            for (const int rank : to) {
                members_.push_back({item.id, groups_[next_].second});
                homes_.push_back(rank);
            }
    }
    void send() {
        append(arrived, mapping::Routing(comm_, destinations_).forward(items_));
        append(members, mapping::Routing(comm_, homes_).forward(members_));
        items_.clear();
        destinations_.clear();
        members_.clear();
        homes_.clear();
    }

    std::vector<Item> arrived;
    std::vector<Membership> members;

  private:
    template <class T>
    static void append(std::vector<T>& all, const std::vector<T>& more) {
        all.insert(all.end(), more.begin(), more.end());
    }

    MPI_Comm comm_;
    std::vector<std::pair<std::int64_t, std::int32_t>> groups_;
    std::size_t next_ = 0;
    std::vector<Item> items_;
    std::vector<int> destinations_, homes_;
    std::vector<Membership> members_;
};

std::vector<int> distinct(std::vector<int> ranks) {
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    if (!ranks.empty() && ranks.front() < 0) ranks.erase(ranks.begin());
    return ranks;
}

Sending<Tetrahedron> send_tetrahedra(MPI_Comm comm, const Share& share, const Joints& joints,
                                     const std::vector<std::int32_t>& owner, const std::vector<std::int32_t>& places) {
    const auto owners_behind = across(comm, share, joints, owner);
    const int size = size_of(comm);
    Sending<Tetrahedron> sending(comm, memberships(share.mesh, places, 3), share.num_global / size * 11 / 10);
    const auto n = share.mesh.num_tetrahedra();
    for (std::int64_t t = 0; mapping::anywhere(comm, t < n);) {
        for (const auto end = std::min(n, t + at_once); t < end; ++t) {
            Tetrahedron item{
                .id = share.tetrahedra[t], .nodes = {}, .neighbours = {}, .corners = {}, .owner = owner[t]};
            std::vector<int> to{owner[t]};
            for (int k = 0; k < 4; ++k) {
                const auto node = share.mesh.corners[4 * t + k];
                item.nodes[k] = share.points[node];
                item.neighbours[k] = joints.neighbours[4 * t + k];
                std::copy_n(&share.mesh.points[3 * node], 3, &item.corners[3 * k]);
                to.push_back(owners_behind[4 * t + k]);
            }
            sending.add(t, item, distinct(std::move(to)));
        }
        sending.send();
    }
    return sending;
}

Sending<Triangle> send_triangles(MPI_Comm comm, const Share& share, const Joints& joints,
                                 const std::vector<std::int32_t>& owner, const std::vector<std::int32_t>& places) {
    // Who will own the tetrahedra on both sides.
    std::vector<std::int64_t> asked;
    std::vector<int> holders;
    for (std::size_t side = 0; side < joints.triangle_faces.size(); ++side)
        if (joints.triangle_faces[side] >= 0) {
            asked.push_back(joints.triangle_faces[side] / 4);
            holders.push_back(joints.triangle_holders[side]);
        }
    const mapping::Routing routing(comm, holders);
    std::vector<std::int32_t> answers;
    for (const auto id : routing.forward(asked)) answers.push_back(owner[share.place(id)]);
    const auto owners = routing.back(answers);

    Sending<Triangle> sending(comm, memberships(share.mesh, places, 2), share.mesh.num_triangles());
    auto next = owners.begin();
    for (std::int64_t t = 0; t < share.mesh.num_triangles(); ++t) {
        Triangle item{.id = share.triangles[t], .faces = {}};
        std::vector<int> to;
        for (int side = 0; side < 2; ++side) {
            item.faces[side] = joints.triangle_faces[2 * t + side];
            if (item.faces[side] >= 0) to.push_back(*next++);
        }
        sending.add(t, item, distinct(std::move(to)));
    }
    sending.send();
    return sending;
}

}  // namespace

LocalMesh deal_out(MPI_Comm comm, Share share, Joints joints, std::vector<std::int32_t> owner) {
    const int rank = rank_of(comm);
    Part part;
    part.num_global = share.num_global;
    std::vector<std::int32_t> places;
    std::tie(part.groups, places) = common_groups(comm, share.mesh.groups);
    auto tetrahedra = send_tetrahedra(comm, share, joints, owner, places);
    auto triangles = send_triangles(comm, share, joints, owner, places);
    share = {};
    joints = {};
    owner = {};

    auto& arrived = tetrahedra.arrived;
    std::sort(arrived.begin(), arrived.end(), [&](const Tetrahedron& a, const Tetrahedron& b) {
        return std::tuple(a.owner != rank, a.owner, a.id) < std::tuple(b.owner != rank, b.owner, b.id);
    });
    std::unordered_map<std::int64_t, std::int64_t> place_of;
    place_of.reserve(arrived.size());
    for (const auto& t : arrived) {
        place_of.emplace(t.id, static_cast<std::int64_t>(part.ids.size()));
        part.ids.push_back(t.id);
        part.owners.push_back(t.owner);
        part.nodes.insert(part.nodes.end(), t.nodes, t.nodes + 4);
        part.corners.insert(part.corners.end(), t.corners, t.corners + 12);
        if (t.owner != rank) continue;
        ++part.num_owned;
        part.neighbours.insert(part.neighbours.end(), t.neighbours, t.neighbours + 4);
    }
    arrived = {};
    auto& walls = triangles.arrived;  // the parts of a mesh may list a triangle several times
    std::sort(walls.begin(), walls.end());
    walls.erase(std::unique(walls.begin(), walls.end()), walls.end());
    for (const auto& t : walls) {
        part.triangles.push_back(t.id);
        for (const auto face : t.faces)
            part.triangle_faces.push_back(face < 0 ? -1 : 4 * place_of.at(face / 4) + face % 4);
    }
    for (const auto& m : tetrahedra.members) part.groups[m.group].members.push_back(place_of.at(m.element));
    for (const auto& m : triangles.members)
        part.groups[m.group].members.push_back(
            std::lower_bound(part.triangles.begin(), part.triangles.end(), m.element) - part.triangles.begin());
    for (auto& g : part.groups) {
        std::sort(g.members.begin(), g.members.end());
        g.members.erase(std::unique(g.members.begin(), g.members.end()), g.members.end());
    }
    return local_mesh_of(part);
}

}  // namespace ngv::rd
