// The cable equation of a group: (capacity + g + axial) dv = -i + axial currents, eight cells at once (Hines 1984, J Biomed Comput
// 15:69). d and rhs come in as mechanisms left them.
//
// Beside it what else runs over all nodes in every step. `fast` solves for the new voltage itself, which spares the pass of axial currents, with one reciprocal a node; `exact` is NEURON's
// order of sums and divisions. Compiled for several instruction sets; the machine's best is chosen at the first call.
#pragma once

#include <cstdint>

namespace ngv::neuron {

struct SweepData {
    int rows;
    double *v, *d, *rhs;
    const double *a, *b, *axial, *capacity;
    const std::int32_t* parent;      ///< node
    const std::int32_t* parent_row;  ///< see Group
    double step_factor;              ///< v += step_factor dv
};

struct Sweep {
    /// rhs = 0, d = capacity: the start of a step.
    void (*fill)(const SweepData&);
    /// v moves on. With `keep`, rhs is dv afterwards; without, rhs and d are filled for the next step.
    void (*solve)(const SweepData&, bool keep);
    /// e = scale log(out / in) for n nodes, n a multiple of 8.
    void (*nernst)(std::int64_t n, double scale, const double* in, const double* out, double* e);
    const char* name;
};

const Sweep& fast_sweep();
/// Fill: rhs = d = 0. Always keeps dv in rhs.
const Sweep& exact_sweep();

}  // namespace ngv::neuron
