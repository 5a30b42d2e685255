#include "solvers/neuron/sonata/edge_places.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::neuron {

EdgePlaces::EdgePlaces(Network& network, const EdgePopulation& edges, const std::vector<std::int64_t>& rows,
                       const std::string& side)
    : network_(network), name_(edges.name()), rows_(rows) {
    std::string section = side + "_section_id";
    if (!edges.has(section) && edges.has("sec_id")) section = "sec_id";  // Allen
    if (!edges.has(section))
        throw UserError(Problem{"edge population '" + name_ + "'", "has no column " + side + "_section_id",
                                "the place of each edge must be given"});
    section_ = edges.integers(section, rows);
    for (const std::string& position : {side + "_section_pos", side + "_section_fraction", std::string("sec_x")})
        if (position_.empty() && edges.has(position)) position_ = edges.numbers(position, rows);
    if (!position_.empty()) return;
    segment_ = edges.integers(side + "_segment_id", rows);
    offset_ = edges.numbers(side + "_segment_offset", rows);
}

int EdgePlaces::node(const LocalCell& cell, std::size_t i) const {
    const std::string where = fmt::format("edge {} of population '{}'", rows_[i], name_);
    const double x = position_.empty() ? from_segment(cell, i, where) : position_[i];
    return network_.node_at(cell, section_[i], std::clamp(x, 1e-7, 0.9999999), where);
}

double EdgePlaces::from_segment(const LocalCell& cell, std::size_t i, const std::string& where) const {
    network_.node_at(cell, section_[i], 0.5, where);  // refuses a section that the cell does not have
    const auto& arc = network_.library().arc_lengths(cell.type, static_cast<int>(section_[i]));
    if (segment_[i] < 0 || segment_[i] >= static_cast<std::int64_t>(arc.size()))
        throw UserError(
            Problem{where, fmt::format("is on segment {} of a section of {} points", segment_[i], arc.size()), ""});
    return (arc[static_cast<std::size_t>(segment_[i])] + offset_[i]) / arc.back();
}

}  // namespace ngv::neuron
