// Faces between the tetrahedra of different ranks: those without a neighbour here go to the rank that keeps the faces of
// their first node, which answers what lies behind.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "coupler/mapping/routing.hpp"
#include "solvers/common/ranks.hpp"
#include "solvers/rd/mesh/share.hpp"

namespace ngv::rd {

namespace {

using Nodes = std::array<std::int64_t, 3>;  // global indices, ascending

struct Face {
    Nodes nodes;
    std::int64_t slot;  // 4 * global index + k
    Point centroid;
    bool turns_left;  // which way round the tetrahedron sees the ascending nodes
};

struct Behind {
    std::int64_t slot = -1;
    std::int32_t holder = -1;
    bool operator<(const Behind& other) const { return slot < other.slot; }
};

Face face_of(const Share& share, std::int64_t slot) {
    Face face{{}, 4 * share.tetrahedra[slot / 4] + slot % 4, {0, 0, 0}, slot % 2 == 1};
    std::array<std::int64_t, 3> corners;
    for (std::int64_t k = 0, n = 0; k < 4; ++k)
        if (k != slot % 4) corners[n++] = share.mesh.corners[slot / 4 * 4 + k];
    for (const auto& [a, b] : {std::pair(0, 1), std::pair(1, 2), std::pair(0, 1)})
        if (share.points[corners[a]] > share.points[corners[b]]) {
            std::swap(corners[a], corners[b]);
            face.turns_left = !face.turns_left;
        }
    for (int k = 0; k < 3; ++k) {
        face.nodes[k] = share.points[corners[k]];
        for (int d = 0; d < 3; ++d) face.centroid[d] += share.mesh.points[3 * corners[k] + d] / 3.0;
    }
    return face;
}

std::string at(const Point& p) {
    return fmt::format("({:.6g}, {:.6g}, {:.6g}) um", p[0], p[1], p[2]);
}

// All faces of some nodes, from whatever rank.
class Keeper {
  public:
    Keeper(MPI_Comm comm, const std::string& name, const std::vector<Face>& open)
        : comm_(comm), name_(name), routing_(comm, keepers(open)), faces_(routing_.forward(open)) {
        const auto senders = routing_.senders();
        for (std::size_t i = 0; i < faces_.size(); ++i) order_.push_back({i, senders[i]});
        std::sort(order_.begin(), order_.end(), [&](const Entry& a, const Entry& b) {
            return std::tie(faces_[a.face].nodes, faces_[a.face].slot) <
                   std::tie(faces_[b.face].nodes, faces_[b.face].slot);
        });
    }

    /// What lies behind each of the faces that this rank sent.
    std::vector<Behind> behind() const {
        std::vector<Behind> answers(faces_.size());
        mapping::together(comm_, [&] {
            for (std::size_t i = 0; i < order_.size();) {
                const auto end = end_of(i);
                if (end - i > 1) check(i, end);
                if (end - i == 2)
                    for (const auto& [mine, other] : {std::pair(i, i + 1), std::pair(i + 1, i)})
                        answers[order_[mine].face] = {faces_[order_[other].face].slot, order_[other].sender};
                i = end;
            }
        });
        return routing_.back(answers);
    }

    /// The tetrahedra on both sides of triangles, as far as their faces came here.
    std::vector<std::array<Behind, 2>> sides(const std::vector<Nodes>& triangles) const {
        const mapping::Routing routing(comm_, keepers(triangles));
        std::vector<std::array<Behind, 2>> answers;
        for (const auto& nodes : routing.forward(triangles)) {
            auto& answer = answers.emplace_back();
            auto it = std::lower_bound(order_.begin(), order_.end(), nodes,
                                       [&](const Entry& e, const Nodes& n) { return faces_[e.face].nodes < n; });
            for (int side = 0; side < 2 && it != order_.end() && faces_[it->face].nodes == nodes; ++side, ++it)
                answer[side] = {faces_[it->face].slot, it->sender};
        }
        return routing.back(answers);
    }

  private:
    struct Entry {
        std::size_t face;
        int sender;
    };

