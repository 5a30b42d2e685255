#include "solvers/rd/model/reaction_text.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "ngv/error.hpp"

namespace ngv::rd {

namespace {

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && std::isspace(static_cast<unsigned char>(s.front()))) s.remove_prefix(1);
    while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back()))) s.remove_suffix(1);
    return s;
}

bool is_name(std::string_view s) {
    if (s.empty() || !(std::isalpha(static_cast<unsigned char>(s[0])) || s[0] == '_')) return false;
    for (const char c : s)
        if (!(std::isalnum(static_cast<unsigned char>(c)) || c == '_')) return false;
    return true;
}

Term parse_term(std::string_view text, const std::string& where) {
    const auto wrong = [&](const std::string& what, const std::string& fix) {
        return UserError(Problem{where, fmt::format("'{}' {}", text, what), fix});
    };
    Term term;
    std::string_view rest = trimmed(text);
    if (!rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0]))) {
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), term.count);
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (error != std::errc{} || term.count < 1)
            throw wrong("has a stoichiometry that is not a whole number of at least 1", "e.g. 2 A");
        if (!rest.empty() && rest[0] == '.')
            throw wrong("has a fractional stoichiometry", "molecules come whole: multiply the reaction out");
        rest = trimmed(rest);
        if (!rest.empty() && rest[0] == '*') rest = trimmed(rest.substr(1));
    }
    if (const auto dot = rest.find('.'); dot != rest.npos) {
        term.side = std::string(rest.substr(dot + 1));
        rest = rest.substr(0, dot);
        if (term.side != "in" && term.side != "out")
            throw wrong(fmt::format("has the side '{}'", term.side), "a reaction on a patch knows A, A.in and A.out");
    }
    if (!is_name(rest)) throw wrong("is not a species", "terms are written A, 2 A, A.in; sides are joined by +");
    term.species = std::string(rest);
    return term;
}

std::vector<Term> parse_side(std::string_view text, const std::string& where) {
    std::vector<Term> terms;
    text = trimmed(text);
    if (text == "0") return terms;
    for (;;) {
        const auto plus = text.find('+');
        Term term = parse_term(text.substr(0, plus), where);
        bool known = false;
        for (auto& t : terms)
            if (t.species == term.species && t.side == term.side) t.count += term.count, known = true;
        if (!known) terms.push_back(std::move(term));
        if (plus == text.npos) return terms;
        text.remove_prefix(plus + 1);
    }
}

}  // namespace

Equation parse_equation(std::string_view text, const std::string& where) {
    Equation equation;
    auto arrow = text.find("<->");
    equation.reversible = arrow != text.npos;
    if (!equation.reversible) arrow = text.find("->");
    if (arrow == text.npos)
        throw UserError(Problem{where, fmt::format("'{}' has no arrow", text), "A + B <-> C, or A + B -> C"});
    equation.left = parse_side(text.substr(0, arrow), where);
    equation.right = parse_side(text.substr(arrow + (equation.reversible ? 3 : 2)), where);
    if (equation.left.empty() && equation.right.empty())
        throw UserError(Problem{where, fmt::format("'{}' turns nothing into nothing", text), ""});
    return equation;
}

RateText parse_rate(std::string_view text) {
    text = trimmed(text);
    if (is_name(text)) return {.name = std::string(text)};
    if (const auto star = text.find('*'); star != text.npos) {
        const auto number = trimmed(text.substr(0, star)), name = trimmed(text.substr(star + 1));
        double factor = 1.0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), factor);
        if (error == std::errc{} && end == number.data() + number.size() && is_name(name))
            return {.name = std::string(name), .factor = factor};
    }
    return {.quantity = std::string(text)};
}

std::vector<std::string> split_rates(std::string_view text) {
    std::vector<std::string> rates;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size()) depth += (text[i] == '(') - (text[i] == ')');
        if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
        rates.emplace_back(trimmed(text.substr(begin, i - begin)));
        begin = i + 1;
    }
    return rates;
}

std::string text_of(const std::vector<Term>& side) {
    std::string text;
    for (const auto& t : side)
        text += fmt::format("{}{}{}{}{}", text.empty() ? "" : " + ", t.count > 1 ? std::to_string(t.count) + " " : "",
                            t.species, t.side.empty() ? "" : ".", t.side);
    return text.empty() ? "0" : text;
}

}  // namespace ngv::rd
