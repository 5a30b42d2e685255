#include "solvers/neuron/nmodl/verbatim_expressions.hpp"

#include <set>

namespace ngv::nmodl {

using Kind = Expression::Kind;
using What = CValue::What;

Expression CExpressions::as_number(const CValue& v) const {
    if (v.what == What::number) return v.number;
    if (v.what == What::null) return node(Kind::number, "0");
    if (v.what == What::stream) return node(Kind::number, "1");
    if (v.what == What::vector || v.what == What::elements)
        return node(Kind::call, "vector_given", {node(Kind::name, v.name)});
    throw NotReadable{"the address of '" + v.name + "'"};
}

Expression CExpressions::as_whole(const CValue& v) const {
    auto e = as_number(v);
    return v.whole || v.what != What::number ? e : node(Kind::call, "trunc", {std::move(e)});
}

CVariable* CExpressions::find(const std::string& name) {
    for (auto s = scopes.rbegin(); s != scopes.rend(); ++s)
        if (const auto it = s->find(name); it != s->end()) return &it->second;
    return nullptr;
}

CValue CExpressions::binary(int level) {
    static const std::vector<std::vector<std::string>> levels{
        {"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/", "%"}};
    if (level == static_cast<int>(levels.size())) return unary();
    auto left = binary(level + 1);
    while (true) {
        std::string op;
        for (const auto& o : levels[static_cast<std::size_t>(level)])
            if (at_.take_if(o)) op = o;
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
    if (at_.at("?")) throw NotReadable{"'?'"};
    return left;
}

CValue CExpressions::unary() {
    const CCursor::Deeper deeper(at_);
    if (at_.take_if("!")) return number(node(Kind::unary, "!", {as_number(unary())}), true);
    if (at_.take_if("-")) {
        const auto v = unary();
        return number(node(Kind::unary, "-", {as_number(v)}), v.whole);
    }
    if (at_.take_if("+")) return unary();
    if (at_.take_if("&")) {
        const auto written = at_.here().text;
        if (!at_.at_name()) throw NotReadable{"'&'"};
        at_.take();
        return {What::reference, {}, false, written.starts_with("_p_") ? written.substr(3) : written};
    }
    if (at_.take_if("*")) {
        if (at_.here().text.starts_with("_p_") && names_.pointers.contains(at_.here().text.substr(3)))
            return number(node(Kind::name, at_.take().text.substr(3)));
        const auto v = unary();
        if (v.what == What::stream || v.what == What::vector) return v;
        if (v.what == What::reference) return object(v.name);
        throw NotReadable{"'*' of a number"};
    }
    if (at_.at("(") && at_.ahead(1).kind == CToken::Kind::name && is_c_type(at_.ahead(1).text)) {
        at_.take();
        bool whole = true, pointer = false;
        while (!at_.take_if(")")) {
            if (at_.at("*"))
                pointer = true;
            else if (at_.at_type())
                whole = whole && is_whole_type(at_.here().text);
            else
                throw NotReadable{"the type of a cast"};
            at_.take();
        }
        auto v = unary();
        if (pointer && v.what == What::number && v.number.kind == Kind::number && v.number.text == "0")
            return {What::null, {}, false, ""};
        if (pointer || v.what != What::number) return v;
        return whole ? number(as_whole(v), true) : number(v.number);
    }
    return primary();
}

CValue CExpressions::object(const std::string& name) {
    if (names_.streams.contains(name)) return {What::stream, {}, false, name};
    names_.vectors.insert(name);
    return {What::vector, {}, false, name};
}

CValue CExpressions::primary() {
    if (at_.take_if("(")) {
        auto v = expression();
        at_.expect(")");
        return v;
    }
    if (at_.here().kind == CToken::Kind::number) {
        auto text = at_.take().text;
        while (!text.empty() && std::string("fFlLuU").find(text.back()) != std::string::npos && !text.starts_with("0x"))
            text.pop_back();
        return number(node(Kind::number, text), text.find_first_of(".eE") == std::string::npos);
    }
    if (!at_.at_name()) throw NotReadable{"'" + at_.here().text + "'"};
    const auto written = at_.take().text;
    if (at_.at("(")) return call(written);
    if (written == "NULL" || written == "nullptr") return {What::null, {}, false, ""};
    if (const auto* v = find(written); v && v->pointer) {
        if (!v->known) throw NotReadable{"the pointer '" + written + "', which depends on how the statements run"};
        if (v->value.what == What::elements && at_.take_if("[")) {
            auto index = as_number(expression());
            at_.expect("]");
            return number(node(Kind::call, "vector_at", {node(Kind::name, v->value.name), std::move(index)}));
        }
        return v->value;
    } else if (v) {
        return number(node(Kind::name, written), v->whole);
    }
    if (written.starts_with("_p_")) return object(written.substr(3));
    if (names_.streams.contains(written)) return object(written);
    const auto name = plain_name(written);
    if (at_.take_if("[")) {
        auto index = as_whole(expression());
        at_.expect("]");
        return number(node(Kind::element, name, {std::move(index)}));
    }
    return number(node(Kind::name, name));
}

CValue CExpressions::call(const std::string& f) {
    at_.expect("(");
    std::vector<CValue> arguments;
    while (!at_.take_if(")")) {
        if (at_.at("_threadargs_") || at_.at("_threadargscomma_"))
            at_.take();
        else
            arguments.push_back(expression());
        if (!at_.at(")") && !at_.take_if(",") && !(at_.before().is("_threadargscomma_")))
            throw NotReadable{"the arguments of '" + f + "'"};
    }
    const auto first = arguments.empty() ? CValue{} : arguments[0];
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
                place = node(Kind::binary, "+",
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

}  // namespace ngv::nmodl
