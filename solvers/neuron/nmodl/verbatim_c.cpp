#include "solvers/neuron/nmodl/verbatim_c.hpp"

#include <array>
#include <map>

namespace ngv::nmodl {
namespace {

using Kind = Expression::Kind;

struct CToken {
    enum class Kind { name, number, symbol, nmodl, end };
    Kind kind = Kind::end;
    std::string text;
    Position at;
    const Statement* statement = nullptr;  ///< one of NMODL's, between two VERBATIM
    bool is(std::string_view s) const { return (kind == Kind::symbol || kind == Kind::name) && text == s; }
};

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

/// What an expression of C stands for.
struct Value {
    enum class What { number, vector, elements, stream, reference, null };
    What what = What::number;
    Expression number = {};
    bool whole = false;  ///< a number of an integer type
    std::string name = {};
};

class Reader {
  public:
    Reader(std::vector<CToken> tokens, CNames& names) : tokens_(std::move(tokens)), names_(names) {}

    Block run() {
        Block result;
        scopes_.emplace_back();
        while (here().kind != CToken::Kind::end) statement(result);
        return result;
    }

  private:
    using What = Value::What;
    struct Variable {
        bool whole = false, pointer = false, known = true;
        Value value;  ///< of a pointer
    };

    /// Guards against nesting that would exhaust the stack.
    struct Deeper {
        explicit Deeper(Reader& r) : reader(r) {
            if (++reader.depth_ > 200) throw NotReadable{"C nested more than 200 deep"};
        }
        ~Deeper() { --reader.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        Reader& reader;
    };

    const CToken& here() const { return tokens_[next_]; }
    const CToken& ahead(std::size_t n) const { return tokens_[std::min(next_ + n, tokens_.size() - 1)]; }
    bool take_if(std::string_view s) {
        if (!here().is(s)) return false;
        ++next_;
        return true;
    }
    void expect(std::string_view s) {
        if (!take_if(s)) throw NotReadable{"found '" + here().text + "', expected '" + std::string(s) + "'"};
    }
    static bool is_type(const std::string& word) {
        static const std::set<std::string> types{"int",      "double",   "float",  "void",          "unsigned",
                                                 "long",     "short",    "char",   "const",         "static",
                                                 "uint32_t", "int32_t",  "Object", "IvocVect",      "nrnran123_State",
                                                 "size_t",   "uint64_t", "Rand",   "Point_process", "auto"};
        return types.contains(word);
    }
    static bool is_whole(const std::string& word) {
        return word != "double" && word != "float" && word != "const" && word != "static" && word != "void";
    }

    Expression node(Kind kind, const std::string& text, std::vector<Expression> operands = {}) const {
        return {kind, here().at, text, "", std::move(operands)};
    }
    Value number(Expression e, bool whole = false) const { return {What::number, std::move(e), whole, ""}; }
    Value number(const char* text) const { return number(node(Kind::number, text), true); }
    Expression as_number(const Value& v) const {
        if (v.what == What::number) return v.number;
        if (v.what == What::null) return node(Kind::number, "0");
        if (v.what == What::stream) return node(Kind::number, "1");
        if (v.what == What::vector || v.what == What::elements)
            return node(Kind::call, "vector_given", {node(Kind::name, v.name)});
        throw NotReadable{"the address of '" + v.name + "'"};
    }
    /// Converted to an integer as C does.
    Expression as_whole(const Value& v) const {
        auto e = as_number(v);
        return v.whole || v.what != What::number ? e : node(Kind::call, "trunc", {std::move(e)});
    }

    Variable* find(const std::string& name) {
        for (auto s = scopes_.rbegin(); s != scopes_.rend(); ++s)
            if (const auto it = s->find(name); it != s->end()) return &it->second;
        return nullptr;
    }

    // Statements.

    void statement(Block& into) {
        const Deeper deeper(*this);
        const auto at = here().at;
        if (here().kind == CToken::Kind::end) throw NotReadable{"a brace that is not closed"};
        if (here().kind == CToken::Kind::nmodl) {
            into.push_back(*tokens_[next_++].statement);
            return;
        }
        if (take_if(";")) return;
        if (here().is("{")) {
            auto inner = body();
            if (!inner.empty()) into.push_back({at, If{node(Kind::number, "1"), std::move(inner), {}}});
            return;
        }
        if (take_if("if")) {
            expect("(");
            If result;
            result.condition = as_number(expression());
            expect(")");
            result.yes = body();
            if (take_if("else")) result.no = body();
            into.push_back({at, std::move(result)});
            return;
        }
        if (take_if("while")) {
            expect("(");
            auto condition = as_number(expression());
            expect(")");
            into.push_back({at, While{std::move(condition), body()}});
            return;
        }
        if (take_if("for")) return loop(into, at);
        if (take_if("return")) {
            if (!here().is(";")) {  // a PROCEDURE's or handler's value is nobody's
                const auto value = expression();
                if (!names_.function.empty()) assign(into, at, names_.function, value);
            }
            expect(";");
            into.push_back({at, Return{}});
            return;
        }
        if (here().kind == CToken::Kind::name && is_type(here().text)) return declaration(into);
        simple(into);
        expect(";");
    }

