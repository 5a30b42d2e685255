#include "tools/show/series.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <cmath>

#include "solvers/common/hdf5.hpp"

namespace ngv {

std::vector<Series> read_series(const std::filesystem::path& results, const std::filesystem::path& path) {
    std::vector<Series> all;
    const auto file = h5::File::open(path);
    const bool complete = !file.has_attribute("complete") || file.number_attribute("complete") == 1;
    const auto reports = file.group("/report");
    for (const auto& population : reports.list()) {
        const auto group = reports.group(population);
        const auto data = group.dataset("data");
        Series s;
        s.name = (path.parent_path().lexically_relative(results) / path.stem()).string();
        s.population = population;
        s.unit = data.has_attribute("units") ? data.text_attribute("units") : "";
        s.complete = complete;
        s.columns = group.dataset("mapping/node_ids").read<std::int64_t>();
        const auto pointers = group.dataset("mapping/index_pointers").read<std::int64_t>();
        s.elements = group.dataset("mapping/element_ids").read<std::int64_t>();
        // A node with several elements has several columns.
        std::vector<std::int64_t> columns;
        for (std::size_t i = 0; i + 1 < pointers.size(); ++i)
            columns.insert(columns.end(), static_cast<std::size_t>(pointers[i + 1] - pointers[i]), s.columns[i]);
        if (columns.size() == static_cast<std::size_t>(data.shape().at(1))) s.columns = columns;
        s.values = data.read<float>();
        const auto time = group.dataset("mapping/time").read<double>();
        const auto frames = static_cast<std::size_t>(data.rows());
        for (std::size_t i = 0; i < frames; ++i) s.times_ms.push_back(time.at(0) + static_cast<double>(i) * time.at(2));
        all.push_back(std::move(s));
    }
    return all;
}

Series thinned(const Series& s, std::size_t bins) {
    const std::size_t frames = s.times_ms.size(), n = s.columns.size();
    if (frames <= 2 * bins) return s;
    Series out = s;
    out.times_ms.clear();
    out.values.assign(2 * bins * n, 0);
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const std::size_t begin = bin * frames / bins, end = (bin + 1) * frames / bins;
        out.times_ms.push_back(s.times_ms[begin]);
        out.times_ms.push_back(s.times_ms[end - 1]);
        for (std::size_t c = 0; c < n; ++c) {
            std::size_t low = begin, high = begin;
            for (std::size_t f = begin; f < end; ++f) {
                if (s.at(f, c) < s.at(low, c)) low = f;
                if (s.at(f, c) > s.at(high, c)) high = f;
            }
            out.values[(2 * bin) * n + c] = static_cast<float>(s.at(std::min(low, high), c));
            out.values[(2 * bin + 1) * n + c] = static_cast<float>(s.at(std::max(low, high), c));
        }
    }
    return out;
}

Series with_columns(const Series& s, std::size_t count) {
    const std::size_t n = s.columns.size();
    if (n <= count) return s;
    Series out = s;
    out.columns.clear();
    out.elements.clear();
    out.values.clear();
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * n / count);
    for (std::size_t c : chosen) {
        out.columns.push_back(s.columns[c]);
        out.elements.push_back(c < s.elements.size() ? s.elements[c] : 0);
    }
    for (std::size_t f = 0; f < s.times_ms.size(); ++f)
        for (std::size_t c : chosen) out.values.push_back(static_cast<float>(s.at(f, c)));
    return out;
}

Series envelope(const Series& s) {
    const std::size_t n = s.columns.size();
    Series out = s;
    out.columns = {0, 1, 2};
    out.elements = {0, 1, 2};
    out.values.clear();
    for (std::size_t f = 0; f < s.times_ms.size(); ++f) {
        double sum = 0, low = INFINITY, high = -INFINITY;
        for (std::size_t c = 0; c < n; ++c) {
            sum += s.at(f, c);
            low = std::min(low, s.at(f, c));
            high = std::max(high, s.at(f, c));
        }
        for (double x : {sum / static_cast<double>(n), low, high}) out.values.push_back(static_cast<float>(x));
    }
    return out;
}

void write_csv(const Series& s, const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    auto out = fmt::output_file(path.string());
    out.print("time_ms");
    for (std::size_t c = 0; c < s.columns.size(); ++c)
        out.print(",{}_{}", s.columns[c], c < s.elements.size() ? s.elements[c] : 0);
    out.print("\n");
    for (std::size_t f = 0; f < s.times_ms.size(); ++f) {
        out.print("{}", s.times_ms[f]);
        for (std::size_t c = 0; c < s.columns.size(); ++c) out.print(",{}", s.values[f * s.columns.size() + c]);
        out.print("\n");
    }
}

}  // namespace ngv
