#include "solvers/common/attribute_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "ngv/error.hpp"

namespace ngv {

namespace {

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

template <class T>
T parse(const std::string& text, const std::string& where) {
    try {
        std::size_t end = 0;
        T value;
        if constexpr (std::is_same_v<T, double>) {
            value = std::stod(text, &end);
        } else {
            value = std::stoll(text, &end);
        }
        if (end == text.size()) return value;
    } catch (const std::exception&) {
    }
    throw UserError(Problem{where, "expected a number, found '" + text + "'", {}});
}

// Texts of an enumeration: an integer column and a library of its values.
std::vector<std::string> library_texts(const h5::Dataset& column, const h5::Dataset& library,
                                       std::span<const std::int64_t> rows) {
    const auto values = library.read_texts();
    const auto indices = column.read_rows<std::int64_t>(rows);
    std::vector<std::string> texts(indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (indices[i] < 0 || indices[i] >= static_cast<std::int64_t>(values.size())) {
            throw UserError(Problem{column.where(),
                                    fmt::format("row {} has the enumeration value {}, but @library has {} entries",
                                                rows[i], indices[i], values.size()),
                                    "the file is damaged; make it again"});
        }
        texts[i] = values[static_cast<std::size_t>(indices[i])];
    }
    return texts;
}

std::vector<std::string> column_texts(const h5::Group& group, const std::string& path,
                                      std::span<const std::int64_t> rows) {
    const auto column = group.dataset(path);
    if (group.has_dataset("@library/" + path)) return library_texts(column, group.dataset("@library/" + path), rows);
    if (column.type() == h5::ValueType::text) return column.read_texts(rows);
    std::vector<std::string> texts;
    if (column.type() == h5::ValueType::floating) {
        for (double v : column.read_rows<double>(rows)) texts.push_back(fmt::format("{}", v));
    } else {
        for (auto v : column.read_rows<std::int64_t>(rows)) texts.push_back(std::to_string(v));
    }
    return texts;
}

template <class T>
std::vector<T> column_numbers(const h5::Group& group, const std::string& path, std::span<const std::int64_t> rows) {
    const auto column = group.dataset(path);
    if (!group.has_dataset("@library/" + path) && column.type() != h5::ValueType::text)
        return column.read_rows<T>(rows);
    std::vector<T> values;
    for (const auto& text : column_texts(group, path, rows)) values.push_back(parse<T>(text, column.where()));
    return values;
}

}  // namespace

AttributeTable::AttributeTable(h5::Group population, std::string kind, std::int64_t size, TypesTable types)
    : population_(std::move(population)), kind_(std::move(kind)), size_(size), types_(std::move(types)) {
    for (const auto& name : population_.list()) {
        if (is_number(name) && population_.has_group(name)) groups_.push_back(name);
    }
    grouped_ = population_.has_dataset(kind_ + "_group_id") && population_.has_dataset(kind_ + "_group_index");
    if (!grouped_ && groups_.size() > 1) {
        throw UserError(
            Problem{population_.where(),
                    fmt::format("{} groups, but no '{}_group_id' that tells which row is where", groups_.size(), kind_),
                    {}});
    }
}

std::optional<std::string> AttributeTable::column_path(const h5::Group& group, const std::string& attribute) const {
    if (attribute.empty() || attribute[0] == '@') return {};
    if (group.has_dataset(attribute)) return attribute;
    return {};
}

bool AttributeTable::has(const std::string& attribute) const {
    for (const auto& g : groups_) {
        if (column_path(population_.group(g), attribute)) return true;
    }
    return types_.has(attribute) && attribute != kind_ + "_type_id";
}

bool AttributeTable::is_text(const std::string& attribute) const {
    for (const auto& g : groups_) {
        const auto group = population_.group(g);
        if (const auto path = column_path(group, attribute)) {
            return group.has_dataset("@library/" + *path) || group.dataset(*path).type() == h5::ValueType::text;
        }
    }
    for (const auto& value : types_.distinct(attribute)) {
        char* end = nullptr;
        std::strtod(value.c_str(), &end);
        if (*end) return true;
    }
    return false;
}

std::vector<std::string> AttributeTable::attributes() const {
    std::set<std::string> names;
    for (const auto& g : groups_) {
        const auto group = population_.group(g);
        for (const auto& name : group.list()) {
            if (group.has_dataset(name)) names.insert(name);
        }
        if (!group.has_group("dynamics_params")) continue;
        for (const auto& name : group.group("dynamics_params").list()) names.insert("dynamics_params/" + name);
    }
    for (const auto& column : types_.columns()) {
        if (column != kind_ + "_type_id") names.insert(column);
    }
    return {names.begin(), names.end()};
}

UserError AttributeTable::missing(const std::string& attribute, std::int64_t row) const {
    const auto what = has(attribute) ? fmt::format("{} {} has no value of '{}'", kind_, row, attribute)
                                     : fmt::format("there is no attribute '{}'", attribute);
    return UserError(Problem{population_.where(), what, has(attribute) ? "" : did_you_mean(attribute, attributes())});
}

template <class T, class FromColumn, class FromText>
std::vector<T> AttributeTable::collect(const std::string& attribute, std::span<const std::int64_t> rows,
                                       std::optional<T> fallback, FromColumn from_column, FromText from_text) const {
    std::vector<T> values(rows.size());
    std::vector<char> found(rows.size(), 0);
    std::vector<std::int64_t> group_of, index_of;
    if (grouped_) {
        group_of = population_.dataset(kind_ + "_group_id").read_rows<std::int64_t>(rows);
        index_of = population_.dataset(kind_ + "_group_index").read_rows<std::int64_t>(rows);
    }
    for (const auto& name : groups_) {
        const auto group = population_.group(name);
        const auto path = column_path(group, attribute);
        if (!path) continue;
        if (!grouped_) {
            values = from_column(group, *path, rows);
            return values;
        }
        std::vector<std::size_t> places;
        std::vector<std::int64_t> group_rows;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (std::to_string(group_of[i]) != name) continue;
            places.push_back(i);
            group_rows.push_back(index_of[i]);
        }
        const auto column = from_column(group, *path, std::span<const std::int64_t>(group_rows));
        for (std::size_t i = 0; i < places.size(); ++i) {
            values[places[i]] = column[i];
            found[places[i]] = 1;
        }
    }
    if (std::find(found.begin(), found.end(), 0) == found.end()) return values;
    std::vector<std::int64_t> types;
    if (types_.has(attribute)) types = population_.dataset(kind_ + "_type_id").read_rows<std::int64_t>(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (found[i]) continue;
        const auto text = types.empty() ? std::nullopt : types_.value(types[i], attribute);
        if (text) {
            values[i] = from_text(*text);
        } else if (fallback) {
            values[i] = *fallback;
        } else {
            throw missing(attribute, rows[i]);
        }
    }
    return values;
}

