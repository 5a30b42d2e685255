// The shape of a neuron or astrocyte: sections of points with diameters, from an SWC, Neurolucida ASC or h5v1 file.
//
//     auto m = ngv::read_morphology("cell.swc");
//     for (auto& s : m.sections) ...   // sections[0] is the soma; s.parent is the index of a section before it
//
// Sections are numbered as SONATA's section ids: soma 0, then axon, basal dendrites, apical dendrites, others; within a
// type depth-first in file order (MorphIO, NEURON Import3d). A section starts with a copy of its parent's last point;
// one that hangs on the soma starts at its own first point. A branch ends at a fork or where the type changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ngv {

enum class SectionType : int { soma = 1, axon = 2, basal = 3, apical = 4 };  // astrocytes: 2 endfoot process, 3 other

struct MorphologyPoint {
    double x, y, z;   ///< um
    double diameter;  ///< um
};

struct Section {
    int type;                             ///< SectionType, or the file's own number from 5 on
    int parent;                           ///< index in Morphology::sections; -1 for the soma
    std::vector<MorphologyPoint> points;  ///< at least two
    double length() const;                ///< um, along the points
};

struct Morphology {
    std::string name;
    std::vector<Section> sections;
    MorphologyPoint soma;  ///< centre and diameter of the sphere that stands for the soma
};

/// By the file's ending: .swc, .asc or .h5; "all.h5/name" is the group `name` of the container file all.h5. UserError
/// with file:line: parent missing, cycle, radius not positive, unknown type, no points.
Morphology read_morphology(const std::filesystem::path& file);

/// A soma of one point, or of NeuroMorpho's three, becomes three points along x whose cylinder has the sphere's area 4
/// pi r^2; a chain of soma points stays a chain; an outline of points without radius becomes the sphere of their mean
/// distance from the centre. Without a soma, section 0 is a sphere at the first root with its diameter, and `warning`
/// is logged.
Morphology read_swc(const std::filesystem::path& file);
Morphology parse_swc(const std::string& text, const std::string& name);

/// Neurolucida's text format. An outline of the soma becomes 21 points along its longest axis (contour_soma.hpp); a
/// branch begins with its parent's last point and its own first diameter (NEURON's Import3d).
Morphology read_asc(const std::filesystem::path& file);
Morphology parse_asc(const std::string& text, const std::string& name);

/// The sphere of the mean distance from the centre: what stands for a drawn soma where a sphere is needed.
MorphologyPoint sphere_of_outline(const std::vector<MorphologyPoint>& outline);

/// MorphIO's h5v1: /points [n,4] (x y z diameter), /structure [m,3] (first point, type, parent). A soma
/// of three and more points is an outline.
Morphology read_h5_morphology(const std::filesystem::path& file, const std::string& group = "/");

}  // namespace ngv
