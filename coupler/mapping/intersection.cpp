// How the length of a line is shared among tetrahedra.
//
//     rank 0 (home of the line)               rank 1                        rank 2
//     piece p0 ------------- p1   --boxes?-->  tree over its tetrahedra      its boxes do not touch the piece:
//                                              clip: B [.31, .74]            it is not asked
//                                                    C [.74, 1.0]
//     A [0, .31]  (its own)        <--stretches--
//     sweep: A .31, B .43, C .26, nobody 0
//
//            \  A   |   B    /
//         p0--*-----*-------*----p1      The stretch in a face belongs to both neighbours, in an edge to all around it,
//              \    |      /   C         and each gets an equal part.
//
// 1. A tetrahedron clips the piece to the stretch between its four planes. Neighbours compute their common plane from
//    the same corners in the same order, so where one stretch ends the next one begins, to the bit: no cracks inside a
//    mesh, whichever ranks the two live on. A piece whose ends are both within the tolerance of a plane lies in that
//    plane, which then does not cut it: that is how ties are found.
// 2. The home of the line collects all stretches of the piece, and sweeps over their ends. Every elementary stretch is
//    shared equally by those that cover it: each bit of length is given away exactly once, whatever the tetrahedra do
//    (even overlap).
// 3. Near an edge, rounding can leave a crack between tetrahedra that share no face. All of it is within the tolerance
//    of them, so tetrahedra grown by the tolerance cover it, and it is shared among those. What they do not cover
//    wholly is outside of the mesh, or a hole in it, and is reported.
//
// The tolerance is 2^-40 (1e-12) of the largest coordinate of the mesh: some 4000 times the rounding of a coordinate,
// and 1e-9 um in a mesh of 1 mm. It is the same on all ranks, and a stretch depends on the piece and one tetrahedron
// only; sorted by tetrahedron id, the sweep gives the same bits on any number of ranks.
//
// A walk from neighbour to neighbour (as STEPS does) needs the mesh's connectivity and stops where a rank's part ends:
// it loses up to 45 % of a segment on two ranks. A tree needs neither.
#include "coupler/mapping/intersection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coupler/mapping/bvh.hpp"
#include "coupler/mapping/outlines.hpp"
#include "coupler/mapping/routing.hpp"
#include "coupler/mapping/sweep.hpp"

namespace ngv::mapping {

namespace {

constexpr double relative_tolerance = 0x1p-40;
constexpr int outline_levels = 5;              // up to 32 boxes say where a rank's tetrahedra are
constexpr std::size_t pieces_a_round = 65536;  // bounds the memory for stretches under way

struct Question {
    Piece piece;
    std::int32_t index;  // among the pieces of the asking rank in this round
};

struct Answer {
    Cover cover;
    std::int32_t index;
};

// The pieces of lines, or points as pieces without length.
struct Pieces {
    explicit Pieces(const ElementSet& set) : set_(set), points_(set.geometry == Geometry::points) {}
    std::int64_t count() const { return static_cast<std::int64_t>(set_.coordinates.size() / (points_ ? 3 : 6)); }
    std::int64_t end_of(std::size_t element) const {
        return points_ ? static_cast<std::int64_t>(element) + 1 : set_.piece_offsets[element + 1];
    }
    Piece operator[](std::int64_t i) const {
        const double* c = set_.coordinates.data() + i * (points_ ? 3 : 6);
        const Point from{c[0], c[1], c[2]};
        return {from, points_ ? from : Point{c[3], c[4], c[5]}};
    }

  private:
    const ElementSet& set_;
    bool points_;
};

double length(const Piece& p) {
    const double x = p.to.x - p.from.x, y = p.to.y - p.from.y, z = p.to.z - p.from.z;
    return std::sqrt(x * x + y * y + z * z);
}

// The tetrahedra of this rank, in the order of the tree's leaves.
class Tetrahedra {
  public:
    Tetrahedra(const ElementSet& set, double tolerance) : tolerance_(tolerance), tree_(boxes_of(set, tolerance)) {
        ids_.reserve(set.ids.size());
        corners_.reserve(set.coordinates.size());
        Planes planes;
        for (const auto i : tree_.order()) {
            ids_.push_back(set.ids[i]);
            corners_.insert(corners_.end(), set.coordinates.begin() + 12 * i, set.coordinates.begin() + 12 * i + 12);
        }
        for (std::size_t i = 0; i < ids_.size(); ++i) num_flat_ += !make_planes(&corners_[12 * i], tolerance, planes);
    }