    /// A statement or a block in braces, with its own names.
    Block body() {
        Block result;
        scopes_.emplace_back();
        const auto before = pointers();
        if (take_if("{")) {
            while (!take_if("}")) statement(result);
        } else {
            statement(result);
        }
        scopes_.pop_back();
        for (auto& [variable, value] : before)
            if (variable->value.name != value.name || variable->value.what != value.what) variable->known = false;
        return result;
    }
    std::vector<std::pair<Variable*, Value>> pointers() {
        std::vector<std::pair<Variable*, Value>> all;
        for (auto& s : scopes_)
            for (auto& [name, v] : s)
                if (v.pointer && v.value.what != What::null) all.emplace_back(&v, v.value);
        return all;
    }

    void loop(Block& into, Position at) {
        expect("(");
        Block whole;
        scopes_.emplace_back();
        if (here().kind == CToken::Kind::name && is_type(here().text)) {
            declaration(whole);
        } else {
            if (!here().is(";")) simple(whole);
            expect(";");
        }
        auto condition = here().is(";") ? node(Kind::number, "1") : as_number(expression());
        expect(";");
        Block step;
        if (!here().is(")")) simple(step);
        expect(")");
        auto inner = body();
        inner.insert(inner.end(), step.begin(), step.end());
        whole.push_back({at, While{std::move(condition), std::move(inner)}});
        scopes_.pop_back();
        into.push_back({at, If{node(Kind::number, "1"), std::move(whole), {}}});
    }

    void declaration(Block& into) {
        bool whole = true;
        while (here().kind == CToken::Kind::name && is_type(here().text)) {
            whole = whole && is_whole(here().text);
            ++next_;
        }
        do {
            const auto at = here().at;
            bool pointer = false;
            while (take_if("*")) pointer = true;
            if (here().kind != CToken::Kind::name) throw NotReadable{"a declaration at '" + here().text + "'"};
            const auto name = tokens_[next_++].text;
            if (here().is("[") || here().is("(")) throw NotReadable{"the array or function '" + name + "'"};
            auto& v = scopes_.back()[name];
            v = {whole, pointer, true, {What::null, {}, false, ""}};
            if (!pointer) into.push_back({at, Local{{{name, 0}}}});
            if (take_if("=")) assign(into, at, name, expression());
        } while (take_if(","));
        expect(";");
    }

    void assign(Block& into, Position at, const std::string& name, const Value& value) {
        auto* v = find(name);
        if (v && v->pointer) {
            if (value.what == What::number) throw NotReadable{"the pointer '" + name + "' that is given a number"};
            v->value = value;
            v->known = true;
            return;
        }
        into.push_back({at, Assign{node(Kind::name, name), v && v->whole ? as_whole(value) : as_number(value)}});
    }

    /// An assignment, a step or a call.
    void simple(Block& into) {
        const auto at = here().at;
        for (const char* step : {"++", "--"})
            if (take_if(step)) return change(into, at, name_of(primary()), std::string(1, step[0]), number("1"));
        if (here().kind == CToken::Kind::name && ahead(1).is("(")) {
            auto call = expression();
            if (call.what == What::number && call.number.kind == Kind::call)
                into.push_back({at, Evaluate{std::move(call.number)}});
            return;
        }
        if (here().is("(") || here().is("*")) {  // (void)x; *pv = ...
            const auto value = expression();
            if (here().is("=")) throw NotReadable{"an assignment through a pointer"};
            if (value.what != What::number) return;
            throw NotReadable{"a statement without an effect"};
        }
        if (here().kind != CToken::Kind::name) throw NotReadable{"a statement at '" + here().text + "'"};
        const auto written = here().text;
        if (ahead(1).is("=")) {
            next_ += 2;
            return assign(into, at, plain_name(written), expression());
        }
        const auto target = primary();
        for (const char* step : {"++", "--"})
            if (take_if(step)) return change(into, at, name_of(target), std::string(1, step[0]), number("1"));
        for (const char* op : {"+=", "-=", "*=", "/="})
            if (take_if(op)) return change(into, at, name_of(target), std::string(1, op[0]), expression());
        if (take_if("=")) {  // an element of an array of the file
            if (target.what != What::number || target.number.kind != Kind::element || target.number.text == "vector_at")
                throw NotReadable{"an assignment to '" + written + "'"};
            into.push_back({at, Assign{target.number, as_number(expression())}});
            return;
        }
        throw NotReadable{"found '" + here().text + "' behind '" + written + "'"};
    }
    std::string name_of(const Value& v) const {
        if (v.what != What::number || v.number.kind != Kind::name) throw NotReadable{"a change of what is no variable"};
        return v.number.text;
    }
    void change(Block& into, Position at, const std::string& name, const std::string& op, const Value& by) {
        const auto* v = find(name);
        const bool whole = v && v->whole;
        auto e = node(Kind::binary, op, {node(Kind::name, name), as_number(by)});
        assign(into, at, name, number(std::move(e), whole && by.whole && op != "/"));
    }

