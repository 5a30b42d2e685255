// SOLVE by cnexp, euler, runge and derivimplicit. What NEURON does is in Hines & Carnevale (2000) and in what its translator
// writes: cnexp updates states one after the other, the others all at once; with secondorder all but cnexp take half a
// step and extrapolate.
#include <algorithm>

#include "solvers/neuron/nmodl/kernel.hpp"
#include "solvers/neuron/nmodl/kinetic.hpp"

namespace ngv::nmodl {
namespace {

using Kind = Expression::Kind;

Leaf unknown_leaf(std::size_t iteration, std::size_t part) {
    return {Leaf::Kind::unknown, static_cast<int>(iteration), static_cast<int>(part)};
}

/// a and b of  e = a x + b  as NEURON's translator forms them; nullopt when e is not linear in x.
struct Linear {
    Node a = -1, b = -1;
    bool ok = true;
};
Linear linear(Graph& g, Node e, Node x) {
    const auto zero = g.number(0);
    if (e == x) return {g.number(1), zero};
    if (!g.depends(e, x)) return {zero, e};
    const auto n = g.at(e);
    const auto left = n.a >= 0 ? linear(g, n.a, x) : Linear{zero, zero};
    const auto right = n.b >= 0 ? linear(g, n.b, x) : Linear{zero, zero};
    if (!left.ok || !right.ok) return {-1, -1, false};
    switch (n.op) {
        case Op::add:
            return {g.add(left.a, right.a), g.add(left.b, right.b)};
        case Op::sub:
            return {g.is(left.a, 0) ? g.neg(right.a) : g.sub(left.a, right.a),
                    g.is(left.b, 0) ? g.neg(right.b) : g.sub(left.b, right.b)};
        case Op::neg:
            return {g.neg(left.a), g.neg(left.b)};
        case Op::mul:
            if (g.is(left.a, 0)) return {g.mul(n.a, right.a), g.is(right.b, 0) ? zero : g.mul(n.a, right.b)};
            if (g.is(right.a, 0)) return {g.mul(left.a, n.b), g.is(left.b, 0) ? zero : g.mul(left.b, n.b)};
            return {-1, -1, false};
        case Op::div:
            if (!g.is(right.a, 0)) return {-1, -1, false};
            return {g.div(left.a, n.b), g.is(left.b, 0) ? zero : g.div(left.b, n.b)};
        case Op::select: {
            const auto no = linear(g, n.c, x);
            if (!no.ok || g.depends(n.a, x)) return {-1, -1, false};
            return {g.select(n.a, right.a, no.a), g.select(n.a, right.b, no.b)};
        }
        default:
            return {-1, -1, false};
    }
}

/// Whether all of `roots` are sums of multiples of the unknowns and of what does not depend on them.
bool affine(const Graph& g, const std::vector<Node>& roots, const std::vector<Node>& unknowns) {
    std::map<Node, int> degree;  // 0 or 1; 2: anything else
    for (const auto n : g.order(roots)) {
        const auto& e = g.at(n);
        const auto of = [&](Node m) { return m < 0 ? 0 : degree.at(m); };
        const int a = of(e.a), b = of(e.b), c = of(e.c), most = std::max({a, b, c});
        int& d = degree[n];
        if (std::find(unknowns.begin(), unknowns.end(), n) != unknowns.end())
            d = 1;
        else if (most == 0 || e.op == Op::add || e.op == Op::sub || e.op == Op::neg)
            d = most;
        else if (e.op == Op::mul)
            d = std::min(2, a + b);
        else
            d = (e.op == Op::div && b == 0) || (e.op == Op::select && a == 0) ? most : 2;
    }
    return std::all_of(roots.begin(), roots.end(), [&](Node n) { return degree.at(n) < 2; });
}

/// p of  rate = (p - x) * k  or  (p - x) / w; -1 if it is not of that form.
Node steady_state(Graph& g, Node rate, Node x) {
    const auto e = g.at(rate);
    if (e.op != Op::mul && e.op != Op::div && e.op != Op::sub) return -1;
    if (e.op == Op::sub) return e.b == x && !g.depends(e.a, x) ? e.a : -1;
    for (const auto& [difference, other] : {std::pair{e.a, e.b}, std::pair{e.b, e.a}}) {
        if (e.op == Op::div && difference == e.b) continue;
        const auto s = g.at(difference);
        if (s.op == Op::sub && s.b == x && !g.depends(s.a, x) && !g.depends(other, x)) return s.a;
    }
    return -1;
}

class Method {
  public:
    Method(Executor& x, Kernel& k, const Routine& r, Position at) : x_(x), g_(x.graph()), k_(k), r_(r), at_(at) {}

