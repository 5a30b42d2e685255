// The C of VERBATIM as tokens, with the NMODL statements that stand between two VERBATIM.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

struct CToken {
    enum class Kind { name, number, symbol, nmodl, end };
    Kind kind = Kind::end;
    std::string text;
    Position at;
    const Statement* statement = nullptr;  ///< one of NMODL's, between two VERBATIM
    bool is(std::string_view s) const { return (kind == Kind::symbol || kind == Kind::name) && text == s; }
};

/// A place in the tokens of a block. `plain`: C without comments and preprocessor lines.
class CCursor {
  public:
    CCursor(const Block& block, const std::function<std::string(const std::string&)>& plain);

    const CToken& here() const { return tokens_[next_]; }
    const CToken& ahead(std::size_t n) const { return tokens_[std::min(next_ + n, tokens_.size() - 1)]; }
    const CToken& before() const { return tokens_[next_ - 1]; }
    bool at(std::string_view s) const { return here().is(s); }
    bool at_name() const { return here().kind == CToken::Kind::name; }
    bool at_type() const;
    const CToken& take() { return tokens_[next_++]; }
    bool take_if(std::string_view s) {
        if (!at(s)) return false;
        ++next_;
        return true;
    }
    void expect(std::string_view s);

    /// Guards against nesting that would exhaust the stack.
    struct Deeper {
        explicit Deeper(CCursor& c);
        ~Deeper() { --cursor.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        CCursor& cursor;
    };

  private:
    std::vector<CToken> tokens_;
    std::size_t next_ = 0;
    int depth_ = 0;
};

/// Whether a word begins a declaration or is a cast; whether it is an integer's.
bool is_c_type(const std::string& word);
bool is_whole_type(const std::string& word);

}  // namespace ngv::nmodl
