// A place in the row of tokens, and what parsers do there: look, take, expect.
#pragma once

#include "solvers/neuron/nmodl/lexer.hpp"

namespace ngv::nmodl {

class Cursor {
  public:
    Cursor(const Source& source, std::vector<Token> tokens) : source_(source), tokens_(std::move(tokens)) {}

    const Token& here() const { return tokens_[next_]; }
    const Token& ahead(std::size_t n) const { return tokens_[std::min(next_ + n, tokens_.size() - 1)]; }
    bool at(std::string_view what) const { return here().is(what); }
    bool at(Token::Kind kind) const { return here().kind == kind; }
    Position where() const { return here().at; }
    const Source& source() const { return source_; }

    Token take() {
        const auto now = next_;
        if (next_ + 1 < tokens_.size()) ++next_;
        return tokens_[now];
    }
    bool take_if(std::string_view what) {
        if (!at(what)) return false;
        take();
        return true;
    }
    Token expect(std::string_view what, std::string_view context) {
        if (!at(what)) expected("'" + std::string(what) + "' " + std::string(context));
        return take();
    }
    Token expect_name(std::string_view context) {
        if (!at(Token::Kind::name)) expected("a name " + std::string(context));
        return take();
    }
    /// An error at this place: found ..., expected `what`.
    [[noreturn]] void expected(const std::string& what) const {
        source_.fail(where(), "found " + found() + ", expected " + what);
    }
    [[noreturn]] void fail(Position at, const std::string& what, const std::string& fix = "") const {
        source_.fail(at, what, fix);
    }

    /// The text of "(mA/cm2)" without parentheses, blanks at its ends removed; "" when no '(' is here.
    std::string unit_if_any();

  private:
    std::string found() const;
    const Source& source_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
};

}  // namespace ngv::nmodl