    template <class OnCover>
    void clip_all(const Piece& piece, OnCover on_cover) const {
        const BoxTest test(piece);
        tree_.for_each(test, [&](std::int32_t at) {
            const double* corners = &corners_[12 * at];
            // The same test whatever the tree looks like, so that the answer does not depend on who else lives here.
            if (!test.touches(box_of(corners).padded(2 * tolerance_))) return;
            Planes planes;
            if (!make_planes(corners, tolerance_, planes)) return;
            const Clipped stretch = clip(planes, piece, tolerance_);
            if (!stretch.near.empty()) on_cover(Cover{ids_[at], stretch});
        });
    }

    std::vector<Box> outline() const { return tree_.outline(outline_levels); }
    std::int64_t num_flat() const { return num_flat_; }

  private:
    static Box box_of(const double* corners) {
        Box box;
        for (int c = 0; c < 4; ++c) box.add(Point{corners[3 * c], corners[3 * c + 1], corners[3 * c + 2]});
        return box;
    }
    static std::vector<Box> boxes_of(const ElementSet& set, double tolerance) {
        std::vector<Box> boxes(set.ids.size());
        for (std::size_t i = 0; i < boxes.size(); ++i)
            boxes[i] = box_of(&set.coordinates[12 * i]).padded(4 * tolerance);
        return boxes;
    }

    double tolerance_;
    Bvh tree_;
    std::vector<std::int64_t> ids_;
    std::vector<double> corners_;
    std::int64_t num_flat_ = 0;
};

double largest_coordinate(MPI_Comm comm, const ElementSet& set) {
    double largest_here = 0;
    for (const double c : set.coordinates) largest_here = std::max(largest_here, std::abs(c));
    return largest(comm, largest_here);
}

// Sums entries of the same line and tetrahedron in the order of the line's pieces.
void merge_pieces(std::vector<Entry>& entries) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.target != b.target ? a.target < b.target : a.source < b.source;
    });
    std::size_t last = 0;
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].target == entries[last].target && entries[i].source == entries[last].source)
            entries[last].value += entries[i].value;
        else
            entries[++last] = entries[i];
    }
    if (!entries.empty()) entries.resize(last + 1);
}

// The stretches of one round's pieces.
class Round {
  public:
    Round(MPI_Comm comm, const Tetrahedra& tetrahedra, const Outlines& outlines, const Pieces& pieces,
          std::int64_t begin, std::int64_t end) {
        int size = 1, self = 0;
        MPI_Comm_size(comm, &size);
        MPI_Comm_rank(comm, &self);
        std::vector<Question> questions;
        std::vector<int> ranks;
        for (auto i = begin; i < end; ++i) {
            const Piece piece = pieces[i];
            const auto index = static_cast<std::int32_t>(i - begin);
            const auto ask_rank = [&](int rank) {
                if (rank == self) {
                    tetrahedra.clip_all(piece, [&](const Cover& c) { answers_.push_back({c, index}); });
                } else {
                    questions.push_back({piece, index});
                    ranks.push_back(rank);
                }
            };
            if (size == 1)
                ask_rank(self);
            else
                for (const int rank : outlines.ranks_touched(piece)) ask_rank(rank);
        }
        if (size > 1) ask(comm, tetrahedra, questions, ranks);
        sort_by_piece(end - begin);
    }

    /// The covers of a piece, sorted by tetrahedron.
    std::span<const Cover> of(std::int64_t index) const {
        return std::span<const Cover>(covers_).subspan(first_[index], first_[index + 1] - first_[index]);
    }

  private:
    void ask(MPI_Comm comm, const Tetrahedra& tetrahedra, const std::vector<Question>& questions,
             const std::vector<int>& ranks) {
        const Routing there(comm, ranks);
        const auto asked = there.forward(questions);
        const auto askers = there.senders();
        std::vector<Answer> answers;
        std::vector<int> destination;
        for (std::size_t q = 0; q < asked.size(); ++q) {
            tetrahedra.clip_all(asked[q].piece, [&](const Cover& c) {
                answers.push_back({c, asked[q].index});
                destination.push_back(askers[q]);
            });
        }
        const auto arrived = Routing(comm, destination).forward(answers);
        answers_.insert(answers_.end(), arrived.begin(), arrived.end());
    }

