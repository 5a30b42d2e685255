// The time series of a results folder, small enough for a page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ngv {

/// A report as a table: one row a frame, one column an element.
struct Series {
    std::string name;  ///< "neuron/soma_v"
    std::string population;
    std::string unit;
    bool complete = true;                ///< false: the run died while it was written
    std::vector<double> times_ms;        ///< [frames]
    std::vector<std::int64_t> columns;   ///< [columns] node ids
    std::vector<std::int64_t> elements;  ///< [columns] element ids
    std::vector<float> values;           ///< [frames * columns], frame by frame
    double at(std::size_t frame, std::size_t column) const { return values[frame * columns.size() + column]; }
};

/// Reads every population of a SONATA report. Throws UserError if the file is damaged.
std::vector<Series> read_series(const std::filesystem::path& results, const std::filesystem::path& file);

/// At most `bins` pairs of extremes a column, so that no peak is lost on a screen of that width. Times come in pairs
/// too.
Series thinned(const Series& series, std::size_t bins);

/// Keeps at most `count` columns, evenly chosen.
Series with_columns(const Series& series, std::size_t count);

/// Mean, smallest and largest over the columns, in this order.
Series envelope(const Series& series);

/// Writes time and columns as CSV.
void write_csv(const Series& series, const std::filesystem::path& file);

}  // namespace ngv
