#include "solvers/neuron/nmodl/execute.hpp"

#include <cmath>

#include "solvers/neuron/nmodl/check.hpp"

namespace ngv::nmodl {

using Kind = Expression::Kind;

namespace {
constexpr std::size_t max_nodes = 150000;
}

void Executor::run(const Block& block) {
    const int first = num_locals_;
    scopes_.back().emplace_back();
    for (const auto& s : block) statement(s);
    scopes_.back().pop_back();
    forget_locals(first);
    if (g_.size() > max_nodes)
        throw NotStraight{block.empty() ? Position{} : block[0].at, "too many operations to be written in a row"};
}

void Executor::statement(const Statement& s) {
    if (++num_statements_ > 100000) throw NotStraight{s.at, "too many statements to be written in a row"};
    if (special && special(s)) return;
    if (const auto* a = std::get_if<Assign>(&s.is)) return assign(*a);
    if (const auto* c = std::get_if<If>(&s.is)) return branch(*c);
    if (const auto* f = std::get_if<From>(&s.is)) return loop(*f, s.at);
    if (const auto* l = std::get_if<Local>(&s.is)) {
        for (const auto& n : l->names) declare(n.name, n.size);
        return;
    }
    if (const auto* e = std::get_if<Evaluate>(&s.is)) {
        call(e->call);
        return;
    }
    if (const auto* v = std::get_if<Solve>(&s.is)) {
        if (!solve) return;
        if (solving_)
            m_.fail(s.at, "SOLVE inside of a block that is solved", "solve one after the other in BREAKPOINT");
        solving_ = true;
        solve(*v, s.at);
        solving_ = false;
        return;
    }
    if (std::holds_alternative<Conductance>(s.is) || std::holds_alternative<Table>(s.is)) return;
    if (std::holds_alternative<While>(s.is)) throw NotStraight{s.at, "WHILE"};
    if (std::holds_alternative<Verbatim>(s.is)) throw NotStraight{s.at, "VERBATIM"};
    throw NotStraight{s.at, "a statement that acts on one instance"};
}

void Executor::declare(const std::string& name, int size) {
    const int id = num_locals_++;
    scopes_.back().back().names[name] = {id, size};
    for (int i = 0; i < std::max(size, 1); ++i) values_[{Leaf::Kind::argument, id, i}] = g_.number(0);
}

/// Locals from this number on are out of scope.
void Executor::forget_locals(int first) {
    values_.erase(values_.lower_bound({Leaf::Kind::argument, first, 0}),
                  values_.lower_bound({Leaf::Kind::unknown, 0, 0}));
}

const std::pair<int, int>* Executor::local(const std::string& name) const {
    const auto& frames = scopes_.back();
    for (auto f = frames.rbegin(); f != frames.rend(); ++f)
        if (auto it = f->names.find(name); it != f->names.end()) return &it->second;
    return nullptr;
}

void Executor::with_local(const std::string& name, Node value, const std::function<void()>& f) {
    const int num_locals_before = num_locals_;
    scopes_.back().emplace_back();
    declare(name, 0);
    values_[{Leaf::Kind::argument, num_locals_ - 1, 0}] = value;
    f();
    scopes_.back().pop_back();
    forget_locals(num_locals_before);
}

Leaf Executor::slot(const Variable& v, int element) const {
    switch (v.place) {
        case Place::column:
            return {Leaf::Kind::column, v.index + element};
        case Place::global:
            return {Leaf::Kind::global, v.index + element};
        case Place::external:
            return {Leaf::Kind::external, v.index};
        case Place::ion: {  // a current that is written but not read is this mechanism's own
            const auto& iv = m_.ion_variables[static_cast<std::size_t>(v.index)];
            if (iv.part == IonPart::i && !iv.read) return {Leaf::Kind::column, iv.column};
            return {Leaf::Kind::ion, v.index};
        }
        case Place::voltage:
            return {Leaf::Kind::voltage};
        case Place::time:
            return {Leaf::Kind::time};
        case Place::step:
            return {Leaf::Kind::step};
        case Place::celsius:
            return {Leaf::Kind::celsius};
        case Place::diameter:
            return {Leaf::Kind::diameter};
        case Place::area:
            return {Leaf::Kind::area};
        case Place::pointer:
            return {Leaf::Kind::pointer, v.index, element};
        default:
            throw NotStraight{{}, "a random stream or object"};
    }
}

Leaf Executor::slot(const Expression& e) {
    int element = 0;
    if (e.kind == Kind::element) element = integer(e.operands[0]);
    if (const auto* l = local(e.text)) {
        if (e.kind == Kind::element && element >= std::max(l->second, 1))
            m_.fail(e.at, "index " + std::to_string(element) + " of '" + e.text + "', which has " +
                              std::to_string(l->second) + " elements");
        return {Leaf::Kind::argument, l->first, element};
    }
    const auto* v = m_.find(e.text);
    if (!v) m_.fail(e.at, "'" + e.text + "' is not declared" + did_you_mean(m_, e.text));
    if (v->place == Place::constant) throw NotStraight{e.at, "a constant that is assigned"};
    if (element >= v->length() && v->place != Place::pointer)
        m_.fail(e.at, "index " + std::to_string(element) + " of '" + e.text + "', which has " +
                          std::to_string(v->size) + " elements");
    return slot(*v, element);
}

int Executor::integer(const Expression& e) {
    const auto n = evaluate(e);
    if (!g_.is_number(n)) throw NotStraight{e.at, "an index or bound that is known only when it runs"};
    const double x = g_.at(n).value;
    if (!(std::fabs(x) < 1e9)) m_.fail(e.at, "an index or bound of " + std::to_string(x));
    const int i = static_cast<int>(x);
    if (i < 0 && e.kind != Kind::unary && e.kind != Kind::binary) m_.fail(e.at, "a negative index or bound");
    return i;
}

Node Executor::value(const Leaf& slot) {
    const auto it = values_.find(slot);
    if (it != values_.end()) return it->second;
    const auto n = g_.load(slot);
    values_[slot] = n;
    return n;
}

void Executor::replace(const std::map<Node, Node>& what) {
    for (auto& [slot, n] : values_)
        for (const auto& [old, by] : what)
            if (g_.depends(n, old)) {
                n = g_.substitute(n, what);
                break;
            }
}

void Executor::assign(const Assign& s) {
    if (s.target.kind == Kind::prime) throw NotStraight{s.target.at, "a derivative outside of its method"};
    const auto n = evaluate(s.value);
    const auto where = slot(s.target);
    if (where.kind == Leaf::Kind::pointer) throw NotStraight{s.target.at, "a POINTER that is written"};
    values_[where] = g_.as_number(n);
}

void Executor::branch(const If& s) {
    const auto condition = g_.truth(evaluate(s.condition));
    if (g_.is_number(condition)) return run(g_.at(condition).value != 0 ? s.yes : s.no);
    either(
        condition, [&] { run(s.yes); }, [&] { run(s.no); });
}

void Executor::either(Node condition, const std::function<void()>& run_yes, const std::function<void()>& run_no) {
    const auto before = values_;
    run_yes();
    auto yes = std::move(values_);
    values_ = before;
    run_no();
    for (const auto& [slot, n] : yes) {
        const auto other = values_.find(slot);
        if (other != values_.end()) {
            other->second = g_.select(condition, n, other->second);
        } else {  // assigned in one branch alone
            const auto old = slot.kind == Leaf::Kind::argument ? g_.number(0) : g_.load(slot);
            values_[slot] = g_.select(condition, n, old);
        }
    }
    for (auto& [slot, n] : values_)
        if (!yes.contains(slot))
            n = g_.select(condition, slot.kind == Leaf::Kind::argument ? g_.number(0) : g_.load(slot), n);
}

void Executor::loop(const From& s, Position at) {
    const int first = integer(s.first), last = integer(s.last), step = integer(s.step);
    if (step == 0) m_.fail(at, "FROM ... BY 0 never ends");
    if ((last - first) / step > 500) throw NotStraight{at, "a loop of more than 500 rounds"};
    for (int i = first; step > 0 ? i <= last : i >= last; i += step) {
        if (g_.size() > max_nodes) throw NotStraight{at, "too many operations to be written in a row"};
        with_local(s.name, g_.number(i), [&] { run(s.body); });
    }
}

Node Executor::evaluate(const Expression& e) {
    switch (e.kind) {
        case Kind::number:
            return g_.number(std::strtod(e.text.c_str(), nullptr));
        case Kind::name:
            if (const auto* v = local(e.text) ? nullptr : m_.find(e.text); v && v->place == Place::constant) {
                const auto now = g_.number(v->value);
                if (m_.legacy_global < 0 || v->value == v->legacy) return now;
                const auto legacy = g_.load({Leaf::Kind::global, m_.legacy_global});
                return g_.select(g_.equal(legacy, g_.number(0)), now, g_.number(v->legacy));
            }
            [[fallthrough]];
        case Kind::element:
            return value(slot(e));
        case Kind::unary: {
            const auto a = evaluate(e.operands[0]);
            return e.text == "-" ? g_.neg(a) : g_.negate(a);
        }
        case Kind::binary:
            return binary(e);
        case Kind::call:
            return call(e);
        default:
            throw NotStraight{e.at, "a string"};
    }
}

Node Executor::binary(const Expression& e) {
    const auto a = evaluate(e.operands[0]), b = evaluate(e.operands[1]);
    const auto& o = e.text;
    if (o == "+") return g_.add(a, b);
    if (o == "-") return g_.sub(a, b);
    if (o == "*") return g_.mul(a, b);
    if (o == "/") return g_.div(a, b);
    if (o == "%") return g_.call("fmod", a, b);
    if (o == "^") return g_.pow(a, b);
    if (o == "<") return g_.less(a, b);
    if (o == ">") return g_.less(b, a);
    if (o == "<=") return g_.less_equal(a, b);
    if (o == ">=") return g_.less_equal(b, a);
    if (o == "==") return g_.equal(a, b);
    if (o == "!=") return g_.negate(g_.equal(a, b));
    if (o == "&&") return g_.both(a, b);
    return g_.either(a, b);
}

Node Executor::call(const Expression& e) {
    if (const auto* r = m_.routine(e.text)) return routine(*r, e);
    if (e.text == "state_discontinuity" && e.operands.size() == 2) {
        if (discontinuities) values_[slot(e.operands[0])] = evaluate(e.operands[1]);
        return g_.number(0);
    }
    if (e.text == "at_time" && e.operands.size() == 1) {  // whether it is in this step
        const auto te = g_.sub(evaluate(e.operands[0]), g_.number(1e-11));
        const auto now = value({Leaf::Kind::time}), dt = value({Leaf::Kind::step});
        return g_.both(g_.less_equal(te, now), g_.less(g_.sub(now, dt), te));
    }
    if (is_runtime_call(e.text) || scop_arguments(e.text) >= 0) throw NotStraight{e.at, e.text + "()"};
    if (e.operands.empty() || builtin_arguments(e.text) < 0) m_.fail(e.at, "'" + e.text + "' is no function");
    const auto a = evaluate(e.operands[0]);
    if (e.text == "exp") return g_.exp(a);
    if (e.operands.size() == 1) return g_.call(e.text, a);
    const auto b = evaluate(e.operands[1]);
    return e.text == "pow" ? g_.pow(a, b) : g_.call(e.text, a, b);
}

bool Executor::table(const Routine& r, Node x) {
    if (!tables_) return false;
    for (std::size_t t = 0; t < m_.tables.size(); ++t) {
        const auto& info = m_.tables[t];
        if (info.routine != &r) continue;
        int part = 0;
        const int index = static_cast<int>(t);
        for (const auto v : info.outputs)
            for (int i = 0; i < m_.variables[static_cast<std::size_t>(v)].length(); ++i)
                values_[slot(m_.variables[static_cast<std::size_t>(v)], i)] =
                    g_.load({Leaf::Kind::table, index, part++, x});
        if (info.outputs.empty())
            values_[{Leaf::Kind::argument, local(r.name)->first, 0}] = g_.load({Leaf::Kind::table, index, 0, x});
        return true;
    }
    return false;
}

Node Executor::routine(const Routine& r, const Expression& e) {
    if (r.kind == Routine::Kind::function_table) {
        if (e.operands.size() > 2) throw NotStraight{e.at, "FUNCTION_TABLE of more than two numbers"};
        const auto a = evaluate(e.operands[0]);
        return g_.call("table_" + r.name, a, e.operands.size() == 2 ? evaluate(e.operands[1]) : -1);
    }
    if (++depth_ > 60) {
        depth_ = 0;
        throw NotStraight{e.at, "a function that calls itself"};
    }
    std::vector<Node> arguments;
    for (const auto& a : e.operands) arguments.push_back(g_.as_number(evaluate(a)));
    if (arguments.size() != r.arguments.size()) throw NotStraight{e.at, "arguments that only VERBATIM knows"};
    scopes_.emplace_back(1);
    declare(r.name, 0);
    const Leaf result{Leaf::Kind::argument, num_locals_ - 1, 0};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        declare(r.arguments[i].name, 0);
        values_[{Leaf::Kind::argument, num_locals_ - 1, 0}] = arguments[i];
    }
    if (arguments.size() != 1 || !table(r, arguments[0])) run(r.body);
    scopes_.pop_back();
    --depth_;
    const auto n = values_.at(result);
    forget_locals(result.index);
    return n;
}

}  // namespace ngv::nmodl
