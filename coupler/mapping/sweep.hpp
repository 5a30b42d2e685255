// Shares the length of one piece among the tetrahedra that cover it, each stretch exactly once.
//
//     tet A      [------------------]
//     tet B                         [---------]          A, C cover the first stretch together (a face): 1/2 each
//     tet C      [--------]                              the last stretch has nobody: a gap, which is reported
//     piece   0  |--------|---------|---------|-----| 1
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coupler/mapping/clip.hpp"

namespace ngv::mapping {

/// What one tetrahedron says about a piece.
struct Cover {
    std::int64_t tetrahedron;
    Clipped stretch;
};

class Sweep {
  public:
    struct Share {
        std::int64_t tetrahedron;
        double fraction;  ///< of the piece's length
    };

    /// `covers` sorted by tetrahedron. Ends of stretches closer than `tolerance` (a fraction of the piece) are the same
    /// place. A piece that no stretch of `inside` covers, but stretches of `near` do wholly, is shared among those:
    /// this closes the cracks of rounding. Returns shares > 0 in the order of `covers`; valid until the next call.
    std::span<const Share> share(std::span<const Cover> covers, double tolerance);

    /// Shares a piece without length equally among all that contain it.
    std::span<const Share> share_point(std::span<const Cover> covers);

    /// Fraction of the last piece that nobody covers, and whether a covered stretch stands on both sides of an
    /// uncovered one.
    double uncovered() const { return uncovered_; }
    bool has_hole() const { return has_hole_; }

  private:
    struct End {
        double place;
        std::int32_t cover;
        bool opens;
    };
    void sort_ends(double tolerance, double low, double high);
    template <class OnGap>
    void walk(double low, double high, OnGap on_gap);
    bool close_gap(std::span<const Cover> covers, double low, double high, double tolerance);
    std::span<const Share> collect(std::span<const Cover> covers);

    std::vector<End> ends_, gap_ends_;
    std::vector<Stretch> gaps_;
    std::vector<std::int32_t> active_;
    std::vector<double> fraction_;
    std::vector<Share> shares_;
    double uncovered_ = 0;
    bool has_hole_ = false;
};

}  // namespace ngv::mapping
