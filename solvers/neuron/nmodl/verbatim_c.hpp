// The C that VERBATIM of real files has, as NMODL: numbers, if, while, for, elements of Vectors, draws of Random123 streams.
//
//     vv = _p_times;  size = vector_capacity(vv);  px = vector_vec(vv);  while (i + 1 < size && t >= px[i + 1]) i++;
//
// becomes LOCALs, vector_size(times), vector_at(times, i + 1) and WHILE. Pointers are followed while reading: what one points at must
// not depend on how the statements run. A brace may open in one VERBATIM and close in a later one of the same block.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

/// What the C may name beside numbers.
struct CNames {
    std::set<std::string> streams;   ///< RANDOM
    std::set<std::string> vectors;   ///< BBCOREPOINTER and POINTER that hold a Vector; those found in the C are added
    std::set<std::string> pointers;  ///< POINTER: *_p_x is the number x
    std::set<std::string> routines;  ///< of the file
    std::string function;            ///< the FUNCTION whose body is read, or "": what `return x` gives
};

/// Thrown for C that has no meaning here; the text names what it is.
struct NotReadable {
    std::string what;
};

/// The block with all its VERBATIM read; blocks within its statements have been read before. `plain`: C without comments.
Block read_c(const Block& block, const std::function<std::string(const std::string&)>& plain, CNames& names);

}  // namespace ngv::nmodl
