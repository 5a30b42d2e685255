#include "solvers/neuron/nmodl/parse_statements.hpp"

#include <algorithm>

namespace ngv::nmodl {

using Kind = Expression::Kind;

const std::vector<std::string>& StatementParser::blocks() {
    static const std::vector<std::string> words{
        "NEURON",    "UNITS",      "PARAMETER",   "CONSTANT",   "ASSIGNED",    "STATE",    "INDEPENDENT",   "DEFINE",
        "INITIAL",   "BREAKPOINT", "CONSTRUCTOR", "DESTRUCTOR", "NET_RECEIVE", "BEFORE",   "AFTER",         "FUNCTION",
        "PROCEDURE", "DERIVATIVE", "KINETIC",     "LINEAR",     "NONLINEAR",   "DISCRETE", "FUNCTION_TABLE"};
    return words;
}

Block StatementParser::block(std::string_view context) {
    ExpressionParser::Deeper deeper(e_);
    const auto opened = at_.where();
    at_.expect("{", context);
    Block result;
    while (!at_.at("}")) {
        if (at_.at(Token::Kind::end)) at_.expected("'}' " + std::string(context));
        const auto& word = at_.here().text;
        const bool opens = at_.ahead(1).is("{") || (at_.ahead(1).kind == Token::Kind::name && at_.ahead(2).is("{")) ||
                           (at_.ahead(1).kind == Token::Kind::name && at_.ahead(2).is("("));
        if (opens && word != "INITIAL" && at_.at(Token::Kind::name) &&
            std::find(blocks().begin(), blocks().end(), word) != blocks().end())
            at_.expected("'}' " + std::string(context) + ", whose '{' is in line " + std::to_string(opened.line));
        statement(result);
    }
    at_.take();
    return result;
}

void StatementParser::statement(Block& into) {
    const auto at = at_.where();
    const auto add = [&](auto&& is) { into.push_back({at, std::forward<decltype(is)>(is)}); };
    if (at_.at(Token::Kind::verbatim)) return add(Verbatim{at_.take().text});
    if (at_.at("~")) return into.push_back(tilde());
    if (at_.at("{")) {  // a block of its own: its locals stay inside
        auto inner = block("of the block");
        return add(If{{Kind::number, at, "1", "", {}}, std::move(inner), {}});
    }
    if (!at_.at(Token::Kind::name)) at_.expected("a statement or '}'");
    const auto word = at_.here().text;
    if (word == "if" || word == "IF") return into.push_back(if_statement());
    if (word == "while" || word == "WHILE") {
        at_.take();
        at_.expect("(", "after WHILE");
        auto condition = e_.expression();
        at_.expect(")", "after the condition of WHILE");
        return add(While{std::move(condition), block("of WHILE")});
    }
    if (word == "FROM") return add(from());
    if (word == "FORALL") at_.fail(at, "FORALL is not supported", "write FROM i=0 TO n-1 { ... }");
    if (word == "LOCAL") {
        at_.take();
        return add(Local{local_names()});
    }
    if (word == "SOLVE") return add(solve());
    if (word == "TABLE") return add(table());
    if (word == "CONSERVE") return add(conserve());
    if (word == "COMPARTMENT") return add(indexed_list("COMPARTMENT", &Compartment::volume));
    if (word == "LONGITUDINAL_DIFFUSION") return add(indexed_list("LONGITUDINAL_DIFFUSION", &Diffusion::coefficient));
    if (word == "WATCH") return add(watch());
    if (word == "FOR_NETCONS") {
        at_.take();
        auto list = arguments("of FOR_NETCONS");
        return add(ForNetcons{std::move(list), block("of FOR_NETCONS")});
    }
    if (word == "INITIAL") {
        at_.take();
        return add(NetInitial{block("of INITIAL")});
    }
    if (word == "CONDUCTANCE") {
        at_.take();
        Conductance hint{at_.expect_name("of a conductance").text, ""};
        if (at_.take_if("USEION")) hint.ion = at_.expect_name("of an ion").text;
        return add(std::move(hint));
    }
    if (word == "MUTEXLOCK" || word == "MUTEXUNLOCK") {  // every thread has its own instances and globals
        at_.take();
        return;
    }
    if (word == "PROTECT") {
        at_.take();
        return statement(into);
    }
    if (word == "LAG" || word == "RESET" || word == "MATCH" || word == "PARTIAL" || word == "SENS" || word == "FORALL2")
        at_.fail(at, word + " is not supported", "NEURON itself has no use for it in a membrane mechanism; remove it");
    if (at_.ahead(1).is("(")) {
        auto call = e_.call();
        return add(Evaluate{std::move(call)});
    }
    auto target = e_.target();
    at_.expect("=", "after the variable of an assignment");
    auto value = e_.expression();
    add(Assign{std::move(target), std::move(value)});
}

Statement StatementParser::if_statement() {
    ExpressionParser::Deeper deeper(e_);
    const auto at = at_.take().at;
    at_.expect("(", "after IF");
    If result;
    result.condition = e_.expression();
    at_.expect(")", "after the condition of IF");
    result.yes = block("of IF");
    if (at_.at("else") || at_.at("ELSE")) {
        at_.take();
        if (at_.at("if") || at_.at("IF"))
            result.no.push_back(if_statement());
        else
            result.no = block("of ELSE");
    }
    return {at, std::move(result)};
}

From StatementParser::from() {
    at_.take();
    From result;
    result.name = at_.expect_name("after FROM").text;
    at_.expect("=", "after the counter of FROM");
    result.first = e_.expression();
    at_.expect("TO", "after the first value of FROM");
    result.last = e_.expression();
    result.step = {Kind::number, at_.where(), "1", "", {}};
    if (at_.take_if("BY")) result.step = e_.expression();
    result.body = block("of FROM");
    return result;
}

Solve StatementParser::solve() {
    at_.take();
    Solve result;
    result.block = at_.expect_name("of the block after SOLVE").text;
    if (at_.take_if("STEADYSTATE")) {
        result.steady_state = true;
        result.method = at_.expect_name("of a method after STEADYSTATE").text;
    } else if (at_.take_if("METHOD")) {
        result.method = at_.expect_name("of a method after METHOD").text;
    } else if (at_.take_if("USING")) {
        result.method = at_.expect_name("of a method after USING").text;
    }
    if (at_.at("IFERROR"))
        at_.fail(at_.where(), "IFERROR is not supported", "remove it: a solver that fails ends the run");
    return result;
}

Table StatementParser::table() {
    at_.take();
    Table result;
    if (!at_.at("DEPEND") && !at_.at("FROM")) result.names = e_.names("in TABLE");
    if (at_.take_if("DEPEND")) result.depends = e_.names("after DEPEND");
    at_.expect("FROM", "of TABLE");
    result.from = e_.expression();
    at_.expect("TO", "of TABLE");
    result.to = e_.expression();
    at_.expect("WITH", "of TABLE");
    const auto at = at_.where();
    result.intervals = e_.integer("of intervals after WITH");
    if (result.intervals < 1) at_.fail(at, "a table without intervals", "write WITH 200");
    return result;
}

Term StatementParser::term(std::string_view context) {
    Term t;
    if (at_.at(Token::Kind::number) && at_.ahead(1).kind == Token::Kind::name) t.factor = number_value(at_.take().text);
    if (at_.take_if("*")) at_.expected("a species " + std::string(context));
    if (at_.at("(") || at_.at(Token::Kind::number))
        t.species = e_.primary();
    else
        t.species = e_.target();
    if (t.species.kind == Kind::prime) at_.fail(t.species.at, "a derivative among species", "name the state itself");
    return t;
}

std::vector<Term> StatementParser::sum(std::string_view context) {
    std::vector<Term> terms;
    double sign = at_.take_if("-") ? -1 : 1;
    while (true) {
        terms.push_back(term(context));
        terms.back().factor *= sign;
        if (at_.take_if("+"))
            sign = 1;
        else if (at_.take_if("-"))
            sign = -1;
        else
            return terms;
    }
}

/// Whether the '~' here opens a reaction: an arrow comes before anything that only an equation has.
static bool reaction_ahead(const Cursor& at) {
    for (std::size_t n = 1; n < 500; ++n) {
        const auto& t = at.ahead(n);
        if (t.is("<->") || t.is("<<") || t.is("->")) return true;
        if (t.is("=") || t.is("~") || t.is("}") || t.kind == Token::Kind::end) return false;
    }
    return false;
}

Statement StatementParser::tilde() {
    const bool reaction = reaction_ahead(at_);
    const auto at = at_.take().at;
    if (!reaction) {
        Equation e;
        e.left = e_.expression();
        at_.expect("=", "of an equation (or <->, <<, -> of a reaction)");
        e.right = e_.expression();
        return {at, std::move(e)};
    }
    Reaction r;
    r.left = sum("on the left of a reaction");
    if (at_.take_if("<<")) {
        r.kind = Reaction::Kind::source;
    } else if (at_.take_if("->")) {
        r.kind = Reaction::Kind::sink;
    } else {
        at_.expect("<->", "between the sides of a reaction");
        r.right = sum("on the right of a reaction");
    }
    at_.expect("(", "before the rates of a reaction");
    r.forward = e_.expression();
    if (r.kind == Reaction::Kind::both) {
        at_.expect(",", "between the rates of a reaction");
        r.backward = e_.expression();
    }
    at_.expect(")", "after the rates of a reaction");
    return {at, std::move(r)};
}

Conserve StatementParser::conserve() {
    at_.take();
    Conserve c;
    c.sum = sum("of CONSERVE");
    at_.expect("=", "after the sum of CONSERVE");
    c.total = e_.expression();
    return c;
}

template <class T>
T StatementParser::indexed_list(std::string_view name, Expression T::*value) {
    at_.take();
    T result;
    if (at_.at(Token::Kind::name) && at_.ahead(1).is(",")) {
        result.index = at_.take().text;
        at_.take();
    }
    result.*value = e_.expression();
    at_.expect("{", "before the species of " + std::string(name));
    while (!at_.take_if("}")) {
        result.species.push_back(at_.expect_name("of a species").text);
        at_.take_if(",");
    }
    return result;
}

Watch StatementParser::watch() {
    at_.take();
    Watch result;
    do {
        Watch::Case c;
        at_.expect("(", "before the condition of WATCH");
        c.condition = e_.expression();
        at_.expect(")", "after the condition of WATCH");
        if (c.condition.kind != Kind::binary || (c.condition.text != "<" && c.condition.text != ">"))
            at_.fail(c.condition.at, "a condition of WATCH that is no comparison",
                     "write WATCH (expression > expression) flag");
        c.flag = e_.primary();
        result.cases.push_back(std::move(c));
    } while (at_.take_if(","));
    return result;
}

std::vector<Argument> StatementParser::arguments(std::string_view context) {
    at_.expect("(", context);
    std::vector<Argument> list;
    while (!at_.at(")")) {
        Argument a;
        a.name = at_.expect_name("of an argument").text;
        a.unit = at_.unit_if_any();
        list.push_back(std::move(a));
        if (!at_.take_if(",") && !at_.at(")")) at_.expected("',' or ')' after an argument");
    }
    at_.take();
    return list;
}

std::vector<LocalName> StatementParser::local_names() {
    std::vector<LocalName> list;
    do {
        LocalName n{at_.expect_name("after LOCAL").text, 0};
        if (at_.take_if("[")) {
            n.size = e_.integer("of elements");
            at_.expect("]", "after the size of " + n.name);
        }
        list.push_back(std::move(n));
    } while (at_.take_if(","));
    return list;
}

}  // namespace ngv::nmodl