    // Expressions.

    Value expression() { return binary(0); }

    Value binary(int level) {
        static const std::vector<std::vector<std::string>> levels{
            {"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/", "%"}};
        if (level == static_cast<int>(levels.size())) return unary();
        auto left = binary(level + 1);
        while (true) {
            std::string op;
            for (const auto& o : levels[static_cast<std::size_t>(level)])
                if (take_if(o)) op = o;
            if (op.empty()) break;
            const auto right = binary(level + 1);
            const bool compares = level < 4, whole = left.whole && right.whole;
            if (left.what == What::null || right.what == What::null) {  // vv != NULL
                const auto& other = left.what == What::null ? right : left;
                if (op != "==" && op != "!=") throw NotReadable{"'" + op + "' of a pointer"};
                auto given = as_number(other);
                left = number(op == "!=" ? std::move(given) : node(Kind::unary, "!", {std::move(given)}), true);
                continue;
            }
            auto e = node(Kind::binary, op, {as_number(left), as_number(right)});
            if (op == "/" && whole) e = node(Kind::call, "trunc", {std::move(e)});
            left = number(std::move(e), compares || whole);
        }
        if (here().is("?")) throw NotReadable{"'?'"};
        return left;
    }

    Value unary() {
        const Deeper deeper(*this);
        if (take_if("!")) return number(node(Kind::unary, "!", {as_number(unary())}), true);
        if (take_if("-")) {
            const auto v = unary();
            return number(node(Kind::unary, "-", {as_number(v)}), v.whole);
        }
        if (take_if("+")) return unary();
        if (take_if("&")) {
            const auto written = tokens_[next_].text;
            if (here().kind != CToken::Kind::name) throw NotReadable{"'&'"};
            ++next_;
            return {What::reference, {}, false, written.starts_with("_p_") ? written.substr(3) : written};
        }
        if (take_if("*")) {
            if (here().text.starts_with("_p_") && names_.pointers.contains(here().text.substr(3)))
                return number(node(Kind::name, tokens_[next_++].text.substr(3)));
            const auto v = unary();
            if (v.what == What::stream || v.what == What::vector) return v;
            if (v.what == What::reference) return object(v.name);
            throw NotReadable{"'*' of a number"};
        }
        if (here().is("(") && ahead(1).kind == CToken::Kind::name && is_type(ahead(1).text)) {
            ++next_;
            bool whole = true, pointer = false;
            while (!take_if(")")) {
                if (here().is("*"))
                    pointer = true;
                else if (here().kind == CToken::Kind::name && is_type(here().text))
                    whole = whole && is_whole(here().text);
                else
                    throw NotReadable{"the type of a cast"};
                ++next_;
            }
            auto v = unary();
            if (pointer && v.what == What::number && v.number.kind == Kind::number && v.number.text == "0")
                return {What::null, {}, false, ""};
            if (pointer || v.what != What::number) return v;
            return whole ? number(as_whole(v), true) : number(v.number);
        }
        return primary();
    }

    Value object(const std::string& name) {
        if (names_.streams.contains(name)) return {What::stream, {}, false, name};
        names_.vectors.insert(name);
        return {What::vector, {}, false, name};
    }

    /// The name that NEURON's translator makes into `written`.
    static std::string plain_name(const std::string& written) {
        return written.starts_with("_l") ? written.substr(2) : written;
    }

