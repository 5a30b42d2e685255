#include "tools/show/tissue.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "solvers/common/hdf5.hpp"
#include "solvers/common/ids.hpp"

namespace ngv {

namespace {

constexpr std::size_t most_lines = 40'000;

double rounded(double um) {
    return std::round(um * 10) / 10;
}

struct Lines {
    std::vector<std::int64_t> ids;
    std::vector<double> ends;  ///< 6 a line
};

Lines read_lines(const h5::File& file) {
    const auto points = file.dataset("/points").read<double>();
    const auto cells = file.dataset("/cells").read<std::int64_t>();
    Lines lines{file.dataset("/cell_ids").read<std::int64_t>(), {}};
    for (const auto corner : cells)
        for (std::size_t d = 0; d < 3; ++d)
            lines.ends.push_back(rounded(points.at(3 * static_cast<std::size_t>(corner) + d)));
    return lines;
}

/// The last frame of a field, or nothing.
std::vector<double> last_frame(const h5::File& file, const std::string& field) {
    const std::string path = "/fields/" + field;
    if (!file.has_dataset(path)) return {};
    const auto data = file.dataset(path);
    return data.rows() == 0 ? std::vector<double>{} : data.read_range<double>(data.rows() - 1, data.rows());
}

}  // namespace

nlohmann::json tissue_picture(const std::filesystem::path& results) {
    nlohmann::json picture = nlohmann::json::object();
    if (const auto path = results / "neuron" / "fields.h5"; std::filesystem::exists(path)) {
        const auto lines = read_lines(h5::File::open(path));
        const std::size_t n = lines.ends.size() / 6, stride = n / most_lines + 1;
        std::map<std::int64_t, std::vector<std::vector<double>>> of_cell;
        for (std::size_t i = 0; i < n; i += stride) {
            const auto* ends = &lines.ends[6 * i];
            auto& paths = of_cell[cell_of(lines.ids[i])];
            // A segment that begins where the last one ended goes on with its path.
            if (paths.empty() || !std::equal(ends, ends + 3, paths.back().end() - 3))
                paths.emplace_back(ends, ends + 3);
            paths.back().insert(paths.back().end(), ends + 3, ends + 6);
        }
        auto& cells = picture["cells"] = nlohmann::json::array();
        for (const auto& [cell, paths] : of_cell)
            cells.push_back({{"population", population_of(cell)}, {"id", node_of(cell)}, {"paths", paths}});
    }
    if (const auto path = results / "flow" / "vessels.h5"; std::filesystem::exists(path)) {
        const auto file = h5::File::open(path);
        const auto lines = read_lines(file);
        auto radius = last_frame(file, "radius"), flow = last_frame(file, "flow");
        for (auto& r : radius) r = std::round(r * 100) / 100;
        for (auto& q : flow) q = std::round(std::abs(q));
        picture["vessels"] = {{"lines", lines.ends}, {"radius", radius}, {"flow", flow}};
    }
    if (const auto path = results / "rd" / "tissue.h5"; std::filesystem::exists(path)) {
        const auto points = h5::File::open(path).dataset("/points").read<double>();
        std::array<double, 6> box{INFINITY, INFINITY, INFINITY, -INFINITY, -INFINITY, -INFINITY};
        for (std::size_t i = 0; i < points.size(); ++i) {
            box[i % 3] = std::min(box[i % 3], points[i]);
            box[3 + i % 3] = std::max(box[3 + i % 3], points[i]);
        }
        if (!points.empty()) picture["box"] = box;
    }
    return picture;
}

}  // namespace ngv
