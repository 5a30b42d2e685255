#include <cmath>
#include <map>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/flow/network/point_lines.hpp"
#include "solvers/flow/network/read_network.hpp"

namespace ngv::flow {

Vessels read_sections(MPI_Comm comm, const std::filesystem::path& file) {
    const auto in = h5::File::open(file);
    const auto points = in.dataset("/points").read<double>();
    const auto structure = in.dataset("/structure").read<std::int64_t>();
    if (points.size() % 4 != 0 || structure.size() % 2 != 0)
        throw UserError({file.string(), "has /points or /structure of another shape",
                         "points are [n, 4] (x, y, z, diameter), structure is [s, 2] (first point, type)"});
    PointLines lines;
    const auto n = static_cast<std::int64_t>(points.size() / 4);
    // Sections repeat the point where they meet; equal places are one point, and the first diameter wins.
    std::map<std::array<std::int64_t, 3>, std::int64_t> place;
    std::vector<std::int64_t> name(n);
    const auto sections = structure.size() / 2;
    std::vector<bool> end(n, false);
    const auto last_of = [&](std::size_t s) { return s + 1 < sections ? structure[2 * s + 2] - 1 : n - 1; };
    for (std::size_t s = 0; s < sections; ++s) {
        const auto first = structure[2 * s], last = last_of(s);
        if (first < 0 || last < first || last >= n)
            throw UserError({file.string(),
                             "section " + std::to_string(s) + " begins at point " + std::to_string(first) + " of " +
                                 std::to_string(n),
                             "first points ascend"});
        end[first] = end[last] = true;
    }
    for (std::int64_t p = 0; p < n; ++p) {
        name[p] = static_cast<std::int64_t>(lines.point_diameter.size());
        if (end[p]) {
            std::array<std::int64_t, 3> key{};
            for (int k = 0; k < 3; ++k) key[k] = std::llround(1000.0 * points[4 * p + k]);
            const auto [it, fresh] = place.emplace(key, name[p]);
            name[p] = it->second;
            if (!fresh) continue;
        }
        lines.points.insert(lines.points.end(), &points[4 * p], &points[4 * p] + 3);
        lines.point_diameter.push_back(points[4 * p + 3]);
    }
    for (std::size_t s = 0; s < sections; ++s)
        for (auto p = structure[2 * s]; p < last_of(s); ++p) {
            if (name[p] == name[p + 1]) continue;  // a point that is written twice
            lines.segments.push_back({name[p], name[p + 1]});
            lines.type.push_back(structure[2 * s + 1]);
        }
    return vessels_of(comm, lines, file.string());
}

}  // namespace ngv::flow
