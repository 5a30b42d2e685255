// How long each kernel of a mechanism takes, ns of CPU time for one instance.
#pragma once

#include <functional>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::nmodl::bench {

double cpu_seconds();
double median(std::vector<double> x);
/// ns for one of `instances`, once `kernel` has been called often enough to be measured.
double nanoseconds(int instances, const std::function<void()>& kernel);

/// State, current and net_receive one by one, on 8 * `rows` compartments (point processes: gathered), as one line of JSON a mechanism.
void print_kernel_times(const ngv_catalogue& catalogue, int rows);

}  // namespace ngv::nmodl::bench