std::vector<double> AttributeTable::numbers(const std::string& attribute, std::span<const std::int64_t> rows,
                                            std::optional<double> fallback) const {
    return collect<double>(
        attribute, rows, fallback,
        [](const auto& group, const auto& path, auto r) { return column_numbers<double>(group, path, r); },
        [&](const auto& text) { return parse<double>(text, types_.file().string() + " column '" + attribute + "'"); });
}

std::vector<std::int64_t> AttributeTable::integers(const std::string& attribute, std::span<const std::int64_t> rows,
                                                   std::optional<std::int64_t> fallback) const {
    return collect<std::int64_t>(
        attribute, rows, fallback,
        [&](const h5::Group& group, const auto& path, auto r) {
            // Some files keep whole numbers as floats; 3.5 must not become 3.
            if (group.dataset(path).type() != h5::ValueType::floating)
                return column_numbers<std::int64_t>(group, path, r);
            std::vector<std::int64_t> values;
            for (double v : column_numbers<double>(group, path, r)) {
                values.push_back(std::isfinite(v) ? static_cast<std::int64_t>(v) : 0);
                if (static_cast<double>(values.back()) != v) {
                    throw UserError(
                        Problem{group.dataset(path).where(), fmt::format("expected whole numbers, found {}", v), {}});
                }
            }
            return values;
        },
        [&](const auto& text) {
            return parse<std::int64_t>(text, types_.file().string() + " column '" + attribute + "'");
        });
}

std::vector<std::string> AttributeTable::texts(const std::string& attribute, std::span<const std::int64_t> rows,
                                               std::optional<std::string> fallback) const {
    return collect<std::string>(
        attribute, rows, fallback,
        [](const auto& group, const auto& path, auto r) { return column_texts(group, path, r); },
        [](const auto& text) { return text; });
}

}  // namespace ngv
