#include "tools/circuit/morphology.hpp"

#include <fmt/format.h>

#include <iterator>

namespace ngv::circuit {

double ShapeSection::length() const {
    double sum = 0;
    for (std::size_t i = 1; i < points.size(); ++i) sum += distance(points[i - 1].position(), points[i].position());
    return sum;
}

double Shape::length(int type) const {
    double sum = 0;
    for (const auto& s : sections)
        if (s.type == type) sum += s.length();
    return sum;
}

std::int64_t Shape::num_compartments() const {
    std::int64_t n = 1;
    for (const auto& s : sections) n += 1 + 2 * static_cast<std::int64_t>(s.length() / 40);
    return n;
}

void sort_sections(Shape& shape) {
    std::vector<std::vector<int>> children(shape.sections.size() + 1);
    for (std::size_t i = 0; i < shape.sections.size(); ++i)
        children[static_cast<std::size_t>(shape.sections[i].parent)].push_back(static_cast<int>(i) + 1);

    std::vector<ShapeSection> sorted;
    sorted.reserve(shape.sections.size());
    for (int type : {2, 3, 4}) {
        std::vector<std::pair<int, int>> stack;  // old number, new number of the parent
        for (auto i = children[0].rbegin(); i != children[0].rend(); ++i)
            if (shape.section(*i).type == type) stack.emplace_back(*i, 0);
        while (!stack.empty()) {
            const auto [old, parent] = stack.back();
            stack.pop_back();
            sorted.push_back(std::move(shape.sections[static_cast<std::size_t>(old) - 1]));
            sorted.back().parent = parent;
            const int number = static_cast<int>(sorted.size());
            const auto& c = children[static_cast<std::size_t>(old)];
            for (auto i = c.rbegin(); i != c.rend(); ++i) stack.emplace_back(*i, number);
        }
    }
    shape.sections = std::move(sorted);
}

std::string to_swc(const Shape& shape) {
    fmt::memory_buffer text;
    auto out = std::back_inserter(text);
    fmt::format_to(out, "# id type x y z radius parent (um)\n1 1 0 0 0 {:.3f} -1\n", shape.soma_radius);
    std::vector<std::size_t> last_row(shape.sections.size() + 1, 1);
    std::size_t row = 1;
    for (std::size_t s = 0; s < shape.sections.size(); ++s) {
        const auto& section = shape.sections[s];
        std::size_t parent = last_row[static_cast<std::size_t>(section.parent)];
        for (std::size_t i = section.parent == 0 ? 0 : 1; i < section.points.size(); ++i) {
            const auto& p = section.points[i];
            fmt::format_to(out, "{} {} {:.3f} {:.3f} {:.3f} {:.4f} {}\n", ++row, section.type, p.x, p.y, p.z,
                           p.diameter / 2, parent);
            parent = row;
        }
        last_row[s + 1] = row;
    }
    return fmt::to_string(text);
}

}  // namespace ngv::circuit
