// Neurolucida ASC (V3): nested brackets, one tree a neurite.
//
//     ("CellBody" (Color Red) (CellBody) (x y z d) ...)          an outline of the soma
//     ((Color Blue) (Axon) (x y z d) ... ( branch | branch ))    a neurite; markers, spines and properties are passed over
//
// Sections as NEURON's Import3d_Neurolucida3 makes them: a branch that does not begin at its parent's last point gets a
// copy of it with its own first diameter; a neurite hangs on the middle of the soma and begins at its own first point;
// sections without length are left out, their children move to the parent. Numbers are rounded to 8 digits, as Import3d
// hands them on.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/common/contour_soma.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/morphology.hpp"

namespace ngv {

namespace {

double eight_digits(double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.8g", x);
    return std::strtod(text, nullptr);
}

enum class Kind { end, open, close, bar, comma, spine_open, spine_close, number, string, word };

struct Token {
    Kind kind;
    double number;
    std::string_view text;
    int line;
};

class Lexer {
  public:
    Lexer(const std::string& text, const std::string& name) : name_(name) {
        int line = 1;
        for (std::size_t i = 0; i < text.size();) {
            const char c = text[i];
            if (c == '\n') ++line;
            if (std::isspace(static_cast<unsigned char>(c))) {
                ++i;
            } else if (c == ';') {
                i = std::min(text.find('\n', i), text.size());
            } else if (c == '"') {
                const auto end = text.find('"', i + 1);
                if (end == std::string::npos) throw UserError(Problem{where(line), "a text has no closing quote", ""});
                push(Kind::string, 0, std::string_view(text).substr(i + 1, end - i - 1), line);
                i = end + 1;
            } else if (const auto place = std::string_view("()|,<>").find(c); place != std::string_view::npos) {
                constexpr Kind kinds[] = {Kind::open,  Kind::close,      Kind::bar,
                                          Kind::comma, Kind::spine_open, Kind::spine_close};
                push(kinds[place], 0, {}, line);
                ++i;
            } else {
                std::size_t end = i;
                while (end < text.size() && !std::isspace(static_cast<unsigned char>(text[end])) &&
                       std::string_view("()|,<>;\"").find(text[end]) == std::string_view::npos)
                    ++end;
                const std::string_view word = std::string_view(text).substr(i, end - i);
                const char* begin = word.data() + (word[0] == '+');
                double number = 0;
                const auto [rest, code] = std::from_chars(begin, word.data() + word.size(), number);
                if (code == std::errc() && rest == word.data() + word.size())
                    push(Kind::number, number, word, line);
                else
                    push(Kind::word, 0, word, line);
                i = end;
            }
        }
        push(Kind::end, 0, {}, line);
    }
    const Token& at(std::size_t ahead = 0) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }
    Token take() { return tokens_[next_ < tokens_.size() - 1 ? next_++ : next_]; }
    Token need(Kind kind, const char* what) {
        if (at().kind != kind)
            throw UserError(Problem{where(at().line), fmt::format("expected {}, found '{}'", what, shown(at())),
                                    "is this a Neurolucida ASC file?"});
        return take();
    }
    std::string where(int line) const { return fmt::format("{}:{}", name_, line); }
    static std::string shown(const Token& t) {
        switch (t.kind) {
            case Kind::end:
                return "the end of the file";
            case Kind::open:
                return "(";
            case Kind::close:
                return ")";
            case Kind::bar:
                return "|";
            case Kind::comma:
                return ",";
            case Kind::spine_open:
                return "<";
            case Kind::spine_close:
                return ">";
            default:
                return std::string(t.text);
        }
    }

  private:
    void push(Kind kind, double number, std::string_view text, int line) {
        tokens_.push_back({kind, number, text, line});
    }
    std::string name_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
};

struct AscSection {
    int type, parent, line;  // parent: place in the list; -1: a root
    std::vector<MorphologyPoint> points = {};
};

class AscReader {
  public:
    AscReader(const std::string& text, const std::string& name) : name_(name), lexer_(text, name) {
        while (lexer_.at().kind != Kind::end) object();
    }

