#include "solvers/neuron/nmodl/parser.hpp"

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/parse_statements.hpp"

namespace ngv::nmodl {
namespace {

class Parser {
  public:
    Parser(const Source& source, std::vector<Token> tokens) : at_(source, std::move(tokens)), e_(at_), s_(at_, e_) {}

    Program run() {
        while (!at_.at(Token::Kind::end)) part();
        return std::move(p_);
    }

  private:
    void part() {
        const auto at = at_.where();
        if (at_.at(Token::Kind::title)) {
            p_.title = at_.take().text;
            return;
        }
        if (at_.at(Token::Kind::verbatim)) {
            p_.verbatim.push_back({at, Verbatim{at_.take().text}});
            return;
        }
        if (!at_.at(Token::Kind::name)) at_.expected("a block such as NEURON, PARAMETER or BREAKPOINT");
        const auto word = at_.take().text;
        if (word == "NEURON") return neuron();
        if (word == "UNITS") return units();
        if (word == "PARAMETER") return declarations(p_.parameters, word);
        if (word == "CONSTANT") return declarations(p_.constants, word);
        if (word == "ASSIGNED" || word == "DEPENDENT") return declarations(p_.assigned, word);
        if (word == "STATE") return declarations(p_.states, word);
        if (word == "INDEPENDENT") return independent();
        if (word == "DEFINE") return define();
        if (word == "LOCAL") {
            for (auto& n : s_.local_names()) p_.locals.push_back(std::move(n));
            return;
        }
        if (word == "INITIAL") return once(p_.initial, word, at);
        if (word == "BREAKPOINT" || word == "EQUATION") return once(p_.breakpoint, word, at);
        if (word == "CONSTRUCTOR") return once(p_.constructor, word, at);
        if (word == "DESTRUCTOR") return once(p_.destructor, word, at);
        if (word == "NET_RECEIVE") return net_receive(at);
        if (word == "BEFORE" || word == "AFTER") return hook(word, at);
        if (routine(word, at)) return;
        const auto best = nearest_name(word, StatementParser::blocks());
        at_.fail(at, "found '" + word + "', expected a block such as NEURON, PARAMETER or BREAKPOINT" +
                         (best.empty() ? "" : ", did you mean '" + best + "'?"));
    }

    void once(std::optional<Block>& into, const std::string& word, Position at) {
        if (into) at_.fail(at, "a second " + word + " block", "join the two");
        into = s_.block("of " + word);
    }

    std::vector<Named> named(std::string_view context) {
        std::vector<Named> list;
        do {
            const auto t = at_.expect_name(context);
            list.push_back({t.text, t.at});
        } while (at_.take_if(","));
        return list;
    }
    void append(std::vector<Named>& to, std::string_view context) {
        for (auto& n : named(context)) to.push_back(std::move(n));
    }

    void neuron() {
        at_.expect("{", "of NEURON");
        auto& n = p_.neuron;
        while (!at_.take_if("}")) {
            const auto word = at_.expect_name("or '}' in NEURON");
            const auto kind = [&](NeuronBlock::Kind k) {
                if (n.kind != NeuronBlock::Kind::none)
                    at_.fail(word.at, "a second name of the mechanism", "keep one of them");
                n.kind = k;
                const auto name = at_.expect_name("of the mechanism");
                n.name = name.text;
                n.at = name.at;
            };
            if (word.text == "SUFFIX")
                kind(at_.at("nothing") ? NeuronBlock::Kind::functions : NeuronBlock::Kind::density);
            else if (word.text == "POINT_PROCESS")
                kind(NeuronBlock::Kind::point_process);
            else if (word.text == "ARTIFICIAL_CELL")
                kind(NeuronBlock::Kind::artificial_cell);
            else if (word.text == "USEION")
                ion(word.at);
            else if (word.text == "NONSPECIFIC_CURRENT")
                append(n.nonspecific, "after NONSPECIFIC_CURRENT");
            else if (word.text == "ELECTRODE_CURRENT")
                append(n.electrode, "after ELECTRODE_CURRENT");
            else if (word.text == "RANGE" || word.text == "SECTION")
                append(n.range, "after RANGE");
            else if (word.text == "GLOBAL")
                append(n.global, "after GLOBAL");
            else if (word.text == "POINTER")
                append(n.pointer, "after POINTER");
            else if (word.text == "BBCOREPOINTER")
                append(n.bbcore_pointer, "after BBCOREPOINTER");
            else if (word.text == "RANDOM")
                append(n.random, "after RANDOM");
            else if (word.text == "THREADSAFE")
                n.thread_safe = true;
            else if (word.text == "EXTERNAL")
                append(n.external, "after EXTERNAL");
            else
                at_.fail(word.at, "found '" + word.text + "'" + nearest_of_neuron(word.text) +
                                      ", expected SUFFIX, POINT_PROCESS, ARTIFICIAL_CELL, USEION, RANGE, GLOBAL, ...");
        }
    }

