// NMODL text as tokens. Comments, TITLE and INCLUDE are dealt with here; units in parentheses are left to the parser,
// which knows where one may stand (it takes the text between two tokens).
#pragma once

#include <string>
#include <vector>

#include "solvers/neuron/nmodl/source.hpp"

namespace ngv::nmodl {

struct Token {
    enum class Kind { name, number, string, symbol, verbatim, title, end };
    Kind kind = Kind::end;
    std::string text;  ///< without quotes, VERBATIM ... ENDVERBATIM, TITLE
    Position at;
    std::int32_t end_offset = 0;  ///< of the text behind the token, in the same file

    bool is(std::string_view what) const { return (kind == Kind::symbol || kind == Kind::name) && text == what; }
};

/// All tokens of the source's first file, INCLUDEs in place; the last is Kind::end.
/// Throws UserError for a comment, string or VERBATIM without end, and an INCLUDE that cannot be read.
std::vector<Token> tokenize(Source& source);

}  // namespace ngv::nmodl
