// Reading datasets: shapes, ranges, rows in any order, columns, texts.
#include <algorithm>
#include <numeric>

#include "solvers/common/hdf5_detail.hpp"

namespace ngv::h5 {

namespace {

struct Run {
    std::int64_t begin, end;
};

// Sorted distinct rows as runs; gaps shorter than `gap` rows are read along, which is faster than another request.
std::vector<Run> runs_of(const std::vector<std::int64_t>& sorted, std::int64_t gap) {
    std::vector<Run> runs;
    for (auto r : sorted) {
        if (!runs.empty() && r < runs.back().end + gap) {
            runs.back().end = std::max(runs.back().end, r + 1);
        } else {
            runs.push_back({r, r + 1});
        }
    }
    return runs;
}

}  // namespace

std::vector<std::int64_t> Dataset::shape() const {
    const Handle space(check(H5Dget_space(id()), where(), "read the shape"));
    std::vector<hsize_t> dims(static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space.get()), 0)));
    H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
    return {dims.begin(), dims.end()};
}

std::int64_t Dataset::rows() const {
    const auto s = shape();
    return s.empty() ? 1 : s[0];
}

ValueType Dataset::type() const {
    const Handle t(check(H5Dget_type(id()), where(), "read the type"));
    switch (H5Tget_class(t.get())) {
        case H5T_INTEGER:
            return ValueType::integer;
        case H5T_FLOAT:
            return ValueType::floating;
        case H5T_STRING:
            return ValueType::text;
        case H5T_ENUM:
            return ValueType::enumeration;
        default:
            return ValueType::other;
    }
}

static void require_numbers(const Dataset& dataset) {
    if (dataset.type() == ValueType::text)
        throw UserError(Problem{dataset.where(), "expected numbers, found text", {}});
}

template <class T>
std::vector<T> Dataset::read() const {
    require_numbers(*this);
    std::vector<T> values(product(shape()));
    if (!values.empty())
        check(H5Dread(id(), native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), where(), "read");
    return values;
}

static Handle select_rows(const Dataset& dataset, const std::vector<std::int64_t>& shape, std::int64_t begin,
                          std::int64_t end) {
    if (begin < 0 || end < begin || shape.empty() || end > shape[0]) {
        throw UserError(Problem{
            dataset.where(),
            fmt::format("rows {} to {} were asked for, the dataset has {}", begin, end, shape.empty() ? 1 : shape[0]),
            "the files of this circuit do not belong together, or one was cut short"});
    }
    Handle space(check(H5Dget_space(dataset.id()), dataset.where(), "read the shape"));
    std::vector<hsize_t> start(shape.size(), 0), count(shape.begin(), shape.end());
    start[0] = static_cast<hsize_t>(begin);
    count[0] = static_cast<hsize_t>(end - begin);
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          dataset.where(), "select rows");
    return space;
}

template <class T>
std::vector<T> Dataset::read_range(std::int64_t begin, std::int64_t end) const {
    require_numbers(*this);
    const auto s = shape();
    const Handle space = select_rows(*this, s, begin, end);
    std::vector<T> values(static_cast<std::size_t>(end - begin) * product(s, 1));
    if (values.empty()) return values;
    const hsize_t n = values.size();
    const Handle memory(H5Screate_simple(1, &n, nullptr));
    check(H5Dread(id(), native<T>(), memory.get(), space.get(), H5P_DEFAULT, values.data()), where(), "read");
    return values;
}

template <class T>
std::vector<T> Dataset::read_rows(std::span<const std::int64_t> rows) const {
    const auto width = product(shape(), 1);
    std::vector<T> values(rows.size() * width);
    if (rows.empty()) return values;
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0);
    if (!std::is_sorted(rows.begin(), rows.end()))
        std::sort(order.begin(), order.end(), [&](auto a, auto b) { return rows[a] < rows[b]; });
    std::vector<std::int64_t> sorted(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = rows[order[i]];
    const auto runs = runs_of(sorted, static_cast<std::int64_t>(1 + 4096 / std::max<std::size_t>(width, 1)));
    std::size_t i = 0;
    constexpr std::int64_t piece = 1 << 22;  // rows read at once, to bound the memory
    for (const auto& run : runs) {
        for (std::int64_t begin = run.begin; begin < run.end; begin += piece) {
            const auto end = std::min(begin + piece, run.end);
            const auto block = read_range<T>(begin, end);
            for (; i < sorted.size() && sorted[i] < end; ++i) {
                std::copy_n(&block[static_cast<std::size_t>(sorted[i] - begin) * width], width,
                            &values[order[i] * width]);
            }
        }
    }
    return values;
}

template <class T>
std::vector<T> Dataset::read_column(std::int64_t column) const {
    const auto s = shape();
    if (s.size() != 2 || column < 0 || column >= s[1]) {
        throw UserError(Problem{
            where(), fmt::format("column {} was asked for; the dataset has {} dimensions", column, s.size()), {}});
    }
    const Handle space(check(H5Dget_space(id()), where(), "read the shape"));
    const hsize_t start[2] = {0, static_cast<hsize_t>(column)}, count[2] = {static_cast<hsize_t>(s[0]), 1};
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr), where(), "select a column");
    std::vector<T> values(static_cast<std::size_t>(s[0]));
    if (values.empty()) return values;
    const hsize_t n = values.size();
    const Handle memory(H5Screate_simple(1, &n, nullptr));
    check(H5Dread(id(), native<T>(), memory.get(), space.get(), H5P_DEFAULT, values.data()), where(), "read");
    return values;
}

std::vector<std::string> Dataset::read_texts() const {
    const Handle type(check(H5Dget_type(id()), where(), "read the type"));
    return texts_from(type.get(), product(shape()), where(),
                      [&](void* data) { return H5Dread(id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, data); });
}

std::vector<std::string> Dataset::read_texts(std::span<const std::int64_t> rows) const {
    const auto [low, high] = std::minmax_element(rows.begin(), rows.end());
    if (rows.empty()) return {};
    const auto begin = *low, end = *high + 1;
    const Handle space = select_rows(*this, shape(), begin, end);
    const Handle type(check(H5Dget_type(id()), where(), "read the type"));
    const hsize_t n = static_cast<hsize_t>(end - begin);
    const Handle memory(H5Screate_simple(1, &n, nullptr));
    const auto block = texts_from(type.get(), n, where(), [&](void* data) {
        return H5Dread(id(), type.get(), memory.get(), space.get(), H5P_DEFAULT, data);
    });
    std::vector<std::string> texts(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) texts[i] = block[static_cast<std::size_t>(rows[i] - begin)];
    return texts;
}

#define NGV_INSTANTIATE(T)                                                              \
    template std::vector<T> Dataset::read<T>() const;                                   \
    template std::vector<T> Dataset::read_range<T>(std::int64_t, std::int64_t) const;   \
    template std::vector<T> Dataset::read_rows<T>(std::span<const std::int64_t>) const; \
    template std::vector<T> Dataset::read_column<T>(std::int64_t) const;
NGV_H5_NUMBERS(NGV_INSTANTIATE)

}  // namespace ngv::h5
