#include "solvers/neuron/nmodl/cursor.hpp"

namespace ngv::nmodl {

std::string Cursor::found() const {
    switch (here().kind) {
        case Token::Kind::end:
            return "the end of the file";
        case Token::Kind::string:
            return "the string \"" + here().text + "\"";
        case Token::Kind::verbatim:
            return "VERBATIM";
        case Token::Kind::title:
            return "TITLE";
        default:
            break;
    }
    const unsigned char c = here().text.empty() ? 0 : static_cast<unsigned char>(here().text[0]);
    if (c < 32 || c > 126) return "a byte of value " + std::to_string(c);
    return "'" + here().text + "'";
}

std::string Cursor::unit_if_any() {
    if (!at("(")) return "";
    const auto open = take();
    std::size_t behind = next_;
    int depth = 1;
    while (tokens_[behind].kind != Token::Kind::end && tokens_[behind].at.file == open.at.file &&
           tokens_[behind].at.line == open.at.line) {
        if (tokens_[behind].is("(")) ++depth;
        if (tokens_[behind].is(")") && --depth == 0) break;
        ++behind;
    }
    if (!tokens_[behind].is(")") || depth != 0)
        fail(open.at, "a unit without its closing parenthesis", "close it on the same line");
    const auto text = source_.text(open.at.file);
    auto unit = text.substr(static_cast<std::size_t>(open.end_offset),
                            static_cast<std::size_t>(tokens_[behind].at.offset - open.end_offset));
    next_ = behind + 1;
    while (!unit.empty() && (unit.front() == ' ' || unit.front() == '\t')) unit.remove_prefix(1);
    while (!unit.empty() && (unit.back() == ' ' || unit.back() == '\t')) unit.remove_suffix(1);
    return std::string(unit);
}

}  // namespace ngv::nmodl
