// A CSV file of numbers with a line of column names.
//
//     CsvTable table("nodes.csv");
//     double x = table.number(row, "x");      // UserError with file:line for a missing column or something that is no
//     number
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ngv::flow {

class CsvTable {
  public:
    explicit CsvTable(std::filesystem::path file);

    std::size_t rows() const { return lines_.size(); }
    bool has(const std::string& column) const { return column_.count(column) != 0; }
    bool empty(std::size_t row, const std::string& column) const;
    double number(std::size_t row, const std::string& column) const;
    std::int64_t integer(std::size_t row, const std::string& column) const;
    std::string where(std::size_t row) const;  ///< "file:line"
    std::vector<std::string> columns() const;

  private:
    std::string cell(std::size_t row, const std::string& column) const;

    std::filesystem::path file_;
    std::map<std::string, std::size_t> column_;
    std::vector<std::string> lines_;
    std::vector<std::size_t> line_number_;
};

}  // namespace ngv::flow
