// Reads reactions and rates as people write them.
//
//     parse_equation("A + 2 B <-> C")     left {A 1, B 2}, right {C 1}, reversible
//     parse_rate("4 * alpha_n")           name "alpha_n", factor 4
//     parse_rate("10 1/(uM s)")           quantity
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ngv::rd {

struct Term {
    std::string species;
    std::string side;  ///< "", "in", "out"
    int count = 1;
};

struct Equation {
    std::vector<Term> left, right;
    bool reversible = false;
};

/// `0` stands for nothing. Throws UserError at `where`, naming the part that is wrong.
Equation parse_equation(std::string_view text, const std::string& where);

struct RateText {
    std::string name = {};      ///< of a constant or function; empty: a quantity
    double factor = 1.0;        ///< before a name
    std::string quantity = {};  ///< "10 1/(uM s)"
};

RateText parse_rate(std::string_view text);

/// "kf, kb" split at commas outside brackets.
std::vector<std::string> split_rates(std::string_view text);

/// One side as text, for messages and extents: "A + 2 B", "0".
std::string text_of(const std::vector<Term>& side);

}  // namespace ngv::rd
