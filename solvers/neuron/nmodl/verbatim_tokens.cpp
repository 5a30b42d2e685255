#include "solvers/neuron/nmodl/verbatim_tokens.hpp"

#include <array>
#include <set>

#include "solvers/neuron/nmodl/verbatim_c.hpp"

namespace ngv::nmodl {
namespace {

void tokens_of(const std::string& c, Position at, std::vector<CToken>& out) {
    static constexpr std::array<std::string_view, 14> longer{
        "++", "--", "+=", "-=", "*=", "/=", "==", "!=", "<=", ">=", "&&", "||", "->", "<<"};
    const auto letter = [](char x) { return std::isalnum(static_cast<unsigned char>(x)) != 0 || x == '_'; };
    for (std::size_t i = 0; i < c.size();) {
        const char x = c[i];
        std::size_t n = 1;
        if (std::isspace(static_cast<unsigned char>(x)) != 0) {
            ++i;
            continue;
        }
        auto kind = CToken::Kind::symbol;
        if (std::isdigit(static_cast<unsigned char>(x)) != 0 ||
            (x == '.' && i + 1 < c.size() && std::isdigit(static_cast<unsigned char>(c[i + 1])) != 0)) {
            kind = CToken::Kind::number;
            while (i + n < c.size() && (letter(c[i + n]) || c[i + n] == '.' ||
                                        ((c[i + n] == '-' || c[i + n] == '+') && (c[i + n - 1] | 32) == 'e')))
                ++n;
        } else if (letter(x)) {
            kind = CToken::Kind::name;
            while (i + n < c.size() && letter(c[i + n])) ++n;
        } else {
            for (const auto s : longer)
                if (c.compare(i, s.size(), s) == 0) n = s.size();
        }
        out.push_back({kind, c.substr(i, n), at, nullptr});
        i += n;
    }
}

}  // namespace

CCursor::CCursor(const Block& block, const std::function<std::string(const std::string&)>& plain) {
    for (const auto& s : block) {
        if (const auto* v = std::get_if<Verbatim>(&s.is))
            tokens_of(plain(v->text), s.at, tokens_);
        else
            tokens_.push_back({CToken::Kind::nmodl, "", s.at, &s});
    }
    tokens_.push_back({});
    if (tokens_.size() > 1) tokens_.back().at = tokens_[tokens_.size() - 2].at;
}

bool CCursor::at_type() const {
    return at_name() && is_c_type(here().text);
}

void CCursor::expect(std::string_view s) {
    if (!take_if(s)) throw NotReadable{"found '" + here().text + "', expected '" + std::string(s) + "'"};
}

CCursor::Deeper::Deeper(CCursor& c) : cursor(c) {
    if (++cursor.depth_ > 200) throw NotReadable{"C nested more than 200 deep"};
}

bool is_c_type(const std::string& word) {
    static const std::set<std::string> types{"int",      "double",   "float",  "void",          "unsigned",
                                             "long",     "short",    "char",   "const",         "static",
                                             "uint32_t", "int32_t",  "Object", "IvocVect",      "nrnran123_State",
                                             "size_t",   "uint64_t", "Rand",   "Point_process", "auto"};
    return types.contains(word);
}

bool is_whole_type(const std::string& word) {
    return word != "double" && word != "float" && word != "const" && word != "static" && word != "void";
}

}  // namespace ngv::nmodl