    void cnexp() {
        with_prime([&](const Assign& s) { cnexp(s); });
    }

    void euler() {
        Values rates;
        with_prime([&](const Assign& s) { rates[state(s)] = x_.evaluate(s.value); });
        for (const auto& [slot, rate] : rates) x_.set(slot, g_.add(x_.value(slot), g_.mul(dt(), rate)));
    }

    void runge() {
        const auto start = x_.values();
        Values sum, k, old;
        const auto half = g_.mul(dt(), g_.number(0.5)), sixth = g_.div(dt(), g_.number(6));
        for (int stage = 0; stage < 4; ++stage) {
            Values rates;
            with_prime([&](const Assign& s) { rates[state(s)] = x_.evaluate(s.value); });
            for (const auto& [slot, rate] : rates) {
                if (stage == 0) old[slot] = start.contains(slot) ? start.at(slot) : g_.load(slot);
                const auto weighted = stage == 1 || stage == 2 ? g_.mul(g_.number(2), rate) : rate;
                sum[slot] = stage == 0 ? rate : g_.add(sum[slot], weighted);
                const auto step = stage == 2 ? dt() : half;
                x_.set(slot, stage == 3 ? g_.add(old[slot], g_.mul(sixth, sum[slot]))
                                        : g_.add(old[slot], g_.mul(step, rate)));
            }
        }
    }

    void derivimplicit() {
        const auto iteration = k_.iterations.size();
        std::vector<Leaf> slots;
        for (const auto& s : primes(r_.body)) collect(s, slots);
        std::vector<Node> old, u;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            old.push_back(x_.value(slots[i]));
            u.push_back(g_.load(unknown_leaf(iteration, i)));
            x_.set(slots[i], u.back());
        }
        Values rates;
        with_prime([&](const Assign& s) { rates[state(s)] = x_.evaluate(s.value); });
        const auto h = half_step();
        const auto n = slots.size();
        std::vector<std::vector<Node>> a(n, std::vector<Node>(n, g_.number(0)));
        std::vector<Node> b(n);
        bool is_linear = true;
        for (std::size_t i = 0; i < n; ++i) {
            const auto rate = rates.contains(slots[i]) ? rates[slots[i]] : g_.number(0);
            b[i] = g_.sub(g_.mul(h, rate), g_.sub(u[i], old[i]));
            for (std::size_t j = 0; j < n; ++j) {
                const auto slope = g_.derivative(rate, u[j]);
                for (std::size_t m = 0; m < n; ++m) is_linear = is_linear && !g_.depends(slope, u[m]);
                a[i][j] = g_.sub(g_.number(i == j), g_.mul(h, slope));
            }
        }
        finish({slots, old, u, std::move(a), std::move(b), is_linear, is_linear}, 1e-10, true);
    }

    void kinetic() {
        Kinetic scheme(x_, r_, k_.iterations.size(), at_);
        scheme.run(half_step());
        not_negative_ = true;
        finish({scheme.slots, scheme.old, scheme.unknowns, std::move(scheme.matrix), std::move(scheme.residual),
                scheme.linear, scheme.linear && scheme.fixed_rates},
               1e-6, false);
    }