    void sort_by_piece(std::int64_t count) {
        first_.assign(count + 1, 0);
        for (const auto& a : answers_) ++first_[a.index + 1];
        for (std::int64_t i = 0; i < count; ++i) first_[i + 1] += first_[i];
        covers_.resize(answers_.size());
        auto next = first_;
        for (const auto& a : answers_) covers_[next[a.index]++] = a.cover;
        for (std::int64_t i = 0; i < count; ++i)
            std::sort(covers_.begin() + first_[i], covers_.begin() + first_[i + 1],
                      [](const Cover& a, const Cover& b) { return a.tetrahedron < b.tetrahedron; });
    }

    std::vector<Answer> answers_;
    std::vector<Cover> covers_;
    std::vector<std::int64_t> first_;  // of each piece in covers_
};

}  // namespace

Intersection intersect(MPI_Comm comm, const NamedSet& lines, const NamedSet& tetrahedra) {
    const double tolerance = relative_tolerance * largest_coordinate(comm, tetrahedra.set);
    const Tetrahedra local(tetrahedra.set, tolerance);
    const Outlines outlines(comm, local.outline());
    const Pieces pieces(lines.set);
    const auto& ids = lines.set.ids;

    std::vector<double> total_length(ids.size(), 0.0), uncovered(ids.size(), 0.0);
    for (std::size_t e = 0, i = 0; e < ids.size(); ++e)
        for (; static_cast<std::int64_t>(i) < pieces.end_of(e); ++i) total_length[e] += length(pieces[i]);

    Intersection result;
    std::vector<std::uint8_t> found(ids.size(), 0);
    Sweep sweep;
    std::int64_t rounds = (pieces.count() + pieces_a_round - 1) / pieces_a_round;
    MPI_Allreduce(MPI_IN_PLACE, &rounds, 1, MPI_INT64_T, MPI_MAX, comm);
    std::size_t element = 0;
    for (std::int64_t r = 0; r < rounds; ++r) {
        const auto begin = std::min<std::int64_t>(r * pieces_a_round, pieces.count());
        const auto end = std::min<std::int64_t>(begin + pieces_a_round, pieces.count());
        const Round round(comm, local, outlines, pieces, begin, end);
        for (auto i = begin; i < end; ++i) {
            while (i >= pieces.end_of(element)) ++element;
            const auto covers = round.of(i - begin);
            const double piece_length = length(pieces[i]);
            const bool pointlike = piece_length <= tolerance;
            if (pointlike && total_length[element] > 0 && piece_length == 0) continue;
            const double weight = total_length[element] > 0 ? piece_length : pointlike_um;
            const auto shares = pointlike ? sweep.share_point(covers) : sweep.share(covers, tolerance / piece_length);
            for (const auto& s : shares) result.entries.push_back({ids[element], s.tetrahedron, s.fraction * weight});
            found[element] |= !shares.empty();
            uncovered[element] += sweep.uncovered() * piece_length;
            result.num_holes += sweep.has_hole();
        }
    }
    merge_pieces(result.entries);

    std::vector<std::int64_t> incomplete;
    std::vector<std::size_t> position;
    for (std::size_t e = 0; e < ids.size(); ++e) {
        result.length_total_um += total_length[e];
        result.length_covered_um += total_length[e] - uncovered[e];
        if (found[e] && uncovered[e] == 0) continue;
        result.num_outside += !found[e];
        result.num_partly += found[e];
        incomplete.push_back(ids[e]);
        position.push_back(e);
    }
    result.examples = first_texts(comm, incomplete, 3, [&](std::size_t i) {
        return fmt::format("{} {} ({:.6g} of {:.6g} um outside)", lines.name, incomplete[i], uncovered[position[i]],
                           total_length[position[i]]);
    });
    result.num_flat = total(comm, local.num_flat());
    result.num_lines = total(comm, static_cast<std::int64_t>(ids.size()));
    for (auto* count : {&result.num_outside, &result.num_partly, &result.num_holes}) *count = total(comm, *count);
    for (auto* sum : {&result.length_total_um, &result.length_covered_um}) *sum = total(comm, *sum);
    return result;
}

}  // namespace ngv::mapping
