#include "solvers/common/model/parser.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "ngv/error.hpp"

namespace ngv::model {

namespace {

struct Builtin {
    std::size_t arguments;
    Expr (*build)(Graph&, const std::vector<Expr>&);
};

template <Op op>
Expr unary(Graph& g, const std::vector<Expr>& x) {
    return g.unary(op, x[0]);
}
template <Op op>
Expr binary(Graph& g, const std::vector<Expr>& x) {
    return g.binary(op, x[0], x[1]);
}

const std::map<std::string, Builtin, std::less<>> builtins{
    {"exp", {1, unary<Op::exp>}},
    {"expm1", {1, unary<Op::expm1>}},
    {"log", {1, unary<Op::log>}},
    {"log10", {1, unary<Op::log10>}},
    {"sqrt", {1, unary<Op::sqrt>}},
    {"abs", {1, unary<Op::abs>}},
    {"sin", {1, unary<Op::sin>}},
    {"cos", {1, unary<Op::cos>}},
    {"tan", {1, unary<Op::tan>}},
    {"atan", {1, unary<Op::atan>}},
    {"tanh", {1, unary<Op::tanh>}},
    {"floor", {1, unary<Op::floor>}},
    {"sinh", {1, unary<Op::sinh>}},
    {"cosh", {1, unary<Op::cosh>}},
    {"factorial", {1, unary<Op::factorial>}},
    {"pow", {2, binary<Op::pow>}},
    {"min", {2, binary<Op::min>}},
    {"max", {2, binary<Op::max>}},
    {"if", {3, [](Graph& g, const std::vector<Expr>& x) { return g.select(x[0], x[1], x[2]); }}}};

// Recursive descent, one function a level of precedence.
class Parser {
  public:
    Parser(Graph& graph, std::string_view text, const Names& names, const std::string& where)
        : graph_(graph), text_(text), names_(names), where_(where) {}

    Expr whole() {
        skip();
        if (at_ == text_.size()) fail(at_, "the expression is empty", "");
        const Expr e = disjunction();
        if (at_ != text_.size())
            fail(at_, fmt::format("unexpected '{}'", text_[at_]), "expected an operator or the end of the expression");
        return e;
    }

  private:
    [[noreturn]] void fail(std::size_t at, const std::string& what, const std::string& fix) const {
        throw UserError(
            {where_,
             fmt::format("{} at column {} of the expression\n    {}\n    {:>{}}", what, at + 1, text_, '^', at + 1),
             fix});
    }

    void skip() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    }
    bool take(std::string_view token) {
        if (text_.substr(at_, token.size()) != token) return false;
        at_ += token.size();
        skip();
        return true;
    }
    static bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
    bool take_word(std::string_view word) {
        const auto end = at_ + word.size();
        if (end < text_.size() && is_name_char(text_[end])) return false;
        return take(word);
    }
    bool is_next(std::string_view token) const { return text_.substr(at_, token.size()) == token; }

    Expr disjunction() {
        Expr e = conjunction();
        while (take_word("or") || take("||")) e = graph_.binary(Op::logical_or, e, conjunction());
        return e;
    }
    Expr conjunction() {
        Expr e = negation();
        while (take_word("and") || take("&&")) e = graph_.binary(Op::logical_and, e, negation());
        return e;
    }
    Expr negation() {
        if (take_word("not") || (is_next("!") && !is_next("!=") && take("!")))
            return graph_.unary(Op::logical_not, negation());
        return comparison();
    }
    Expr comparison() {
        const Expr a = sum();
        if (take("<=")) return graph_.binary(Op::less_equal, a, sum());
        if (take(">=")) return graph_.binary(Op::less_equal, sum(), a);
        if (take("==")) return graph_.binary(Op::equal, a, sum());
        if (take("!=")) return graph_.unary(Op::logical_not, graph_.binary(Op::equal, a, sum()));
        if (take("<")) return graph_.binary(Op::less, a, sum());
        if (take(">")) return graph_.binary(Op::less, sum(), a);
        return a;
    }
    Expr sum() {
        Expr e = product();
        while (true) {
            if (take("+"))
                e = graph_.add(e, product());
            else if (take("-"))
                e = graph_.sub(e, product());
            else
                return e;
        }
    }
    Expr product() {
        Expr e = sign();
        while (true) {
            if (is_next("*") && !is_next("**") && take("*"))
                e = graph_.mul(e, sign());
            else if (take("/"))
                e = graph_.div(e, sign());
            else
                return e;
        }
    }
    Expr sign() {
        if (take("-")) return graph_.neg(sign());
        if (take("+")) return sign();
        return power();
    }
    Expr power() {
        const Expr base = primary();
        if (take("**") || take("^")) return graph_.pow(base, sign());
        return base;
    }

    Expr primary() {
        if (at_ == text_.size()) fail(at_, "the expression ends too early", "expected a number, a name or '('");
        const std::size_t start = at_;
        const char c = text_[at_];
        if (take("(")) {
            const Expr e = disjunction();
            if (!take(")")) fail(at_, "missing ')'", fmt::format("the '(' at column {} is not closed", start + 1));
            return e;
        }
        if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
        if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') {
            while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
            const auto name = text_.substr(start, at_ - start);
            skip();
            return take("(") ? call(name, start) : symbol(name, start);
        }
        fail(at_, fmt::format("unexpected '{}'", c), "expected a number, a name or '('");
    }

    Expr number() {
        double value = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (error != std::errc()) fail(at_, "not a number", "numbers are written as 1, 0.5, 2.5e-3");
        at_ = static_cast<std::size_t>(end - text_.data());
        skip();
        return graph_.constant(value);
    }

    Expr symbol(std::string_view name, std::size_t start) {
        if (const auto e = names_.find(name)) return *e;
        fail(start, fmt::format("unknown name '{}'", name), did_you_mean(name, names_.known));
    }

    Expr call(std::string_view name, std::size_t start) {
        std::vector<Expr> arguments;
        if (!take(")")) {
            do arguments.push_back(disjunction());
            while (take(","));
            if (!take(")")) fail(at_, "missing ')'", fmt::format("the call of '{}' is not closed", name));
        }
        const auto builtin = builtins.find(name);
        const auto own = names_.functions.find(name);
        if (builtin == builtins.end() && own == names_.functions.end()) {
            std::vector<std::string> known;
            for (const auto& [function, _] : builtins) known.push_back(function);
            for (const auto& [function, _] : names_.functions) known.push_back(function);
            fail(start, fmt::format("unknown function '{}'", name), did_you_mean(name, known));
        }
        const std::size_t expected = own != names_.functions.end() ? own->second.arguments : builtin->second.arguments;
        if (arguments.size() != expected)
            fail(start, fmt::format("'{}' has {} arguments", name, arguments.size()),
                 fmt::format("expected {}", expected));
        return own != names_.functions.end() ? own->second.expand(arguments) : builtin->second.build(graph_, arguments);
    }

    Graph& graph_;
    std::string_view text_;
    const Names& names_;
    const std::string& where_;
    std::size_t at_ = 0;
};

}  // namespace

Expr parse(Graph& graph, std::string_view text, const Names& names, const std::string& where) {
    return Parser(graph, text, names, where).whole();
}

}  // namespace ngv::model
