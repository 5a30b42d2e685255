#include "solvers/neuron/nmodl/verbatim_c.hpp"

#include "solvers/neuron/nmodl/verbatim_expressions.hpp"

namespace ngv::nmodl {
namespace {

using Kind = Expression::Kind;
using What = CValue::What;

class Reader {
  public:
    Reader(CCursor& at, CNames& names) : at_(at), e_(at, names), names_(names) {}

    Block run() {
        Block result;
        e_.scopes.emplace_back();
        while (at_.here().kind != CToken::Kind::end) statement(result);
        return result;
    }

  private:
    void statement(Block& into) {
        const CCursor::Deeper deeper(at_);
        const auto at = at_.here().at;
        if (at_.here().kind == CToken::Kind::end) throw NotReadable{"a brace that is not closed"};
        if (at_.here().kind == CToken::Kind::nmodl) {
            into.push_back(*at_.take().statement);
            return;
        }
        if (at_.take_if(";")) return;
        if (at_.at("{")) {
            auto inner = body();
            if (!inner.empty()) into.push_back({at, If{e_.node(Kind::number, "1"), std::move(inner), {}}});
            return;
        }
        if (at_.take_if("if")) {
            at_.expect("(");
            If result;
            result.condition = e_.as_number(e_.expression());
            at_.expect(")");
            result.yes = body();
            if (at_.take_if("else")) result.no = body();
            into.push_back({at, std::move(result)});
            return;
        }
        if (at_.take_if("while")) {
            at_.expect("(");
            auto condition = e_.as_number(e_.expression());
            at_.expect(")");
            into.push_back({at, While{std::move(condition), body()}});
            return;
        }
        if (at_.take_if("for")) return loop(into, at);
        if (at_.take_if("return")) {
            if (!at_.at(";")) {  // a PROCEDURE's or handler's value is nobody's
                const auto value = e_.expression();
                if (!names_.function.empty()) assign(into, at, names_.function, value);
            }
            at_.expect(";");
            into.push_back({at, Return{}});
            return;
        }
        if (at_.at_type()) return declaration(into);
        simple(into);
        at_.expect(";");
    }

    /// A statement or a block in braces, with its own names.
    Block body() {
        Block result;
        e_.scopes.emplace_back();
        const auto before = pointers();
        if (at_.take_if("{")) {
            while (!at_.take_if("}")) statement(result);
        } else {
            statement(result);
        }
        e_.scopes.pop_back();
        for (auto& [variable, value] : before)
            if (variable->value.name != value.name || variable->value.what != value.what) variable->known = false;
        return result;
    }
    std::vector<std::pair<CVariable*, CValue>> pointers() {
        std::vector<std::pair<CVariable*, CValue>> all;
        for (auto& s : e_.scopes)
            for (auto& [name, v] : s)
                if (v.pointer && v.value.what != What::null) all.emplace_back(&v, v.value);
        return all;
    }

    void loop(Block& into, Position at) {
        at_.expect("(");
        Block whole;
        e_.scopes.emplace_back();
        if (at_.at_type()) {
            declaration(whole);
        } else {
            if (!at_.at(";")) simple(whole);
            at_.expect(";");
        }
        auto condition = at_.at(";") ? e_.node(Kind::number, "1") : e_.as_number(e_.expression());
        at_.expect(";");
        Block step;
        if (!at_.at(")")) simple(step);
        at_.expect(")");
        auto inner = body();
        inner.insert(inner.end(), step.begin(), step.end());
        whole.push_back({at, While{std::move(condition), std::move(inner)}});
        e_.scopes.pop_back();
        into.push_back({at, If{e_.node(Kind::number, "1"), std::move(whole), {}}});
    }

