#include "solvers/neuron/nmodl/lexer.hpp"

#include <array>

namespace ngv::nmodl {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Lexer {
  public:
    Lexer(Source& source, std::int32_t file, std::vector<Token>& out, int depth)
        : source_(source), text_(source.text(file)), out_(out), depth_(depth) {
        at_.file = file;
    }

    void run() {
        while (true) {
            skip_blanks();
            if (done()) return;
            const char c = here();
            if (is_letter(c))
                word();
            else if (is_digit(c) || (c == '.' && is_digit(peek(1))))
                number();
            else if (c == '"')
                string();
            else
                symbol();
        }
    }

  private:
    bool done() const { return static_cast<std::size_t>(at_.offset) >= text_.size(); }
    char peek(std::size_t ahead) const {
        const auto i = static_cast<std::size_t>(at_.offset) + ahead;
        return i < text_.size() ? text_[i] : '\0';
    }
    char here() const { return peek(0); }
    void step() {
        if (here() == '\n') {
            ++at_.line;
            at_.column = 0;
        }
        ++at_.column;
        ++at_.offset;
    }
    void step(std::size_t n) {
        for (std::size_t i = 0; i < n && !done(); ++i) step();
    }
    std::string rest_of_line() {
        const auto begin = static_cast<std::size_t>(at_.offset);
        while (!done() && here() != '\n') step();
        return std::string(text_.substr(begin, static_cast<std::size_t>(at_.offset) - begin));
    }

    void skip_blanks() {
        while (!done()) {
            const char c = here();
            if (c == ':' || c == '?')
                rest_of_line();
            else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v')
                step();
            else
                return;
        }
    }

    void push(Token::Kind kind, std::string text, Position at) {
        out_.push_back({kind, std::move(text), at, at_.offset});
    }

    /// The text up to `word` as a word of its own; steps behind it.
    std::string until(std::string_view word, Position opened, std::string_view opener) {
        const auto begin = static_cast<std::size_t>(at_.offset);
        for (auto found = text_.find(word, begin); found != std::string_view::npos;
             found = text_.find(word, found + 1)) {
            const auto behind = found + word.size();
            if ((found > 0 && (is_letter(text_[found - 1]) || is_digit(text_[found - 1]))) ||
                (behind < text_.size() && (is_letter(text_[behind]) || is_digit(text_[behind]))))
                continue;
            std::string inside(text_.substr(begin, found - begin));
            step(behind - begin);
            return inside;
        }
        source_.fail(opened, std::string(opener) + " without " + std::string(word),
                     "close it with " + std::string(word));
    }

    void word() {
        const auto at = at_;
        const auto begin = static_cast<std::size_t>(at_.offset);
        while (is_letter(here()) || is_digit(here())) step();
        std::string name(text_.substr(begin, static_cast<std::size_t>(at_.offset) - begin));
        if (name == "COMMENT") {
            until("ENDCOMMENT", at, name);
        } else if (name == "VERBATIM") {
            push(Token::Kind::verbatim, until("ENDVERBATIM", at, name), at);
        } else if (name == "TITLE") {
            push(Token::Kind::title, rest_of_line(), at);
        } else if (name == "INCLUDE") {
            include(at);
        } else if (name != "UNITSON" && name != "UNITSOFF") {  // those switch a check of NEURON's modlunit
            push(Token::Kind::name, std::move(name), at);
        }
    }

    void include(Position at) {
        skip_blanks();
        if (here() != '"') source_.fail(at_, "INCLUDE without a file name", "write INCLUDE \"file.inc\"");
        string();
        const auto name = out_.back().text;
        out_.pop_back();
        if (depth_ >= 16) source_.fail(at, "INCLUDE nested more than 16 deep", "break the circle of files");
        auto path = source_.path(at.file).parent_path() / name;
        if (!std::filesystem::is_regular_file(path))
            source_.fail(at, "included file '" + path.string() + "' does not exist", "put it beside the .mod file");
        auto text = read_text(path);
        const auto file = source_.include(std::move(path), std::move(text));
        text_ = source_.text(at_.file);  // the list of files may have moved
        Lexer(source_, file, out_, depth_ + 1).run();
        text_ = source_.text(at_.file);
    }

    void number() {
        const auto at = at_;
        const auto begin = static_cast<std::size_t>(at_.offset);
        while (is_digit(here())) step();
        if (here() == '.') step();
        while (is_digit(here())) step();
        if (here() == 'e' || here() == 'E') {
            const bool sign = peek(1) == '+' || peek(1) == '-';
            if (is_digit(peek(sign ? 2 : 1))) {
                step(sign ? 2 : 1);
                while (is_digit(here())) step();
            }
        }
        push(Token::Kind::number, std::string(text_.substr(begin, static_cast<std::size_t>(at_.offset) - begin)), at);
    }

    void string() {
        const auto at = at_;
        step();
        std::string value;
        while (!done() && here() != '"' && here() != '\n') {
            if (here() == '\\' && peek(1) != '\0' && peek(1) != '\n') {
                value += here();
                step();
            }
            value += here();
            step();
        }
        if (here() != '"') source_.fail(at, "a string without its closing quote", "close it on the same line");
        step();
        push(Token::Kind::string, std::move(value), at);
    }

    void symbol() {
        static constexpr std::array<std::string_view, 9> longer{"<->", "<<", "->", "<=", ">=", "==", "!=", "&&", "||"};
        const auto at = at_;
        const auto left = text_.substr(static_cast<std::size_t>(at_.offset));
        for (auto s : longer)
            if (left.starts_with(s)) {
                step(s.size());
                push(Token::Kind::symbol, std::string(s), at);
                return;
            }
        std::string one(1, here());
        step();
        push(Token::Kind::symbol, std::move(one), at);
    }

    Source& source_;
    std::string_view text_;
    std::vector<Token>& out_;
    Position at_;
    int depth_;
};

}  // namespace

std::vector<Token> tokenize(Source& source) {
    std::vector<Token> tokens;
    Lexer(source, 0, tokens, 0).run();
    Token end;
    if (!tokens.empty()) {
        end.at = tokens.back().at;
        end.at.column += tokens.back().end_offset - tokens.back().at.offset;
        end.at.offset = tokens.back().end_offset;
    }
    end.end_offset = end.at.offset;
    tokens.push_back(std::move(end));
    return tokens;
}

}  // namespace ngv::nmodl
