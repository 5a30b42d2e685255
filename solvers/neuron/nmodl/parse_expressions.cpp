#include "solvers/neuron/nmodl/parse_expressions.hpp"

#include <array>
#include <cstdlib>

namespace ngv::nmodl {

using Kind = Expression::Kind;

double number_value(const std::string& text) {
    return std::strtod(text.c_str(), nullptr);
}

ExpressionParser::Deeper::Deeper(ExpressionParser& p) : p_(p) {
    if (++p_.depth_ > 200) {
        --p_.depth_;
        p_.at_.fail(p_.at_.where(), "more than 200 levels of nesting", "split the expression or block");
    }
}

Expression ExpressionParser::expression() {
    return binary(0);
}

Expression ExpressionParser::binary(int level) {
    static const std::array<std::vector<std::string_view>, 5> operators{
        {{"||"}, {"&&"}, {"<", ">", "<=", ">=", "==", "!="}, {"+", "-"}, {"*", "/", "%"}}};
    if (level == static_cast<int>(operators.size())) return unary();
    auto left = binary(level + 1);
    int terms = 0;
    while (true) {
        std::string_view found;
        for (auto o : operators[static_cast<std::size_t>(level)])
            if (at_.at(o)) found = o;
        if (found.empty()) return left;
        if (++terms > 2000) at_.fail(at_.where(), "more than 2000 terms in one expression", "split it");
        const auto op = at_.take();
        auto right = binary(level + 1);
        Expression both{Kind::binary, op.at, op.text, "", {}};
        both.operands.push_back(std::move(left));
        both.operands.push_back(std::move(right));
        left = std::move(both);
    }
}

Expression ExpressionParser::unary() {
    if (!at_.at("-") && !at_.at("!") && !at_.at("+")) return power();
    Deeper deeper(*this);
    const auto op = at_.take();
    auto operand = unary();
    if (op.text == "+") return operand;
    return {Kind::unary, op.at, op.text, "", {std::move(operand)}};
}

Expression ExpressionParser::power() {
    auto base = primary();
    if (!at_.at("^")) return base;
    Deeper deeper(*this);
    const auto op = at_.take();
    auto exponent = unary();  // a^-b, and a^b^c from the right
    return {Kind::binary, op.at, "^", "", {std::move(base), std::move(exponent)}};
}

Expression ExpressionParser::primary() {
    Deeper deeper(*this);
    if (at_.at(Token::Kind::number)) {
        const auto t = at_.take();
        auto unit = at_.unit_if_any();
        return {Kind::number, t.at, t.text, std::move(unit), {}};
    }
    if (at_.at(Token::Kind::string)) {
        const auto t = at_.take();
        return {Kind::string, t.at, t.text, "", {}};
    }
    if (at_.take_if("(")) {
        auto inside = expression();
        at_.expect(")", "to close the parenthesis");
        return inside;
    }
    if (!at_.at(Token::Kind::name)) at_.expected("an expression");
    if (at_.ahead(1).is("(")) return call();
    if (auto d = defined.find(at_.here().text); d != defined.end()) {
        const auto t = at_.take();
        auto unit = at_.unit_if_any();
        return {Kind::number, t.at, d->second, std::move(unit), {}};
    }
    return target();
}

Expression ExpressionParser::call() {
    const auto name = at_.expect_name("of a function");
    Expression call{Kind::call, name.at, name.text, "", {}};
    at_.expect("(", "before the arguments of " + name.text);
    if (!at_.at(")")) {
        do call.operands.push_back(expression());
        while (at_.take_if(",") || (!at_.at(")") && at_.at(Token::Kind::string)));
    }
    at_.expect(")", "after the arguments of " + name.text);
    return call;
}

Expression ExpressionParser::target() {
    const auto name = at_.expect_name("of a variable");
    Expression result{Kind::name, name.at, name.text, "", {}};
    bool prime = false;
    if (at_.at("'")) {
        at_.take();
        if (at_.at("'")) at_.fail(at_.where(), "a second derivative", "introduce a state for the first derivative");
        prime = true;
    }
    if (at_.take_if("[")) {
        result.kind = Kind::element;
        result.operands.push_back(expression());
        at_.expect("]", "after the index of " + name.text);
        if (at_.take_if("'")) prime = true;
    }
    if (at_.at("@")) return before(std::move(result));
    if (!prime) return result;
    return {Kind::prime, name.at, name.text, "", {std::move(result)}};
}

/// x@1 in DISCRETE: what the state was when the block began.
Expression ExpressionParser::before(Expression state) {
    const auto at = at_.take().at;
    if (!states_before) at_.fail(at, "'@' outside of a DISCRETE block", "keep the older value in a STATE of its own");
    if (integer("of steps after '@'") != 1 || state.kind != Kind::name)
        at_.fail(at, "only the value one step ago is known, and no elements of arrays",
                 "keep older values in STATEs of their own: write " + state.text + "@1");
    states_before->insert(state.text);
    state.text += "_before";
    return state;
}

int ExpressionParser::integer(std::string_view context) {
    const auto at = at_.where();
    const double value = number(context);
    if (value != static_cast<int>(value) || value < 0 || value > 1000000)
        at_.fail(at, "found " + std::to_string(value) + ", expected a whole number from 0 to 1000000 " +
                         std::string(context));
    return static_cast<int>(value);
}

double ExpressionParser::number(std::string_view context) {
    double sign = 1;
    while (at_.at("-") || at_.at("+"))
        if (at_.take().text == "-") sign = -sign;
    if (at_.at(Token::Kind::number)) return sign * number_value(at_.take().text);
    if (auto d = defined.find(at_.here().text); at_.at(Token::Kind::name) && d != defined.end()) {
        at_.take();
        return sign * number_value(d->second);
    }
    at_.expected("a number " + std::string(context));
}

std::vector<std::string> ExpressionParser::names(std::string_view context) {
    std::vector<std::string> list;
    do list.push_back(at_.expect_name(context).text);
    while (at_.take_if(","));
    return list;
}

}  // namespace ngv::nmodl