    Morphology build() {
        drop_sections_without_length();
        Morphology m;
        m.name = std::filesystem::path(name_).stem().string();
        m.sections.push_back({static_cast<int>(SectionType::soma), -1, soma(m)});
        std::vector<int> order(sections_.size()), number(sections_.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return at(a).type < at(b).type; });
        for (std::size_t i = 0; i < order.size(); ++i)
            number[static_cast<std::size_t>(order[i])] = static_cast<int>(i) + 1;
        for (int i : order) {
            const auto& s = at(i);
            const int parent = s.parent < 0 ? 0 : number[static_cast<std::size_t>(s.parent)];
            if (parent >= static_cast<int>(m.sections.size()))
                throw UserError(
                    Problem{lexer_.where(s.line), "a branch has another type than the neurite it hangs on", ""});
            m.sections.push_back({s.type, parent, s.points});
        }
        for (auto& s : m.sections)
            for (auto& p : s.points)
                p = {eight_digits(p.x), eight_digits(p.y), eight_digits(p.z), eight_digits(p.diameter)};
        return m;
    }

  private:
    const AscSection& at(int i) const { return sections_[static_cast<std::size_t>(i)]; }

    void object() {
        if (lexer_.at().kind == Kind::comma) lexer_.take();
        lexer_.need(Kind::open, "'('");
        if (lexer_.at().kind == Kind::string) {
            outline();
        } else if (lexer_.at().kind == Kind::open && is_tree()) {
            tree();
        } else {
            skip_to_close();
        }
    }

    /// Takes everything up to the bracket that closes the one taken last.
    void skip_to_close() {
        for (int depth = 1; depth > 0;) {
            const Token t = lexer_.take();
            if (t.kind == Kind::open) ++depth;
            if (t.kind == Kind::close) --depth;
            if (t.kind == Kind::end) throw UserError(Problem{lexer_.where(t.line), "a '(' is never closed", ""});
        }
    }

    /// A text, ((properties) (x y z) "..."), looks like a tree until its string.
    bool is_tree() const {
        std::size_t i = 0;
        int depth = 1;
        bool number = false;
        for (; lexer_.at(i).kind != Kind::end && depth > 0; ++i) {
            const auto& t = lexer_.at(i);
            if (t.kind == Kind::open) ++depth;
            if (t.kind == Kind::close) --depth;
            if (t.kind == Kind::number && lexer_.at(i - 1).kind == Kind::open) {
                number = true;
                if (depth > 2) break;
            }
            if (depth == 1 && t.kind == Kind::string) return false;
            if (number && depth == 1 && t.kind == Kind::close) return lexer_.at(i + 1).kind != Kind::string;
        }
        return number;
    }

    MorphologyPoint point() {
        lexer_.need(Kind::open, "'('");
        double v[4] = {0, 0, 0, 0};
        for (int i = 0; i < 4; ++i) {
            if (lexer_.at().kind == Kind::comma) lexer_.take();
            if (i >= 2 && lexer_.at().kind != Kind::number) break;
            v[i] = lexer_.need(Kind::number, "a number").number;
        }
        skip_to_close();  // a modifier or Bezier numbers may follow
        return {v[0], v[1], v[2], v[3]};
    }

    bool at_point() const { return lexer_.at().kind == Kind::open && lexer_.at(1).kind == Kind::number; }

    void outline() {
        const Token name = lexer_.take();
        std::vector<MorphologyPoint> points;
        while (lexer_.at().kind != Kind::close && lexer_.at().kind != Kind::end) {
            if (at_point()) {
                points.push_back(point());
            } else if (lexer_.take().kind == Kind::open) {
                skip_to_close();
            }
        }
        lexer_.need(Kind::close, "')'");
        if (name.text != "CellBody" && name.text != "Cell Body" && name.text != "Soma") return;
        if (points.size() < 3) {
            log_warning("{}: an outline of the soma with {} points is passed over", lexer_.where(name.line),
                        points.size());
            return;
        }
        outlines_.push_back(std::move(points));
    }

    void tree() {
        int type = 0;
        const int line = lexer_.at().line;
        while (lexer_.at().kind == Kind::open && lexer_.at(1).kind != Kind::number) {
            lexer_.take();
            const auto word = lexer_.at().text;
            if (word == "Axon") type = static_cast<int>(SectionType::axon);
            if (word == "Dendrite") type = static_cast<int>(SectionType::basal);
            if (word == "Apical") type = static_cast<int>(SectionType::apical);
            skip_to_close();
            if (lexer_.at().kind == Kind::comma) lexer_.take();
        }
        if (type == 0)
            throw UserError(Problem{lexer_.where(line), "a neurite has no type",
                                    "expected (Axon), (Dendrite) or (Apical) before its first point"});
        branch(type, -1);
        lexer_.need(Kind::close, "')'");
    }

