#include "solvers/flow/network/csv_table.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

std::string trimmed(std::string text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The n-th cell of a line; empty beyond the last one. A comma between quotes does not end a cell.
std::string cell_of(const std::string& line, std::size_t n) {
    std::string cell;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c != ',' || quoted)
            cell.append(n == 0 ? 1 : 0, c);
        else if (n-- == 0)
            return trimmed(cell);
    }
    return n == 0 ? trimmed(cell) : std::string();
}

std::size_t cells_of(const std::string& line) {
    std::size_t count = 1;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted) ++count;
    }
    return count;
}

}  // namespace

CsvTable::CsvTable(std::filesystem::path file) : file_(std::move(file)) {
    std::ifstream in(file_);
    if (!in || std::filesystem::is_directory(file_)) throw UserError({file_.string(), "cannot be opened", ""});
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (trimmed(line).empty() || line[0] == '#') continue;
        if (column_.empty()) {
            const auto count = cells_of(line);
            for (std::size_t c = 0; c < count; ++c) column_.emplace(cell_of(line, c), c);
            continue;
        }
        lines_.push_back(line);
        line_number_.push_back(number);
    }
    if (column_.empty()) throw UserError({file_.string(), "is empty", "the first line names the columns"});
}

std::vector<std::string> CsvTable::columns() const {
    std::vector<std::string> names;
    for (const auto& [name, position] : column_) names.push_back(name);
    return names;
}

std::string CsvTable::where(std::size_t row) const {
    return file_.string() + ":" + std::to_string(line_number_.at(row));
}

std::string CsvTable::cell(std::size_t row, const std::string& column) const {
    const auto it = column_.find(column);
    if (it == column_.end())
        throw UserError({file_.string(), "has no column '" + column + "'", did_you_mean(column, columns())});
    return cell_of(lines_.at(row), it->second);
}

bool CsvTable::empty(std::size_t row, const std::string& column) const {
    return !has(column) || cell(row, column).empty();
}

double CsvTable::number(std::size_t row, const std::string& column) const {
    const auto text = cell(row, column);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw UserError({where(row), "'" + text + "' in column '" + column + "' is not a number", ""});
    return value;
}

std::int64_t CsvTable::integer(std::size_t row, const std::string& column) const {
    const auto text = cell(row, column);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw UserError({where(row), "'" + text + "' in column '" + column + "' is not a whole number", ""});
    return value;
}

}  // namespace ngv::flow
