// The columns of a SONATA population, nodes or edges alike: groups 0, 1, ..., dynamics_params, @library texts, and the
// defaults of the types CSV. Rows are counted from 0 in file order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/types_table.hpp"

namespace ngv {

class AttributeTable {
  public:
    /// `kind`: "node" or "edge".
    AttributeTable(h5::Group population, std::string kind, std::int64_t size, TypesTable types);

    std::int64_t size() const { return size_; }
    bool has(const std::string& attribute) const;
    bool is_text(const std::string& attribute) const;
    std::vector<std::string> attributes() const;

    std::vector<double> numbers(const std::string& attribute, std::span<const std::int64_t> rows,
                                std::optional<double> fallback) const;
    std::vector<std::int64_t> integers(const std::string& attribute, std::span<const std::int64_t> rows,
                                       std::optional<std::int64_t> fallback) const;
    std::vector<std::string> texts(const std::string& attribute, std::span<const std::int64_t> rows,
                                   std::optional<std::string> fallback) const;

  private:
    template <class T, class FromColumn, class FromText>
    std::vector<T> collect(const std::string& attribute, std::span<const std::int64_t> rows, std::optional<T> fallback,
                           FromColumn from_column, FromText from_text) const;
    UserError missing(const std::string& attribute, std::int64_t row) const;
    std::optional<std::string> column_path(const h5::Group& group, const std::string& attribute) const;

    h5::Group population_;
    std::string kind_;
    std::int64_t size_;
    TypesTable types_;
    std::vector<std::string> groups_;
    bool grouped_;  // the file has group ids and indices
};

}  // namespace ngv