    static std::string nearest_of_neuron(const std::string& word) {
        const auto best = nearest_name(
            word, {"SUFFIX", "POINT_PROCESS", "ARTIFICIAL_CELL", "USEION", "NONSPECIFIC_CURRENT", "ELECTRODE_CURRENT",
                   "RANGE", "GLOBAL", "POINTER", "BBCOREPOINTER", "RANDOM", "THREADSAFE", "EXTERNAL"});
        return best.empty() ? "" : ", did you mean '" + best + "'?";
    }

    void ion(Position at) {
        Ion ion;
        ion.at = at;
        ion.name = at_.expect_name("of an ion").text;
        while (true) {
            if (at_.take_if("READ"))
                for (auto& n : e_.names("after READ")) ion.read.push_back(std::move(n));
            else if (at_.take_if("WRITE"))
                for (auto& n : e_.names("after WRITE")) ion.write.push_back(std::move(n));
            else if (at_.take_if("VALENCE") || at_.take_if("CHARGE"))
                ion.valence = e_.number("after VALENCE");
            else if (at_.take_if("REPRESENTS"))
                ontology();
            else
                break;
        }
        p_.neuron.ions.push_back(std::move(ion));
    }

    /// An ontology entry such as CHEBI:29108; the ':' has made a comment of its number.
    void ontology() { at_.expect_name("of an ontology entry"); }

    void units() {
        at_.expect("{", "of UNITS");
        while (!at_.take_if("}")) {
            UnitLine line;
            line.at = at_.where();
            if (at_.at("(")) {
                line.is_unit = true;
                line.name = at_.unit_if_any();
                at_.expect("=", "in a definition of a unit");
                if (!at_.at("(")) at_.expected("a unit in parentheses");
                line.from = at_.unit_if_any();
            } else {
                line.name = at_.expect_name("or a unit in UNITS").text;
                at_.expect("=", "after a constant's name");
                if (at_.at("("))
                    line.from = at_.unit_if_any();
                else
                    line.value = e_.number("or a unit in parentheses");
                line.unit = at_.unit_if_any();
            }
            p_.units.push_back(std::move(line));
        }
    }

    void declarations(std::vector<Declaration>& into, const std::string& block) {
        at_.expect("{", "of " + block);
        while (!at_.take_if("}")) {
            const auto name = at_.expect_name("or '}' in " + block);
            Declaration d;
            d.at = name.at;
            d.name = name.text;
            if (at_.take_if("[")) {
                d.size = e_.integer("of elements");
                if (d.size == 0 || d.size > 4096)
                    at_.fail(name.at, "an array of " + std::to_string(d.size) + " elements", "expected 1 to 4096");
                at_.expect("]", "after the size of " + d.name);
            }
            if (at_.take_if("=") || at_.take_if("START")) d.value = e_.number("as the value of " + d.name);
            if (at_.take_if("FROM")) {  // range of old files: no meaning in NEURON
                e_.number("after FROM");
                at_.expect("TO", "after FROM");
                e_.number("after TO");
                if (at_.take_if("START")) d.value = e_.number("after START");
            }
            d.unit = at_.unit_if_any();
            if (at_.take_if("<")) {
                d.low = e_.number("as lower limit or tolerance");
                if (at_.take_if(",")) d.high = e_.number("as upper limit");
                at_.expect(">", "after the limits of " + d.name);
            }
            at_.take_if(",");
            into.push_back(std::move(d));
        }
    }