    static const Nodes& nodes_of(const Face& f) { return f.nodes; }
    static const Nodes& nodes_of(const Nodes& n) { return n; }
    template <class Item>
    std::vector<int> keepers(const std::vector<Item>& items) const {
        const int size = size_of(comm_);
        std::vector<int> result;
        for (const auto& item : items) result.push_back(static_cast<int>(nodes_of(item)[0] % size));
        return result;
    }
    std::size_t end_of(std::size_t i) const {
        std::size_t end = i + 1;
        while (end < order_.size() && faces_[order_[end].face].nodes == faces_[order_[i].face].nodes) ++end;
        return end;
    }
    void check(std::size_t i, std::size_t end) const {
        const Face &a = faces_[order_[i].face], &b = faces_[order_[i + 1].face];
        if (end - i > 2)
            throw UserError(Problem{name_,
                                    fmt::format("{} tetrahedra ({}, {}, ...) of its parts share one face at {}",
                                                end - i, a.slot / 4, b.slot / 4, at(a.centroid)),
                                    "the parts overlap: partition the mesh again"});
        if (a.turns_left == b.turns_left)
            throw UserError(Problem{name_,
                                    fmt::format("tetrahedra {} and {} lie on the same side of their common face at {}",
                                                a.slot / 4, b.slot / 4, at(a.centroid)),
                                    "the parts overlap: partition the mesh again"});
    }

