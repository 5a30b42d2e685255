// What real files say in VERBATIM becomes features of the language; the files stay as they are.
//
//     a Random123 stream in a POINTER or BBCOREPOINTER     -> RANDOM, random_uniform(rng), random_setseq, random_setids
//     a Vector argument                                    -> vector_size(v), vector_at(v, i): an object that the engine sets
//     numbers, if, while, for around these                 -> the same in NMODL (verbatim_c.hpp)
//     bbcore_read, bbcore_write, includes, declarations    -> nothing: the engine keeps and restores all state
//     return                                               -> return
//
// Procedures that only serve NEURON's interpreter (ifarg, hoc_...) and that nothing calls are left out, with a note.
#pragma once

#include <string>
#include <vector>

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

/// Rewrites the program. Throws UserError, with file, line and advice, for C that is none of the above, unless `allow` keeps it.
std::vector<std::string> recognise_verbatim(const Source& source, Program& program, bool allow);

}  // namespace ngv::nmodl
