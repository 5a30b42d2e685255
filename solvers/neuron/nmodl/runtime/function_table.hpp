// FUNCTION_TABLE: a function that is given by its values on a grid of points, the same for all instances. Set through
// ngv_mechanism::call of "table_<name>" with arguments
//
//     {k, n1 ... nk, n1 points, ..., nk points, n1 * ... * nk values, the last index fastest}
//
// for a function of k numbers. One point on each axis: a constant.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace ngv::nmodl::runtime {

class FunctionTable {
  public:
    explicit FunctionTable(std::size_t arguments) : axis_(arguments) {}

    /// 0, or how many arguments the function has if `given` says otherwise ({-1} asks).
    double set(const double* given) {
        if (static_cast<std::size_t>(given[0]) != axis_.size()) return static_cast<double>(axis_.size());
        const double* next = given + 1 + axis_.size();
        std::size_t size = 1;
        for (std::size_t a = 0; a < axis_.size(); ++a) {
            const auto n = static_cast<std::size_t>(given[1 + a]);
            axis_[a].assign(next, next + n);
            next += n;
            size *= n;
        }
        value_.assign(next, next + size);
        return 0;
    }

    bool empty() const { return value_.empty(); }

    /// As NEURON: linear between points for one argument and for two, the lower point for more; constant beyond the ends.
    double at(std::initializer_list<double> arguments) const {
        if (value_.empty()) return 0;
        std::size_t corner = 0;
        double part[2] = {0, 0};
        std::size_t a = 0;
        for (const double x : arguments) {
            double between = 0;
            corner = corner * axis_[a].size() + place(axis_[a], x, between);
            if (a < 2) part[a] = between;
            ++a;
        }
        if (axis_.size() == 1) return mix(part[0], corner);
        if (axis_.size() > 2) return value_[corner];
        const std::size_t row = axis_[1].size();
        const double low = mix(part[1], corner);
        return part[0] > 0 ? (1 - part[0]) * low + part[0] * mix(part[1], corner + row) : low;
    }

  private:
    static std::size_t place(const std::vector<double>& points, double x, double& part) {
        if (!(x > points.front())) return 0;
        if (x >= points.back()) return points.size() - 1;
        const auto i = static_cast<std::size_t>(std::upper_bound(points.begin(), points.end(), x) - points.begin()) - 1;
        part = (x - points[i]) / (points[i + 1] - points[i]);
        return i;
    }
    double mix(double part, std::size_t at) const {
        return part > 0 ? (1 - part) * value_[at] + part * value_[at + 1] : value_[at];
    }

    std::vector<std::vector<double>> axis_;
    std::vector<double> value_;
};

}  // namespace ngv::nmodl::runtime
