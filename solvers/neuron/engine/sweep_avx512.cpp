#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "solvers/common/native/vector_math.hpp"
#include "solvers/neuron/engine/sweep.hpp"

namespace ngv::neuron {

namespace {

#include "solvers/neuron/engine/sweep_kernel.inc"

}  // namespace

extern const Sweep avx512_sweep;
const Sweep avx512_sweep = {fill, solve, nernst, "avx512"};

}  // namespace ngv::neuron
