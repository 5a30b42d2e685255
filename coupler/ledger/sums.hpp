// Sums that do not lose small amounts: error-free transformation (Knuth, TAOCP vol. 2, 4.2.2) in independent lanes, so
// that the compiler can use vector instructions.
#pragma once

#include <cstdint>
#include <span>

namespace ngv::ledger {

/// Sum of x[i * stride].
double sum(const double* x, std::int64_t n, std::int64_t stride = 1);
inline double sum(std::span<const double> x) {
    return sum(x.data(), static_cast<std::int64_t>(x.size()));
}

/// Sum of the magnitudes, plainly added: the scale of a drift.
double magnitude(const double* x, std::int64_t n, std::int64_t stride = 1);

/// Index of the first value that is not finite, or -1.
std::int64_t first_not_finite(const double* x, std::int64_t n);

/// A running compensated sum.
class Sum {
  public:
    void add(double x) {
        const double t = sum_ + x;
        const double b = t - sum_;
        error_ += (sum_ - (t - b)) + (x - b);
        sum_ = t;
    }
    double value() const { return sum_ + error_; }

  private:
    double sum_ = 0, error_ = 0;
};

}  // namespace ngv::ledger