    /// INDEPENDENT {t FROM 0 TO 1 WITH 1 (ms)}: says what NEURON knows anyway.
    void independent() {
        at_.expect("{", "of INDEPENDENT");
        while (!at_.take_if("}")) {
            if (at_.at(Token::Kind::end)) at_.expected("'}' of INDEPENDENT");
            at_.take();
        }
    }

    void define() {
        const auto name = at_.expect_name("after DEFINE");
        e_.defined[name.text] = std::to_string(e_.integer("after the name of DEFINE"));
    }

    void net_receive(Position at) {
        if (p_.net_receive) at_.fail(at, "a second NET_RECEIVE block", "join the two");
        NetReceive n;
        n.at = at;
        n.arguments = s_.arguments("after NET_RECEIVE");
        n.body = s_.block("of NET_RECEIVE");
        p_.net_receive = std::move(n);
    }

    void hook(const std::string& word, Position at) {
        Hook h;
        h.at = at;
        const auto when = at_.expect_name("after " + word);
        using When = Hook::When;
        if (when.text == "INITIAL")
            h.when = word == "BEFORE" ? When::before_initial : When::after_initial;
        else if (when.text == "BREAKPOINT" && word == "BEFORE")
            h.when = When::before_breakpoint;
        else if (when.text == "SOLVE" && word == "AFTER")
            h.when = When::after_solve;
        else if (when.text == "STEP")
            h.when = word == "BEFORE" ? When::before_step : When::after_step;
        else
            at_.fail(when.at, "found '" + when.text + "' after " + word + ", expected INITIAL, STEP, " +
                                  (word == "BEFORE" ? "BREAKPOINT" : "SOLVE"));
        h.body = s_.block("of " + word);
        p_.hooks.push_back(std::move(h));
    }

    bool routine(const std::string& word, Position at) {
        using Kind = Routine::Kind;
        static const std::map<std::string, Kind> kinds{
            {"FUNCTION", Kind::function},     {"PROCEDURE", Kind::procedure},
            {"DERIVATIVE", Kind::derivative}, {"KINETIC", Kind::kinetic},
            {"LINEAR", Kind::linear},         {"NONLINEAR", Kind::nonlinear},
            {"DISCRETE", Kind::discrete},     {"FUNCTION_TABLE", Kind::function_table}};
        const auto kind = kinds.find(word);
        if (kind == kinds.end()) return false;
        Routine r;
        r.kind = kind->second;
        r.at = at;
        r.name = at_.expect_name("after " + word).text;
        const bool has_arguments =
            r.kind == Kind::function || r.kind == Kind::procedure || r.kind == Kind::function_table;
        if (has_arguments || (at_.at("(") && r.kind != Kind::function_table)) {
            r.arguments = s_.arguments("after the name of " + word);
            r.unit = at_.unit_if_any();
        }
        if (r.kind != Kind::function_table) {
            if (at_.take_if("SOLVEFOR")) r.solve_for = e_.names("after SOLVEFOR");
            std::set<std::string> before;
            if (r.kind == Kind::discrete) e_.states_before = &before;
            r.body = s_.block("of " + r.name);
            e_.states_before = nullptr;
            for (const auto& name : before) {
                const Expression now{Expression::Kind::name, at, name, "", {}};
                auto then = now;
                then.text += "_before";
                r.body.insert(r.body.begin(), {at, Assign{then, now}});
                r.body.insert(r.body.begin(), {at, Local{{{then.text, 0}}}});
            }
        }
        for (const auto& other : p_.routines)
            if (other.name == r.name) at_.fail(at, "a second block named '" + r.name + "'", "rename one of them");
        p_.routines.push_back(std::move(r));
        return true;
    }

    Program p_;
    Cursor at_;
    ExpressionParser e_;
    StatementParser s_;
};

}  // namespace

Program parse(Source& source) {
    auto tokens = tokenize(source);
    return Parser(source, std::move(tokens)).run();
}

Expression parse_expression(const std::string& text) {
    auto source = Source::from_text("expression", text);
    Cursor at(source, tokenize(source));
    ExpressionParser parser(at);
    auto e = parser.expression();
    if (!at.at(Token::Kind::end)) at.expected("the end of the expression");
    return e;
}

}  // namespace ngv::nmodl
