#include "tools/circuit/around.hpp"

#include <fmt/format.h>

#include <map>

#include "ngv/error.hpp"
#include "solvers/common/circuit.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/morphology.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/common/placement.hpp"
#include "tools/circuit/mesh.hpp"

namespace ngv {

namespace {

using namespace circuit;

// What the mesh must contain, and what it may be refined towards.
struct Contents {
    std::vector<Vec3> points;  // of branches: those that others do not enclose; of vessels: all
    std::vector<Vec3> somata;
    Vasculature vessels;
};

Vec3 vec(const std::array<double, 3>& p) {
    return {p[0], p[1], p[2]};
}

/// The corners of a shape's hull.
std::vector<Vec3> extremes(const Morphology& morphology) {
    constexpr double tolerance = 1e-3;  // um
    std::vector<Vec3> points;
    for (const auto& section : morphology.sections)
        for (const auto& p : section.points) points.push_back({p.x, p.y, p.z});
    try {
        return convex_hull(points, tolerance).corners;
    } catch (const UserError&) {  // flat or straight: few are enough of a gain
        return points;
    }
}

void add_cells(const NodePopulationEntry& entry, Contents& contents) {
    const NodePopulation nodes(entry);
    const auto ids = nodes.ids();
    const auto names = nodes.texts("morphology", ids);
    const auto placements = read_placements(nodes, ids);
    std::map<std::string, std::vector<Vec3>> shapes;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto it = shapes.find(names[i]);
        if (it == shapes.end())
            it = shapes.emplace(names[i], extremes(read_morphology(entry.morphology_file(names[i])))).first;
        contents.somata.push_back(vec(placements[i].position));
        for (const Vec3 p : it->second) contents.points.push_back(vec(placements[i].apply({p.x, p.y, p.z})));
    }
}

void add_vessels(const NodePopulationEntry& entry, Contents& contents) {
    const NodePopulation nodes(entry);
    std::vector<double> x[6];
    int column = 0;
    for (const char* name : {"start_x", "start_y", "start_z", "end_x", "end_y", "end_z"})
        x[column++] = nodes.numbers(name);
    const auto start = nodes.numbers("start_diameter"), end = nodes.numbers("end_diameter");
    auto& vessels = contents.vessels;
    for (std::size_t i = 0; i < start.size(); ++i) {
        const auto first = static_cast<std::uint32_t>(vessels.points.size());
        vessels.points.push_back({x[0][i], x[1][i], x[2][i]});
        vessels.points.push_back({x[3][i], x[4][i], x[5][i]});
        vessels.pieces.push_back({first, first + 1, static_cast<std::uint32_t>(i), 0,
                                  static_cast<float>(0.5 * (start[i] + end[i])), VesselType::transitional});
    }
    contents.points.insert(contents.points.end(), vessels.points.end() - 2 * static_cast<std::ptrdiff_t>(start.size()),
                           vessels.points.end());
}

Contents contents_of(const std::filesystem::path& file) {
    const auto circuit = CircuitConfig::load(file);
    Contents contents;
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "vasculature")
            add_vessels(entry, contents);
        else if (entry.type != "virtual" && NodePopulation(entry).has("morphology"))
            add_cells(entry, contents);
    }
    if (contents.points.empty())
        throw UserError(Problem{file.string(), "has no cells and no vessels to put a mesh around",
                                "it needs populations with morphologies, or of the type vasculature"});
    return contents;
}

Box bounds(const std::vector<Vec3>& points, double margin) {
    Box box{points[0], points[0]};
    for (const Vec3 p : points) {
        box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y), std::min(box.low.z, p.z)};
        box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y), std::max(box.high.z, p.z)};
    }
    return box.shrunk(-margin);
}

}  // namespace

void mesh_around(const MeshAround& o) {
    std::vector<Problem> problems;
    if (!(o.margin > 0)) problems.push_back({"--margin", fmt::format("{} um is not above 0", o.margin), "e.g. 10um"});
    if (o.mesh_size && !(*o.mesh_size >= 0.5)) problems.push_back({"--mesh-size", "must be at least 0.5 um", ""});
    if (!problems.empty()) throw UserError(std::move(problems));

    const Contents contents = contents_of(o.circuit);
    MeshShape shape{bounds(contents.points, o.margin)};
    if (o.shape == MeshAround::Shape::hull) {
        shape.hull = hull_around(contents.points, o.margin);
        shape.box = bounds(shape.hull->corners, 0);
        log_info("hull of {} facets, {:.0f} % of its box", shape.hull->facets.size(),
                 100 * shape.hull->volume() / shape.box.volume());
    }
    const VesselIndex vessels(contents.vessels, shape.box);
    const auto mesh = write_mesh({o.mesh_size, o.refine, o.parts}, shape, vessels, contents.somata, o.out);
    log_info("{}: {}", o.out.string(), mesh.text());
}

}  // namespace ngv
