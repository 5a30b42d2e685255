// A SONATA node_types or edge_types CSV: values that all nodes (edges) of a type share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ngv {

class TypesTable {
  public:
    TypesTable() = default;  ///< no types
    /// Separated by spaces (tabs and commas are accepted where the header has no spaces), texts may be quoted.
    /// `id_column`: "node_type_id".
    static TypesTable load(const std::filesystem::path& file, const std::string& id_column);

    const std::vector<std::string>& columns() const { return columns_; }
    bool has(const std::string& column) const;
    /// Nothing for an unknown type or column, and for the values NULL, NONE and NaN.
    std::optional<std::string> value(std::int64_t type_id, const std::string& column) const;
    /// The distinct values of a column, sorted.
    std::vector<std::string> distinct(const std::string& column) const;
    const std::filesystem::path& file() const { return file_; }

  private:
    std::filesystem::path file_;
    std::vector<std::string> columns_;
    std::map<std::int64_t, std::vector<std::string>> rows_;
};

}  // namespace ngv