    void declaration(Block& into) {
        bool whole = true;
        while (at_.at_type()) {
            whole = whole && is_whole_type(at_.here().text);
            at_.take();
        }
        do {
            const auto at = at_.here().at;
            bool pointer = false;
            while (at_.take_if("*")) pointer = true;
            if (!at_.at_name()) throw NotReadable{"a declaration at '" + at_.here().text + "'"};
            const auto name = at_.take().text;
            if (at_.at("[") || at_.at("(")) throw NotReadable{"the array or function '" + name + "'"};
            auto& v = e_.scopes.back()[name];
            v = {whole, pointer, true, {What::null, {}, false, ""}};
            if (!pointer) into.push_back({at, Local{{{name, 0}}}});
            if (at_.take_if("=")) assign(into, at, name, e_.expression());
        } while (at_.take_if(","));
        at_.expect(";");
    }

    void assign(Block& into, Position at, const std::string& name, const CValue& value) {
        auto* v = e_.find(name);
        if (v && v->pointer) {
            if (value.what == What::number) throw NotReadable{"the pointer '" + name + "' that is given a number"};
            v->value = value;
            v->known = true;
            return;
        }
        into.push_back(
            {at, Assign{e_.node(Kind::name, name), v && v->whole ? e_.as_whole(value) : e_.as_number(value)}});
    }

    /// An assignment, a step or a call.
    void simple(Block& into) {
        const auto at = at_.here().at;
        for (const char* step : {"++", "--"})
            if (at_.take_if(step))
                return change(into, at, name_of(e_.primary()), std::string(1, step[0]), e_.number("1"));
        if (at_.at_name() && at_.ahead(1).is("(")) {
            auto call = e_.expression();
            if (call.what == What::number && call.number.kind == Kind::call)
                into.push_back({at, Evaluate{std::move(call.number)}});
            return;
        }
        if (at_.at("(") || at_.at("*")) {  // (void)x; *pv = ...
            const auto value = e_.expression();
            if (at_.at("=")) throw NotReadable{"an assignment through a pointer"};
            if (value.what != What::number) return;
            throw NotReadable{"a statement without an effect"};
        }
        if (!at_.at_name()) throw NotReadable{"a statement at '" + at_.here().text + "'"};
        const auto written = at_.here().text;
        if (at_.ahead(1).is("=")) {
            at_.take();
            at_.take();
            return assign(into, at, CExpressions::plain_name(written), e_.expression());
        }
        const auto target = e_.primary();
        for (const char* step : {"++", "--"})
            if (at_.take_if(step)) return change(into, at, name_of(target), std::string(1, step[0]), e_.number("1"));
        for (const char* op : {"+=", "-=", "*=", "/="})
            if (at_.take_if(op)) return change(into, at, name_of(target), std::string(1, op[0]), e_.expression());
        if (at_.take_if("=")) {  // an element of an array of the file
            if (target.what != What::number || target.number.kind != Kind::element || target.number.text == "vector_at")
                throw NotReadable{"an assignment to '" + written + "'"};
            into.push_back({at, Assign{target.number, e_.as_number(e_.expression())}});
            return;
        }
        throw NotReadable{"found '" + at_.here().text + "' behind '" + written + "'"};
    }
    std::string name_of(const CValue& v) const {
        if (v.what != What::number || v.number.kind != Kind::name) throw NotReadable{"a change of what is no variable"};
        return v.number.text;
    }
    void change(Block& into, Position at, const std::string& name, const std::string& op, const CValue& by) {
        const auto* v = e_.find(name);
        const bool whole = v && v->whole;
        auto e = e_.node(Kind::binary, op, {e_.node(Kind::name, name), e_.as_number(by)});
        assign(into, at, name, e_.number(std::move(e), whole && by.whole && op != "/"));
    }

    CCursor& at_;
    CExpressions e_;
    CNames& names_;
};

}  // namespace

Block read_c(const Block& block, const std::function<std::string(const std::string&)>& plain, CNames& names) {
    CCursor at(block, plain);
    return Reader(at, names).run();
}

}  // namespace ngv::nmodl