  private:
    Node dt() { return g_.load({Leaf::Kind::step}); }
    Node second_order() { return g_.less(g_.number(0), g_.load({Leaf::Kind::second_order})); }
    Node half_step() { return g_.select(second_order(), g_.mul(g_.number(0.5), dt()), dt()); }

    /// Equations of an implicit step: residual(u) = 0, with matrix = -d residual/d u.
    struct System {
        std::vector<Leaf> slots;
        std::vector<Node> old, u;
        std::vector<std::vector<Node>> matrix;
        std::vector<Node> residual;
        bool linear;  ///< one step of Newton's solves it as NEURON does
        bool exact;   ///< and residual(u) = residual(0) - matrix u
    };

    /// States get their new values; what was computed from the unknowns is computed from the solution.
    void finish(const System& s, double tolerance, bool relative) {
        const auto& [slots, old, u, matrix, residual, is_linear, exact] = s;
        std::map<Node, Node> solved;
        std::vector<Node> now(slots.size());
        if (exact && g_.fast() && affine(g_, residual, u)) {  // u = matrix^-1 residual(0)
            std::map<Node, Node> from_zero;
            for (const auto n : u) from_zero[n] = g_.number(0);
            auto right = residual;
            for (auto& n : right) n = g_.substitute(n, from_zero);
            now = eliminate(g_, matrix, std::move(right), x_.model(), at_);
            for (auto& n : now) n = not_negative(n);
        } else if (is_linear) {  // as NEURON: the change from the old values
            std::map<Node, Node> from_old;
            for (std::size_t i = 0; i < u.size(); ++i) from_old[u[i]] = old[i];
            const auto change = eliminate(g_, matrix, residual, x_.model(), at_);
            for (std::size_t i = 0; i < u.size(); ++i)
                now[i] = not_negative(g_.add(old[i], g_.substitute(change[i], from_old)));
        } else {
            auto change = eliminate(g_, matrix, residual, x_.model(), at_);
            const int index = static_cast<int>(k_.iterations.size());
            for (std::size_t i = 0; i < u.size(); ++i)
                now[i] = g_.load({Leaf::Kind::solution, index, static_cast<int>(i)});
            k_.iterations.push_back({old, std::move(change), tolerance, relative, not_negative_, 20});
        }
        for (std::size_t i = 0; i < u.size(); ++i) solved[u[i]] = now[i];
        for (std::size_t i = 0; i < u.size(); ++i)  // extrapolated from half a step
            x_.set(slots[i], g_.select(second_order(), g_.sub(g_.add(now[i], now[i]), old[i]), now[i]));
        x_.replace(solved);
    }
    Node not_negative(Node n) { return not_negative_ ? g_.select(g_.less(n, g_.number(0)), g_.number(0), n) : n; }

    void cnexp(const Assign& s) {
        const auto slot = state(s);
        const auto old = x_.value(slot);
        const auto u = g_.load(unknown_leaf(1000000 + count_++, 0));
        x_.set(slot, u);
        const auto rate = g_.as_number(x_.evaluate(s.value));
        x_.set(slot, old);
        x_.replace({{u, old}});
        const auto l = linear(g_, rate, u);
        if (!l.ok)
            x_.model().fail(s.target.at,
                            "this equation is not linear in " + s.target.text + ", so that cnexp cannot solve it",
                            "use METHOD derivimplicit");
        const auto one = g_.number(1);
        if (g_.is(l.a, 0)) return x_.set(slot, g_.add(old, g_.mul(dt(), l.b)));
        const auto decay = [&] { return g_.exp(g_.mul(dt(), l.a)); };
        if (!g_.fast()) {
            const auto steady = g_.div(g_.neg(l.b), l.a);
            return x_.set(slot, g_.add(old, g_.mul(g_.sub(one, decay()), g_.sub(steady, old))));
        }
        if (g_.is(l.b, 0)) return x_.set(slot, g_.mul(old, decay()));
        if (const auto p = steady_state(g_, rate, u); p >= 0)
            return x_.set(slot, g_.add(p, g_.mul(g_.sub(old, p), decay())));
        const auto steady = g_.neg(g_.div(l.b, l.a));
        const auto exact = g_.add(steady, g_.mul(g_.sub(old, steady), decay()));
        x_.set(slot, g_.select(g_.equal(l.a, g_.number(0)), g_.add(old, g_.mul(dt(), l.b)), exact));
    }

