// The blood vessels of the tissue box: arterioles and venules that enter at the top, and a capillary bed between them.
//
//      A     V     A          a checkerboard of trunks; each sends branches into the bed
//     =|=====|=====|== top
//      |-o-o-|-o-o-|          every capillary lies on some way from an arteriole to a venule: nothing is a dead end
//      | o-o-|-o | |          forks have three vessels
//      |-o-o | o-o-|
//      '-o-o-o-o-' |
//
// Radii follow Murray's law at every fork of arterioles and venules: r^3 = r1^3 + r2^3, from the capillaries up.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/circuit/geometry.hpp"
#include "tools/circuit/grid.hpp"

namespace ngv::circuit {

/// SONATA's numbers of vessel types.
enum class VesselType : std::int32_t {
    vein = 1,
    artery,
    venule,
    arteriole,
    venous_capillary,
    arterial_capillary,
    transitional
};

/// A straight piece: one node of the SONATA population. Pieces of a section follow each other from its start to its
/// end.
struct VesselPiece {
    std::uint32_t start, end;      ///< points
    std::uint32_t section, index;  ///< section, and number of the piece in it
    float diameter;                ///< um
    VesselType type;
};

struct Vasculature {
    std::vector<Vec3> points;
    std::vector<VesselPiece> pieces;
    std::uint32_t num_sections = 0;

    Vec3 start(std::size_t piece) const { return points[pieces[piece].start]; }
    Vec3 end(std::size_t piece) const { return points[pieces[piece].end]; }
    double radius(std::size_t piece) const { return pieces[piece].diameter / 2.0; }
    double length(std::size_t piece) const { return distance(start(piece), end(piece)); }
};

/// `spacing`: um between forks of the bed. Throws UserError if the box is too small for a bed.
Vasculature grow_vasculature(const Box& box, double spacing, std::uint64_t seed);

/// Finds vessels near a place.
class VesselIndex {
  public:
    VesselIndex(const Vasculature& vessels, const Box& box);

    struct Hit {
        std::size_t piece;
        double place;      ///< 0..1 along the piece
        double clearance;  ///< um to the vessel's surface, negative inside
    };
    /// Every piece whose surface is within `reach` um of p, in order of the pieces.
    std::vector<Hit> near(Vec3 p, double reach) const;
    /// um to the nearest surface, or `reach` if there is none nearer.
    double clearance(Vec3 p, double reach) const;

  private:
    template <class Visitor>
    void visit(Vec3 p, double reach, Visitor visitor) const;

    const Vasculature& vessels_;
    Grid grid_;
    double half_length_ = 0, max_radius_ = 0;
};

}  // namespace ngv::circuit