    MPI_Comm comm_;
    std::string name_;
    mapping::Routing routing_;
    std::vector<Face> faces_;
    std::vector<Entry> order_;  // by nodes
};

// Boundary faces of different ranks at the same place: the parts do not share their nodes, and nothing would diffuse
// across. Places are compared on a grid far finer than the faces.
void check_parts_are_merged(MPI_Comm comm, const std::string& name, const std::vector<Face>& boundary) {
    double extent = 0;
    for (const auto& f : boundary)
        for (const double x : f.centroid) extent = std::max(extent, std::abs(x));
    const double cell = 1e-9 * std::max(mapping::largest(comm, extent), 1e-300);
    using Spot = std::array<std::int64_t, 4>;  // place, tetrahedron
    std::vector<Spot> spots;
    std::vector<int> keeper;
    const int size = size_of(comm);
    for (const auto& f : boundary) {
        auto& spot = spots.emplace_back(Spot{0, 0, 0, f.slot / 4});
        for (int d = 0; d < 3; ++d) spot[d] = std::llround(f.centroid[d] / cell);
        keeper.push_back(static_cast<int>((std::abs(spot[0]) + 3 * std::abs(spot[1]) + 7 * std::abs(spot[2])) % size));
    }
    auto kept = mapping::Routing(comm, keeper).forward(spots);
    mapping::together(comm, [&] {
        std::sort(kept.begin(), kept.end());
        for (std::size_t i = 1; i < kept.size(); ++i) {
            const auto &a = kept[i - 1], &b = kept[i];
            if (!std::equal(a.begin(), a.begin() + 3, b.begin())) continue;
            const Point place{cell * static_cast<double>(a[0]), cell * static_cast<double>(a[1]),
                              cell * static_cast<double>(a[2])};
            throw UserError(Problem{
                name, fmt::format("tetrahedra {} and {} touch at {} without sharing nodes", a[3], b[3], at(place)),
                "merge the duplicate nodes (gmsh: Coherence Mesh) before the mesh is partitioned"});
        }
    });
}

}  // namespace

std::int64_t Share::place(std::int64_t tetrahedron) const {
    const auto it = std::lower_bound(tetrahedra.begin(), tetrahedra.end(), tetrahedron);
    NGV_ASSERT(it != tetrahedra.end() && *it == tetrahedron);
    return it - tetrahedra.begin();
}

Joints join(MPI_Comm comm, const Share& share) {
    const int rank = rank_of(comm);
    Joints joints;
    mapping::together(comm, [&] { joints.here = face_neighbours(share.mesh); });
    joints.neighbours = joints.here;
    joints.holders.assign(joints.here.size(), -1);
    std::vector<Face> open;
    std::vector<std::int64_t> open_slots;
    for (std::size_t slot = 0; slot < joints.here.size(); ++slot) {
        if (joints.here[slot] >= 0) {
            joints.neighbours[slot] = share.tetrahedra[joints.here[slot]];
            joints.holders[slot] = rank;
        } else {
            open.push_back(face_of(share, static_cast<std::int64_t>(slot)));
            open_slots.push_back(static_cast<std::int64_t>(slot));
        }
    }
    const Keeper keeper(comm, share.mesh.name, open);
    const auto behind = keeper.behind();
    std::vector<Face> boundary;
    for (std::size_t i = 0; i < behind.size(); ++i) {
        joints.neighbours[open_slots[i]] = behind[i].slot < 0 ? -1 : behind[i].slot / 4;
        joints.holders[open_slots[i]] = behind[i].holder;
        if (behind[i].slot < 0) boundary.push_back(open[i]);
    }
    check_parts_are_merged(comm, share.mesh.name, boundary);

    const auto faces = faces_of_triangles(share.mesh, joints.here);
    std::vector<Nodes> sought;
    std::vector<std::int64_t> seekers;
    joints.triangle_holders.assign(faces.size(), -1);
    for (std::int64_t t = 0; t < share.mesh.num_triangles(); ++t) {
        for (int side = 0; side < 2; ++side) {
            const auto face = faces[2 * t + side];
            joints.triangle_faces.push_back(face < 0 ? -1 : 4 * share.tetrahedra[face / 4] + face % 4);
            if (face >= 0) joints.triangle_holders[2 * t + side] = rank;
        }
        if (faces[2 * t + 1] >= 0) continue;
        auto& nodes = sought.emplace_back();
        for (int k = 0; k < 3; ++k) nodes[k] = share.points[share.mesh.triangles[3 * t + k]];
        std::sort(nodes.begin(), nodes.end());
        seekers.push_back(t);
    }
    const auto sides = keeper.sides(sought);
    mapping::together(comm, [&] {
        for (std::size_t i = 0; i < sides.size(); ++i) {
            const auto t = seekers[i];
            for (int side = 0; side < 2; ++side) {
                joints.triangle_faces[2 * t + side] = sides[i][side].slot;
                joints.triangle_holders[2 * t + side] = sides[i][side].holder;
            }
            if (sides[i][0].slot >= 0) continue;
            Point place{0, 0, 0};
            for (int k = 0; k < 3; ++k)
                for (int d = 0; d < 3; ++d)
                    place[d] += share.mesh.points[3 * share.mesh.triangles[3 * t + k] + d] / 3.0;
            throw UserError(
                Problem{share.mesh.name,
                        fmt::format("triangle {} at {} is not a face of a tetrahedron", share.triangles[t], at(place)),
                        "surfaces with a name must be embedded in the volume mesh"});
        }
    });
    return joints;
}

std::vector<std::int32_t> across(MPI_Comm comm, const Share& share, const Joints& joints,
                                 const std::vector<std::int32_t>& values) {
    std::vector<std::int32_t> result(joints.here.size(), -1);
    std::vector<std::int64_t> asked;
    std::vector<std::size_t> slots;
    std::vector<int> holders;
    for (std::size_t slot = 0; slot < result.size(); ++slot) {
        if (joints.here[slot] >= 0) {
            result[slot] = values[joints.here[slot]];
        } else if (joints.neighbours[slot] >= 0) {
            asked.push_back(joints.neighbours[slot]);
            slots.push_back(slot);
            holders.push_back(joints.holders[slot]);
        }
    }
    const mapping::Routing routing(comm, holders);
    std::vector<std::int32_t> answers;
    for (const auto id : routing.forward(asked)) answers.push_back(values[share.place(id)]);
    const auto told = routing.back(answers);
    for (std::size_t i = 0; i < slots.size(); ++i) result[slots[i]] = told[i];
    return result;
}

}  // namespace ngv::rd
