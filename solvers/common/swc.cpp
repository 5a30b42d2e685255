// SWC: one point a line, "id type x y z radius parent"; -1 as parent starts a tree.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/morphology.hpp"

namespace ngv {

namespace {

struct SwcPoint {
    std::int64_t id;
    int type;
    MorphologyPoint at;
    std::int64_t parent_id;
    int line;
    int parent = -1;  // place in the list of points
    std::vector<int> children = {};
};

constexpr int soma_type = 1;

class SwcReader {
  public:
    SwcReader(const std::string& text, const std::string& name) : name_(name) {
        read_points(text);
        link_points();
        stop_on_problems();
        find_cycles();
        stop_on_problems();
    }

    Morphology build() {
        Morphology m;
        m.name = std::filesystem::path(name_).stem().string();
        m.sections.push_back(soma(m));
        std::vector<int> roots;
        for (int i = 0; i < size(); ++i) {
            const auto& p = points_[static_cast<std::size_t>(i)];
            if (p.type != soma_type && (p.parent < 0 || at(p.parent).type == soma_type)) roots.push_back(i);
        }
        std::stable_sort(roots.begin(), roots.end(), [&](int a, int b) { return at(a).type < at(b).type; });
        for (int root : roots) add_neurite(m, root);
        return m;
    }

  private:
    int size() const { return static_cast<int>(points_.size()); }
    const SwcPoint& at(int i) const { return points_[static_cast<std::size_t>(i)]; }
    std::string where(int line) const { return name_ + ":" + std::to_string(line); }
    void problem(int line, std::string what, std::string fix = {}) {
        if (problems_.size() < 20) problems_.push_back({where(line), std::move(what), std::move(fix)});
    }
    void stop_on_problems() const {
        if (!problems_.empty()) throw UserError(problems_);
    }

    void read_points(const std::string& text) {
        std::istringstream in(text);
        std::string line;
        for (int number = 1; std::getline(in, line); ++number) {
            line.resize(std::min(line.find('#'), line.size()));
            for (char& c : line) {
                if (c == ',' || c == '\t' || c == '\r') c = ' ';
            }
            std::istringstream row(line);
            double id = 0, type = 0, x = 0, y = 0, z = 0, radius = 0, parent = 0;
            if (!(row >> std::ws) || row.eof()) continue;
            if (!(row >> id >> type >> x >> y >> z >> radius >> parent)) {
                problem(number, "expected 7 numbers: id type x y z radius parent; found '" + line + "'");
                continue;
            }
            if (!(radius > 0) && !(type == soma_type && radius == 0))
                problem(number, fmt::format("the radius is {}, expected a positive number of um", radius),
                        "give the point a small positive radius");
            if (type < 1 || type != std::floor(type))
                problem(number, fmt::format("unknown type {}", type),
                        "1 soma, 2 axon, 3 basal dendrite, 4 apical dendrite, 5 and more: custom");
            points_.push_back({static_cast<std::int64_t>(id),
                               static_cast<int>(type),
                               {x, y, z, 2 * radius},
                               static_cast<std::int64_t>(parent),
                               number});
        }
        if (points_.empty() && problems_.empty()) problem(1, "the file has no points", "is this an SWC file?");
    }

    void link_points() {
        std::unordered_map<std::int64_t, int> place;
        for (int i = 0; i < size(); ++i) {
            const auto [it, added] = place.emplace(at(i).id, i);
            if (!added)
                problem(at(i).line, fmt::format("the id {} stands already in line {}", at(i).id, at(it->second).line));
        }
        for (int i = 0; i < size(); ++i) {
            auto& p = points_[static_cast<std::size_t>(i)];
            if (p.parent_id == -1) continue;
            const auto it = place.find(p.parent_id);
            if (it == place.end()) {
                problem(p.line, fmt::format("the parent {} does not exist", p.parent_id),
                        "a tree starts with the parent -1");
                continue;
            }
            p.parent = it->second;
            points_[static_cast<std::size_t>(p.parent)].children.push_back(i);
        }
        for (const auto& p : points_) {
            if (p.type == soma_type && p.parent >= 0 && at(p.parent).type != soma_type) {
                problem(p.line, "a soma point hangs on a neurite", "the soma must be the root of the cell");
            }
        }
    }

    // Whoever is not reached from a root hangs on a cycle.
    void find_cycles() {
        std::vector<char> reached(points_.size(), 0);
        std::vector<int> stack;
        for (int i = 0; i < size(); ++i) {
            if (at(i).parent < 0) stack.push_back(i);
        }
        while (!stack.empty()) {
            const int i = stack.back();
            stack.pop_back();
            reached[static_cast<std::size_t>(i)] = 1;
            for (int c : at(i).children) stack.push_back(c);
        }
        for (int i = 0; i < size(); ++i) {
            if (reached[static_cast<std::size_t>(i)]) continue;
            problem(at(i).line, fmt::format("the point {} is its own ancestor (a cycle)", at(i).id),
                    "a tree starts with the parent -1");
            return;
        }
    }

    static std::vector<MorphologyPoint> sphere_as_cylinder(const MorphologyPoint& c) {
        const double r = c.diameter / 2;
        return {{c.x - r, c.y, c.z, c.diameter}, {c.x, c.y, c.z, c.diameter}, {c.x + r, c.y, c.z, c.diameter}};
    }

