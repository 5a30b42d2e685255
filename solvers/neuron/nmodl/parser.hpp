// NMODL as a syntax tree, by recursive descent.
//
//     auto source = Source::from_file("hh.mod");
//     Program program = parse(source);
//
// Grammar: Hines & Carnevale (2000) Expanding NEURON's repertoire of mechanisms with NMODL, and what the files of the
// field add to it. The first mistake is an error that names file, line, column, the text found and what was expected.
#pragma once

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

/// Throws UserError for anything that is not NMODL.
Program parse(Source& source);

/// Expression alone, for tests and for what is kept as text. Throws UserError.
Expression parse_expression(const std::string& text);

}  // namespace ngv::nmodl
