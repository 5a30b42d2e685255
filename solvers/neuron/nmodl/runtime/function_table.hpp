// FUNCTION_TABLE: a function of one number that is given by points, the same for all instances. Set through
// ngv_mechanism::call of "table_<name>" with arguments {n, x of n points, y of n points}; one point: a constant.
#pragma once

#include <algorithm>
#include <vector>

#include "solvers/neuron/nmodl/runtime/instance.hpp"

namespace ngv::nmodl::runtime {

struct FunctionTable {
    std::vector<double> x, y;

    double set(const double* arguments) {
        const auto n = static_cast<std::size_t>(arguments[0]);
        x.assign(arguments + 1, arguments + 1 + n);
        y.assign(arguments + 1 + n, arguments + 1 + 2 * n);
        return 0;
    }
    /// Linear between points, constant beyond the ends.
    double at(const Instance& q, double at, const char* missing) const {
        if (x.empty()) {
            q.fail(missing);
            return 0;
        }
        if (!(at > x.front())) return y.front();
        if (at >= x.back()) return y.back();
        const auto i = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), at) - x.begin());
        return y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
    }
};

}  // namespace ngv::nmodl::runtime
