#include "tools/show/series.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"

namespace ngv {

namespace {

constexpr std::int64_t values_at_once = 1 << 22;

/// Node id of every column.
std::vector<std::int64_t> columns_of(const h5::Group& mapping, std::size_t count) {
    const auto nodes = mapping.dataset("node_ids").read<std::int64_t>();
    // Allen's files call it index_pointer.
    const auto* name = mapping.has_dataset("index_pointers") ? "index_pointers" : "index_pointer";
    const auto pointers = mapping.dataset(name).read<std::int64_t>();
    std::vector<std::int64_t> columns;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto end = i + 1 < pointers.size() ? pointers[i + 1] : static_cast<std::int64_t>(count);
        columns.insert(columns.end(), static_cast<std::size_t>(std::max<std::int64_t>(end - pointers.at(i), 0)),
                       nodes[i]);
    }
    columns.resize(count, -1);
    return columns;
}

float percentile(std::vector<float>& values, double p) {
    const auto k = static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1) + 0.5);
    std::nth_element(values.begin(), values.begin() + k, values.end());
    return values[static_cast<std::size_t>(k)];
}

void add_band(Series& s, const float* frame, std::size_t n, const std::vector<float>& first) {
    const auto [low, high] = std::minmax_element(frame, frame + n);
    s.all.low.push_back(*low);
    s.all.high.push_back(*high);
    s.all.mean.push_back(static_cast<float>(std::accumulate(frame, frame + n, 0.0) / static_cast<double>(n)));
    std::vector<float> change;
    double sum = 0;
    for (std::size_t c = 0; c < n; ++c) {
        if (first[c] == 0) continue;
        change.push_back(100 * (frame[c] / first[c] - 1));
        sum += change.back();
    }
    if (change.empty()) return;
    s.change.mean.push_back(static_cast<float>(sum / static_cast<double>(change.size())));
    s.change.low.push_back(percentile(change, 0.05));
    s.change.high.push_back(percentile(change, 0.95));
}

Series read_population(const h5::Group& group, std::size_t most_columns) {
    const auto data = group.dataset("data");
    const auto shape = data.shape();
    if (shape.size() != 2) throw UserError({data.where(), "expected frames x columns", "is this a SONATA report?"});
    const auto n = static_cast<std::size_t>(shape[1]);
    Series s;
    s.unit = data.has_attribute("units") ? data.text_attribute("units") : "";
    s.total_columns = shape[1];
    const auto ids = columns_of(group.group("mapping"), n);
    auto elements = group.dataset("mapping/element_ids").read<std::int64_t>();
    elements.resize(n, 0);
    std::vector<std::size_t> chosen;
    const auto count = std::min(n, most_columns);
    for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * n / count);
    for (const auto c : chosen) {
        s.ids.push_back(ids[c]);
        s.elements.push_back(elements[c]);
    }
    const auto time = group.dataset("mapping/time").read<double>();
    if (n == 0) return s;
    std::vector<float> first;
    const auto block = std::max<std::int64_t>(1, values_at_once / shape[1]);
    for (std::int64_t begin = 0; begin < shape[0]; begin += block) {
        const auto end = std::min(begin + block, shape[0]);
        const auto values = data.read_range<float>(begin, end);
        if (begin == 0) first.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n));
        for (auto f = begin; f < end; ++f) {
            const float* frame = &values[static_cast<std::size_t>(f - begin) * n];
            s.times_ms.push_back(time.at(0) + static_cast<double>(f) * time.at(2));
            add_band(s, frame, n, first);
            for (const auto c : chosen) s.values.push_back(frame[c]);
        }
    }
    return s;
}

Band thinned_band(const Band& band, std::size_t bins) {
    Band out;
    const auto frames = band.mean.size();
    for (std::size_t bin = 0; bin < bins && frames > 0; ++bin) {
        const auto begin = static_cast<std::ptrdiff_t>(bin * frames / bins);
        const auto end = static_cast<std::ptrdiff_t>((bin + 1) * frames / bins);
        out.mean.push_back(std::accumulate(band.mean.begin() + begin, band.mean.begin() + end, 0.0f) /
                           static_cast<float>(end - begin));
        out.low.push_back(*std::min_element(band.low.begin() + begin, band.low.begin() + end));
        out.high.push_back(*std::max_element(band.high.begin() + begin, band.high.begin() + end));
        // Twice, as the columns have two values a bin.
        for (auto* v : {&out.mean, &out.low, &out.high}) v->push_back(v->back());
    }
    return out;
}

}  // namespace

std::vector<Series> read_series(const std::filesystem::path& results, const std::filesystem::path& path,
                                std::size_t most_columns) {
    std::vector<Series> all;
    const auto file = h5::File::open(path);
    const bool complete = !file.has_attribute("complete") || file.number_attribute("complete") == 1;
    const auto reports = file.group("/report");
    for (const auto& population : reports.list()) {
        auto s = read_population(reports.group(population), most_columns);
        s.name = (path.parent_path().lexically_relative(results) / path.stem()).string();
        s.population = population;
        s.complete = complete;
        all.push_back(std::move(s));
    }
    return all;
}

Series thinned(const Series& s, std::size_t bins) {
    const std::size_t frames = s.times_ms.size(), n = s.ids.size();
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
    out.all = thinned_band(s.all, bins);
    out.change = thinned_band(s.change, bins);
    return out;
}

void write_csv(const Series& s, const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    auto out = fmt::output_file(path.string());
    out.print("time_ms,mean,low,high");
    for (std::size_t c = 0; c < s.ids.size(); ++c) out.print(",{}_{}", s.ids[c], s.elements[c]);
    out.print("\n");
    for (std::size_t f = 0; f < s.times_ms.size(); ++f) {
        out.print("{},{},{},{}", s.times_ms[f], s.all.mean[f], s.all.low[f], s.all.high[f]);
        for (std::size_t c = 0; c < s.ids.size(); ++c) out.print(",{}", s.values[f * s.ids.size() + c]);
        out.print("\n");
    }
}

}  // namespace ngv