    Section soma(Morphology& m) const {
        std::vector<int> points;
        for (int i = 0; i < size(); ++i) {
            if (at(i).type == soma_type) points.push_back(i);
        }
        if (points.empty()) {
            m.soma = points_[0].at;
            log_warning("{}: no soma; a sphere of {:g} um at the first point stands for it", name_, m.soma.diameter);
            return {soma_type, -1, sphere_as_cylinder(m.soma)};
        }
        m.soma = at(points[0]).at;
        if (std::any_of(points.begin(), points.end(), [&](int i) { return at(i).at.diameter == 0; }))
            return contour_soma(m, points);
        auto soma_children = [&](int i) {
            return std::count_if(at(i).children.begin(), at(i).children.end(),
                                 [&](int c) { return at(c).type == soma_type; });
        };
        const bool neuromorpho = points.size() == 3 && soma_children(points[0]) == 2;
        const bool chain = std::all_of(points.begin(), points.end(), [&](int i) { return soma_children(i) <= 1; }) &&
                           std::count_if(points.begin(), points.end(), [&](int i) { return at(i).parent < 0; }) == 1;
        if (points.size() == 1 || neuromorpho) return {soma_type, -1, sphere_as_cylinder(m.soma)};
        if (!chain) {
            log_warning("{}: the soma branches; a sphere of {:g} um at its first point stands for it", name_,
                        m.soma.diameter);
            return {soma_type, -1, sphere_as_cylinder(m.soma)};
        }
        return chain_soma(m, points);
    }

    // An outline, as the ASC and h5 formats have it (its points without radius): the sphere of the mean distance from
    // its centre.
    Section contour_soma(Morphology& m, const std::vector<int>& points) const {
        const auto n = static_cast<double>(points.size());
        m.soma = {0, 0, 0, 0};
        for (int i : points) {
            m.soma.x += at(i).at.x / n;
            m.soma.y += at(i).at.y / n;
            m.soma.z += at(i).at.z / n;
        }
        for (int i : points) {
            const auto& p = at(i).at;
            m.soma.diameter += 2 / n * std::hypot(p.x - m.soma.x, p.y - m.soma.y, p.z - m.soma.z);
        }
        if (!(m.soma.diameter > 0)) {
            throw UserError(Problem{where(at(points[0]).line), "the soma has the radius 0",
                                    "expected a positive number of um, or an outline"});
        }
        return {soma_type, -1, sphere_as_cylinder(m.soma)};
    }

    // A chain of soma points is a stack of frusta; the sphere of the same lateral area stands for it where one is
    // needed.
    Section chain_soma(Morphology& m, std::vector<int> points) const {
        int i = *std::find_if(points.begin(), points.end(), [&](int p) { return at(p).parent < 0; });
        Section section{soma_type, -1, {}};
        while (i >= 0) {
            section.points.push_back(at(i).at);
            const auto next = std::find_if(at(i).children.begin(), at(i).children.end(),
                                           [&](int c) { return at(c).type == soma_type; });
            i = next == at(i).children.end() ? -1 : *next;
        }
        double area = 0, length = 0;
        MorphologyPoint centre{0, 0, 0, 0};
        for (std::size_t k = 1; k < section.points.size(); ++k) {
            const auto &a = section.points[k - 1], &b = section.points[k];
            const double d = std::hypot(b.x - a.x, b.y - a.y, b.z - a.z);
            area += std::numbers::pi / 2 * (a.diameter + b.diameter) * std::hypot(d, (b.diameter - a.diameter) / 2);
            length += d;
            centre.x += d * (a.x + b.x) / 2;
            centre.y += d * (a.y + b.y) / 2;
            centre.z += d * (a.z + b.z) / 2;
        }
        if (!(length > 0))
            throw UserError(
                Problem{where(at(points[0]).line), "all points of the soma are at the same place", "keep one of them"});
        m.soma = {centre.x / length, centre.y / length, centre.z / length, std::sqrt(area / std::numbers::pi)};
        return section;
    }

    // A section runs from a fork (or root) to the next fork, tip or change of type.
    void add_neurite(Morphology& m, int root) const {
        struct Start {
            int point, parent_section;
        };
        std::vector<Start> stack = {{root, 0}};
        while (!stack.empty()) {
            const auto [first, parent] = stack.back();
            stack.pop_back();
            Section section{at(first).type, parent, {}};
            if (first != root) section.points.push_back(m.sections[static_cast<std::size_t>(parent)].points.back());
            int i = first;
            section.points.push_back(at(i).at);
            while (at(i).children.size() == 1 && at(at(i).children[0]).type == section.type) {
                i = at(i).children[0];
                section.points.push_back(at(i).at);
            }
            // NEURON's Import3d: a root of one point begins in the soma, with its own diameter.
            if (section.points.size() == 1)
                section.points.insert(section.points.begin(),
                                      {m.soma.x, m.soma.y, m.soma.z, section.points[0].diameter});
            m.sections.push_back(std::move(section));
            const int self = static_cast<int>(m.sections.size()) - 1;
            for (auto c = at(i).children.rbegin(); c != at(i).children.rend(); ++c) stack.push_back({*c, self});
        }
    }

    std::string name_;
    std::vector<SwcPoint> points_;
    std::vector<Problem> problems_;
};

}  // namespace

Morphology parse_swc(const std::string& text, const std::string& name) {
    return SwcReader(text, name).build();
}

Morphology read_swc(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in || std::filesystem::is_directory(file))
        throw UserError(Problem{file.string(), "the morphology file cannot be read", "check the path"});
    std::stringstream text;
    text << in.rdbuf();
    return parse_swc(text.str(), file.string());
}

}  // namespace ngv