    Value primary() {
        if (take_if("(")) {
            auto v = expression();
            expect(")");
            return v;
        }
        if (here().kind == CToken::Kind::number) {
            auto text = tokens_[next_++].text;
            while (!text.empty() && std::string("fFlLuU").find(text.back()) != std::string::npos &&
                   !text.starts_with("0x"))
                text.pop_back();
            return number(node(Kind::number, text), text.find_first_of(".eE") == std::string::npos);
        }
        if (here().kind != CToken::Kind::name) throw NotReadable{"'" + here().text + "'"};
        const auto written = tokens_[next_++].text;
        if (here().is("(")) return call(written);
        if (written == "NULL" || written == "nullptr") return {What::null, {}, false, ""};
        if (const auto* v = find(written); v && v->pointer) {
            if (!v->known) throw NotReadable{"the pointer '" + written + "', which depends on how the statements run"};
            if (v->value.what == What::elements && take_if("[")) {
                auto index = as_number(expression());
                expect("]");
                return number(node(Kind::call, "vector_at", {node(Kind::name, v->value.name), std::move(index)}));
            }
            return v->value;
        } else if (v) {
            return number(node(Kind::name, written), v->whole);
        }
        if (written.starts_with("_p_")) return object(written.substr(3));
        if (names_.streams.contains(written)) return object(written);
        const auto name = plain_name(written);
        if (take_if("[")) {
            auto index = as_whole(expression());
            expect("]");
            return number(node(Kind::element, name, {std::move(index)}));
        }
        return number(node(Kind::name, name));
    }

    Value call(const std::string& f) {
        expect("(");
        std::vector<Value> arguments;
        while (!take_if(")")) {
            if (here().is("_threadargs_") || here().is("_threadargscomma_"))
                ++next_;
            else
                arguments.push_back(expression());
            if (!here().is(")") && !take_if(",") && !(tokens_[next_ - 1].is("_threadargscomma_")))
                throw NotReadable{"the arguments of '" + f + "'"};
        }
        const auto first = arguments.empty() ? Value{} : arguments[0];
        if (f == "vector_capacity" && first.what == What::vector)
            return number(node(Kind::call, "vector_size", {node(Kind::name, first.name)}), true);
        if (f == "vector_vec" && first.what == What::vector) return {What::elements, {}, false, first.name};
        if (first.what == What::stream) {
            static const std::map<std::string, std::string> draws{{"nrnran123_negexp", "random_negexp"},
                                                                  {"nrnran123_normal", "random_normal"},
                                                                  {"nrnran123_dblpick", "random_uniform"},
                                                                  {"nrn_random_pick", "random_uniform"},
                                                                  {"nrnran123_ipick", "random_ipick"}};
            std::vector<Expression> stream{node(Kind::name, first.name)};
            if (const auto it = draws.find(f); it != draws.end())
                return number(node(Kind::call, it->second, std::move(stream)));
            if (f == "nrnran123_setseq" && arguments.size() == 3) {
                auto place = as_number(arguments[2]);
                if (auto four = as_number(arguments[1]); four.text != "0")
                    place =
                        node(Kind::binary, "+",
                             {node(Kind::binary, "*", {node(Kind::number, "4"), std::move(four)}), std::move(place)});
                stream.push_back(std::move(place));
                return number(node(Kind::call, "random_setseq", std::move(stream)));
            }
        }
        static const std::set<std::string> functions{"exp",   "log",  "log10",   "sqrt",     "fabs",       "pow",
                                                     "floor", "ceil", "sin",     "cos",      "tan",        "tanh",
                                                     "atan2", "fmod", "exprand", "normrand", "scop_random"};
        if (!functions.contains(f) && !names_.routines.contains(f)) throw NotReadable{"the C function '" + f + "'"};
        std::vector<Expression> operands;
        for (const auto& a : arguments) operands.push_back(as_number(a));
        return number(node(Kind::call, f, std::move(operands)));
    }

    std::vector<CToken> tokens_;
    std::size_t next_ = 0;
    int depth_ = 0;
    CNames& names_;
    std::vector<std::map<std::string, Variable>> scopes_;
};

}  // namespace

Block read_c(const Block& block, const std::function<std::string(const std::string&)>& plain, CNames& names) {
    std::vector<CToken> tokens;
    for (const auto& s : block) {
        if (const auto* v = std::get_if<Verbatim>(&s.is))
            tokens_of(plain(v->text), s.at, tokens);
        else
            tokens.push_back({CToken::Kind::nmodl, "", s.at, &s});
    }
    tokens.push_back({});
    if (tokens.size() > 1) tokens.back().at = tokens[tokens.size() - 2].at;
    return Reader(std::move(tokens), names).run();
}

}  // namespace ngv::nmodl
