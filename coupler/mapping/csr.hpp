// The local part of an operator: compressed rows whose columns and rows are positions in the caller's buffers.
// Positions are 32 bits wide where they fit, which is half of what a row reads besides its values.
#pragma once

#include <cstdint>
#include <vector>

namespace ngv::mapping {

class Csr {
  public:
    /// y[row + f] = sum over the row, in its order, of value * x[column + f], for each of `fields` interleaved fields.
    void apply(const double* x, double* y, int fields) const;

  private:
    friend class CsrBuilder;

    template <class Index>
    struct Positions {
        std::vector<Index> columns, rows, offsets;  // rows is empty if row r stands at first_row + r * row_stride
    };
    template <int fields, class Index>
    void apply_as(const Positions<Index>& p, const double* x, double* y) const;
    template <class Index>
    void apply_any(const Positions<Index>& p, const double* x, double* y, int fields) const;
    template <class Index>
    void apply_to(const Positions<Index>& p, const double* x, double* y, int fields) const;

    std::int64_t num_rows_ = 0, first_row_ = 0, row_stride_ = 1;
    bool narrow_ = true;
    std::vector<double> values_;
    Positions<std::int32_t> narrow_positions_;
    Positions<std::int64_t> wide_positions_;
};

/// Rows in the order in which they are added; the caller adds them in the order of y.
class CsrBuilder {
  public:
    void begin_row(std::int64_t position);
    void add(std::int64_t column, double value);
    Csr build();

  private:
    std::vector<std::int64_t> columns_, rows_, offsets_;
    std::vector<double> values_;
};

}  // namespace ngv::mapping