    Leaf state(const Assign& s) { return x_.slot(s.target.operands[0]); }

    void with_prime(const std::function<void(const Assign&)>& f) {
        const auto before = x_.special;
        x_.special = [&](const Statement& s) {
            const auto* a = std::get_if<Assign>(&s.is);
            if (!a || a->target.kind != Kind::prime) return false;
            f(*a);
            return true;
        };
        x_.run(r_.body);
        x_.special = before;
    }

    static std::vector<const Expression*> primes(const Block& block) {
        std::vector<const Expression*> list;
        const auto add = [&](const Block& b) {
            for (const auto* e : primes(b)) list.push_back(e);
        };
        for (const auto& s : block) {
            if (const auto* a = std::get_if<Assign>(&s.is); a && a->target.kind == Kind::prime)
                list.push_back(&a->target);
            if (const auto* c = std::get_if<If>(&s.is)) add(c->yes), add(c->no);
            if (const auto* f = std::get_if<From>(&s.is)) add(f->body);
        }
        return list;
    }
    /// All elements of an array count, whichever of them has an equation.
    void collect(const Expression* prime, std::vector<Leaf>& slots) {
        const auto* v = x_.model().find(prime->text);
        for (int i = 0; i < v->length(); ++i) {
            const auto slot = x_.slot(*v, i);
            bool known = false;
            for (const auto& s : slots) known = known || (!(s < slot) && !(slot < s));
            if (!known) slots.push_back(slot);
        }
    }

    Executor& x_;
    Graph& g_;
    Kernel& k_;
    const Routine& r_;
    Position at_;
    bool not_negative_ = false;
    int count_ = 0;
};

}  // namespace

void solve(Executor& x, Kernel& kernel, const Solve& s, Position at) {
    const auto* r = x.model().routine(s.block);
    if (!r) x.model().fail(at, "SOLVE " + s.block + ": there is no block of this name");
    Method method(x, kernel, *r, at);
    switch (r->kind) {
        case Routine::Kind::procedure:
        case Routine::Kind::discrete:  // once a step; that NEURON moves the clock here by another dt is not followed
            return x.run(r->body);
        case Routine::Kind::kinetic:
            if (s.method != "sparse" && s.method != "")
                x.model().fail(at, "a KINETIC block is solved by sparse, not by " + s.method, "write METHOD sparse");
            return method.kinetic();
        case Routine::Kind::derivative:
            break;
        case Routine::Kind::linear:
        case Routine::Kind::nonlinear:
            throw NotStraight{at, "LINEAR or NONLINEAR, solved with pivoting"};
        default:
            x.model().fail(at, "'" + s.block + "' cannot be solved",
                           "SOLVE takes DERIVATIVE, KINETIC, LINEAR, NONLINEAR, DISCRETE or PROCEDURE");
    }
    if (s.method == "cnexp") return method.cnexp();
    if (s.method == "euler") return method.euler();
    if (s.method == "runge") return method.runge();
    if (s.method == "derivimplicit" || s.method == "sparse" || s.method == "newton" || s.method.empty())
        return method.derivimplicit();
    x.model().fail(at, "method " + s.method + " does not solve a DERIVATIVE block",
                   "use cnexp, derivimplicit, sparse, euler or runge");
}

}  // namespace ngv::nmodl
