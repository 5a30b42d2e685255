// The shape of a grown cell, in um around its soma, and where the cell stands in the tissue.
//
// Sections are numbered as SONATA does: soma 0, then by type (axon 2, basal 3, apical 4), depth-first. A section starts
// with a copy of its parent's last point, or on the surface of the soma.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

/// SWC types; astrocytes use 2 for processes that end on a vessel and 3 for the others.
enum SwcType : int { swc_soma = 1, swc_axon = 2, swc_basal = 3, swc_apical = 4, swc_endfoot = 2, swc_process = 3 };

struct ShapePoint {
    float x, y, z, diameter;
    Vec3 position() const { return {x, y, z}; }
};

struct ShapeSection {
    int type = 0;
    int parent = 0;  ///< section number; 0 is the soma
    std::vector<ShapePoint> points{};
    double length() const;  ///< um, along the points
};

struct Shape {
    double soma_radius = 0;
    std::vector<ShapeSection> sections{};  ///< sections[i] has the number i + 1

    const ShapeSection& section(int number) const { return sections[static_cast<std::size_t>(number) - 1]; }
    double length(int type) const;  ///< um, of all sections of a type
    /// Compartments that the rule of 40 um makes of it: 1 + 2 floor(L / 40) a section, and the soma.
    std::int64_t num_compartments() const;
};

/// Where a cell stands: turned around the vertical axis, then moved.
struct Place {
    Vec3 soma;
    double angle = 0;  ///< rad, around +y

    Vec3 operator()(Vec3 p) const {
        const double c = std::cos(angle), s = std::sin(angle);
        return {soma.x + c * p.x + s * p.z, soma.y + p.y, soma.z - s * p.x + c * p.z};
    }
    Vec3 operator()(const ShapePoint& p) const { return (*this)(p.position()); }
};

/// Renumbers sections that were made in any order (parents before children) to SONATA's order.
void sort_sections(Shape& shape);

/// SWC: one row a point, parents before children, three decimals.
std::string to_swc(const Shape& shape);

}  // namespace ngv::circuit
