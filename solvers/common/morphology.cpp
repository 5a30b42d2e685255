#include "solvers/common/morphology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/common/contour_soma.hpp"
#include "solvers/common/hdf5.hpp"

namespace ngv {

double Section::length() const {
    double sum = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
        sum += std::hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y, points[i].z - points[i - 1].z);
    }
    return sum;
}

Morphology read_morphology(const std::filesystem::path& file) {
    if (file.extension() == ".h5") return read_h5_morphology(file);
    if (file.extension() == ".swc" || file.extension() == ".SWC") return read_swc(file);
    if (file.extension() == ".asc" || file.extension() == ".ASC") return read_asc(file);
    if (file.parent_path().extension() == ".h5")
        return read_h5_morphology(file.parent_path(), file.filename().string());
    throw UserError(
        Problem{file.string(),
                "morphologies are read from .swc, .asc and .h5 files, not from '" + file.extension().string() + "'",
                "convert it, for instance with 'morph-tool convert'"});
}

MorphologyPoint sphere_of_outline(const std::vector<MorphologyPoint>& points) {
    if (points.size() == 1) return points[0];
    const auto n = static_cast<double>(points.size());
    MorphologyPoint centre{0, 0, 0, 0};
    for (const auto& p : points) {
        centre.x += p.x / n;
        centre.y += p.y / n;
        centre.z += p.z / n;
    }
    for (const auto& p : points) centre.diameter += 2 / n * std::hypot(p.x - centre.x, p.y - centre.y, p.z - centre.z);
    return centre;
}

Morphology read_h5_morphology(const std::filesystem::path& file, const std::string& group_name) {
    const auto h5 = h5::File::open(file);
    const auto group = h5.group(group_name);
    const auto points = group.dataset("points").read<double>();
    const auto structure = group.dataset("structure").read<std::int64_t>();
    const auto point_shape = group.dataset("points").shape(), structure_shape = group.dataset("structure").shape();
    if (point_shape.size() != 2 || point_shape[1] != 4 || structure_shape.size() != 2 || structure_shape[1] != 3) {
        throw UserError(Problem{group.where(), "expected points [n,4] and structure [m,3]",
                                "is this a morphology file of the h5v1 format?"});
    }
    const auto n = point_shape[0], m = structure_shape[0];
    Morphology morphology;
    morphology.name = group_name == "/" ? file.stem().string() : group.path().substr(group.path().rfind('/') + 1);
    std::vector<Section> sections;
    for (std::int64_t s = 0; s < m; ++s) {
        const auto* row = &structure[static_cast<std::size_t>(3 * s)];
        const auto end = s + 1 < m ? row[3] : n;
        if (row[0] < 0 || end > n || end <= row[0] || row[2] >= s || row[2] < -1) {
            throw UserError(
                Problem{group.dataset("structure").where(),
                        fmt::format("section {} has points {} to {} of {} and parent {}", s, row[0], end, n, row[2]),
                        "the file is damaged; make it again"});
        }
        Section section{static_cast<int>(row[1]), static_cast<int>(row[2]), {}};
        for (auto p = row[0]; p < end; ++p) {
            const auto* q = &points[static_cast<std::size_t>(4 * p)];
            section.points.push_back({q[0], q[1], q[2], q[3]});
        }
        sections.push_back(std::move(section));
    }
    if (sections.empty()) throw UserError(Problem{group.where(), "the morphology has no sections", {}});
    const bool has_soma = sections[0].type == 1;
    morphology.soma = has_soma ? sphere_of_outline(sections[0].points) : sections[0].points[0];
    const auto& c = morphology.soma;
    const double r = c.diameter / 2;
    if (!(r > 0))
        throw UserError(
            Problem{group.where(), fmt::format("the soma has the radius {}", r), "expected a positive number of um"});
    if (has_soma && sections[0].points.size() > 2)
        morphology.sections.push_back({1, -1, frusta_of_outline(sections[0].points, group.where())});
    else
        morphology.sections.push_back(
            {1, -1, {{c.x - r, c.y, c.z, c.diameter}, {c.x, c.y, c.z, c.diameter}, {c.x + r, c.y, c.z, c.diameter}}});

    // Neurites in the order axon, basal, apical; inside a neurite the file's order, which has parents first.
    std::vector<int> root(sections.size(), -1);
    for (std::size_t s = has_soma; s < sections.size(); ++s) {
        const int parent = sections[s].parent;
        root[s] =
            parent < 0 || (has_soma && parent == 0) ? static_cast<int>(s) : root[static_cast<std::size_t>(parent)];
    }
    std::vector<std::size_t> order(sections.size() - has_soma);
    std::iota(order.begin(), order.end(), std::size_t{has_soma});
    auto root_type = [&](std::size_t s) { return sections[static_cast<std::size_t>(root[s])].type; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
        return std::pair(root_type(a), root[a]) < std::pair(root_type(b), root[b]);
    });
    std::vector<int> renumbered(sections.size(), 0);
    for (auto s : order) {
        auto section = std::move(sections[s]);
        section.parent = root[s] == static_cast<int>(s) ? 0 : renumbered[static_cast<std::size_t>(section.parent)];
        if (section.points.size() == 1)
            section.points.insert(section.points.begin(), {c.x, c.y, c.z, section.points[0].diameter});
        renumbered[s] = static_cast<int>(morphology.sections.size());
        morphology.sections.push_back(std::move(section));
    }
    return morphology;
}

}  // namespace ngv
