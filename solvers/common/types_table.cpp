#include "solvers/common/types_table.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "ngv/error.hpp"

namespace ngv {

namespace {

std::vector<std::string> split_row(const std::string& line, char separator) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == separator || c == '\r')) {
            if (c == separator) cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    // Several spaces between two values are one separator.
    if (separator == ' ') std::erase_if(cells, [](const auto& c) { return c.empty(); });
    return cells;
}

bool is_missing(const std::string& text) {
    return text.empty() || text == "NULL" || text == "NONE" || text == "NaN" || text == "nan";
}

}  // namespace

TypesTable TypesTable::load(const std::filesystem::path& file, const std::string& id_column) {
    std::ifstream in(file);
    if (!in || std::filesystem::is_directory(file))
        throw UserError(Problem{file.string(), "the file cannot be read", "check the path in the circuit config"});
    TypesTable table;
    table.file_ = file;
    std::string line;
    std::getline(in, line);
    const char separator = line.find(' ') != std::string::npos    ? ' '
                           : line.find('\t') != std::string::npos ? '\t'
                           : line.find(',') != std::string::npos  ? ','
                                                                  : ' ';
    table.columns_ = split_row(line, separator);
    const auto id = std::find(table.columns_.begin(), table.columns_.end(), id_column);
    if (id == table.columns_.end()) {
        throw UserError(Problem{file.string() + ":1", "there is no column '" + id_column + "'",
                                did_you_mean(id_column, table.columns_)});
    }
    const auto place = static_cast<std::size_t>(id - table.columns_.begin());
    for (int number = 2; std::getline(in, line); ++number) {
        auto cells = split_row(line, separator);
        if (cells.empty() || (cells.size() == 1 && cells[0].empty())) continue;
        const auto where = file.string() + ":" + std::to_string(number);
        if (cells.size() != table.columns_.size()) {
            throw UserError(Problem{where,
                                    std::to_string(cells.size()) + " values, expected " +
                                        std::to_string(table.columns_.size()) + " as in the header",
                                    "quote values that contain spaces; write NULL for what is absent"});
        }
        try {
            table.rows_[std::stoll(cells[place])] = std::move(cells);
        } catch (const std::exception&) {
            throw UserError(Problem{where, "'" + cells[place] + "' is no type id", {}});
        }
    }
    return table;
}

bool TypesTable::has(const std::string& column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::optional<std::string> TypesTable::value(std::int64_t type_id, const std::string& column) const {
    const auto c = std::find(columns_.begin(), columns_.end(), column);
    const auto row = rows_.find(type_id);
    if (c == columns_.end() || row == rows_.end()) return {};
    const auto& text = row->second[static_cast<std::size_t>(c - columns_.begin())];
    if (is_missing(text)) return {};
    return text;
}

std::vector<std::string> TypesTable::distinct(const std::string& column) const {
    std::set<std::string> values;
    for (const auto& [id, row] : rows_) {
        if (auto v = value(id, column)) values.insert(*v);
    }
    return {values.begin(), values.end()};
}

}  // namespace ngv
