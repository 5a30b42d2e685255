// The time series of a results folder, small enough for a page.
//
// A report of any size is read frame by frame; what stays is a few columns and, over all columns, mean and extremes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ngv {

/// Three curves over all columns of a report.
struct Band {
    std::vector<float> mean, low, high;  ///< [frames]
};

struct Series {
    std::string name;  ///< "neuron/soma_v"
    std::string population;
    std::string unit;
    bool complete = true;                ///< false: the run died while it was written
    std::int64_t total_columns = 0;      ///< in the file
    std::vector<double> times_ms;        ///< [frames]
    std::vector<std::int64_t> ids;       ///< node ids of the columns that were kept
    std::vector<std::int64_t> elements;  ///< and their element ids
    std::vector<float> values;           ///< [frames * ids.size()], frame by frame
    Band all;                            ///< mean, smallest and largest value
    Band change;  ///< change since the first frame in % (mean, 5th and 95th percentile) of the columns that are not 0
                  ///< there

    double at(std::size_t frame, std::size_t column) const { return values[frame * ids.size() + column]; }
};

/// Reads every population of a SONATA report, with at most `most_columns` columns, evenly chosen. Throws UserError if
/// the file is damaged.
std::vector<Series> read_series(const std::filesystem::path& results, const std::filesystem::path& file,
                                std::size_t most_columns);

/// At most `bins` pairs of extremes a column (and one value a bin of the bands), so that no peak is lost on a screen of
/// that width. Times come in pairs too.
Series thinned(const Series& series, std::size_t bins);

/// Writes time, mean, extremes and columns as CSV, every frame.
void write_csv(const Series& series, const std::filesystem::path& file);

}  // namespace ngv