    void branch(int type, int parent) {
        const int self = static_cast<int>(sections_.size());
        sections_.push_back({type, parent, lexer_.at().line});
        std::vector<MorphologyPoint> points;
        while (true) {
            if (lexer_.at().kind == Kind::comma) lexer_.take();
            if (at_point()) {
                points.push_back(point());
            } else if (lexer_.at().kind == Kind::spine_open) {
                while (lexer_.at().kind != Kind::spine_close && lexer_.at().kind != Kind::end) lexer_.take();
                lexer_.need(Kind::spine_close, "'>'");
            } else if (lexer_.at().kind == Kind::open && lexer_.at(1).kind == Kind::word) {
                lexer_.take();  // a marker
                skip_to_close();
            } else {
                break;
            }
        }
        if (points.empty())
            throw UserError(Problem{lexer_.where(lexer_.at().line), "a branch has no points",
                                    "found '" + Lexer::shown(lexer_.at()) + "'"});
        for (const auto& p : points)
            if (!(p.diameter > 0))
                throw UserError(
                    Problem{lexer_.where(at(self).line),
                            fmt::format("a branch from here has the diameter {}, expected a positive number "
                                        "of um",
                                        p.diameter),
                            ""});
        if (parent >= 0) {
            const auto& end = at(parent).points.back();
            if (end.x != points[0].x || end.y != points[0].y || end.z != points[0].z)
                points.insert(points.begin(), {end.x, end.y, end.z, points[0].diameter});
        }
        sections_[static_cast<std::size_t>(self)].points = std::move(points);
        if (lexer_.at().kind == Kind::open) {
            lexer_.take();
            branch(type, self);
            while (lexer_.at().kind == Kind::bar) {
                lexer_.take();
                if (lexer_.at().kind == Kind::bar || lexer_.at().kind == Kind::close) continue;  // an empty branch
                branch(type, self);
            }
            lexer_.need(Kind::close, "')'");
        } else if (lexer_.at().kind == Kind::word) {
            lexer_.take();  // Normal, Incomplete, ...
        }
    }

    void drop_sections_without_length() {
        for (int i = static_cast<int>(sections_.size()) - 1; i >= 0; --i) {
            const auto& p = at(i).points;
            const bool same = p.size() == 2 && p[0].x == p[1].x && p[0].y == p[1].y && p[0].z == p[1].z;
            if (p.size() > 1 && !same) continue;
            log_warning("{}: a section without length is left out", lexer_.where(at(i).line));
            const int parent = at(i).parent;
            sections_.erase(sections_.begin() + i);
            for (auto& s : sections_) {
                if (s.parent == i) s.parent = parent;
                if (s.parent > i) --s.parent;
            }
        }
    }

    std::vector<MorphologyPoint> soma(Morphology& m) const {
        if (outlines_.empty()) {
            if (sections_.empty()) throw UserError(Problem{name_, "the file has no neurite and no soma", ""});
            m.soma = sections_[0].points[0];
            const auto& c = m.soma;
            const double r = c.diameter / 2;
            log_warning("{}: no soma; a sphere of {:g} um at the first point stands for it", name_, c.diameter);
            return {{c.x - r, c.y, c.z, c.diameter}, {c.x, c.y, c.z, c.diameter}, {c.x + r, c.y, c.z, c.diameter}};
        }
        m.soma = sphere_of_outline(outlines_[0]);
        if (outlines_.size() > 1) return frusta_of_stack(outlines_);
        return frusta_of_outline(outlines_[0], name_);
    }

    std::string name_;
    Lexer lexer_;
    std::vector<AscSection> sections_;
    std::vector<std::vector<MorphologyPoint>> outlines_;
};

}  // namespace

Morphology parse_asc(const std::string& text, const std::string& name) {
    return AscReader(text, name).build();
}

Morphology read_asc(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in || std::filesystem::is_directory(file))
        throw UserError(Problem{file.string(), "the morphology file cannot be read", "check the path"});
    std::stringstream text;
    text << in.rdbuf();
    return parse_asc(text.str(), file.string());
}

}  // namespace ngv
