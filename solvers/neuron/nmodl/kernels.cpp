#include "solvers/neuron/nmodl/kernels.hpp"

#include <algorithm>
#include <functional>

#include "solvers/neuron/nmodl/mentions.hpp"

namespace ngv::nmodl {

using Kind = Expression::Kind;

const char* phase_name(Phase p) {
    static constexpr const char* names[] = {"current",     "state",       "state_current", "before_breakpoint",
                                            "after_solve", "before_step", "after_step"};
    return names[static_cast<int>(p)];
}

Block solves_of(const Block& block) {
    Block result;
    for (const auto& s : block) {
        if (std::holds_alternative<Solve>(s.is)) result.push_back(s);
        if (const auto* c = std::get_if<If>(&s.is)) {
            If kept{c->condition, solves_of(c->yes), solves_of(c->no)};
            if (!kept.yes.empty() || !kept.no.empty()) result.push_back({s.at, std::move(kept)});
        }
    }
    return result;
}

Block without_solves(const Block& block) {
    Block result;
    for (const auto& s : block) {
        if (std::holds_alternative<Solve>(s.is)) continue;
        if (const auto* c = std::get_if<If>(&s.is))
            result.push_back({s.at, If{c->condition, without_solves(c->yes), without_solves(c->no)}});
        else
            result.push_back(s);
    }
    return result;
}

namespace {

bool same(const Leaf& a, const Leaf& b) {
    return !(a < b) && !(b < a);
}

class Builder {
  public:
    Builder(const Model& m, Arithmetic a, bool neuron_slopes)
        : m_(m), arithmetic_(a), exact_slopes_(a == Arithmetic::fast && !neuron_slopes) {}

    Kernels run() {
        const auto& p = m_.program;
        const Block empty;
        const auto& breakpoint = p.breakpoint ? *p.breakpoint : empty;
        const bool has_current = !m_.currents.empty();
        auto state = solves_of(breakpoint);
        const auto rest = without_solves(breakpoint);
        if (!has_current)
            state.insert(state.end(), rest.begin(), rest.end());  // as in NEURON: all of it follows the solution
        if (!state.empty()) phase(Phase::state, state, [&](Executor& x, Kernel& k) { run_state(x, k, state); });
        if (has_current) phase(Phase::current, rest, [&](Executor& x, Kernel& k) { run_current(x, k, rest); });
        if (!state.empty() && has_current && may_fuse())
            phase(Phase::state_current, {}, [&](Executor& x, Kernel& k) { run_both(x, k, state, rest); });
        for (const auto& [when, target] : {std::pair{Hook::When::before_breakpoint, Phase::before_breakpoint},
                                           std::pair{Hook::When::after_solve, Phase::after_solve},
                                           std::pair{Hook::When::before_step, Phase::before_step},
                                           std::pair{Hook::When::after_step, Phase::after_step}}) {
            Block all;
            for (const auto& h : p.hooks)
                if (h.when == when) all.insert(all.end(), h.body.begin(), h.body.end());
            if (!all.empty()) phase(target, all, [&](Executor& x, Kernel&) { x.run(all); });
        }
        if (auto it = result_.phases.find(Phase::state_current); it != result_.phases.end() && !it->second.graph)
            result_.phases.erase(it);
        liveness();
        derive(m_, result_, changing());
        return std::move(result_);
    }

  private:
    using Run = std::function<void(Executor&, Kernel&)>;

    void phase(Phase which, const Block& statements, const Run& run) {
        auto& p = result_.phases[which];
        p.statements = statements;
        try {
            p.graph = kernel(run, false);
            if (!m_.tables.empty()) p.tabled = kernel(run, true);
        } catch (const NotStraight& e) {
            p.graph.reset();
            p.tabled.reset();
            p.reason = e;
        }
    }

    std::unique_ptr<Kernel> kernel(const Run& run, bool tables) {
        auto k = std::make_unique<Kernel>(arithmetic_);
        Executor x(m_, k->graph, tables);
        run(x, *k);
        for (const auto& [slot, n] : x.values()) {
            const bool kept = slot.kind == Leaf::Kind::column || slot.kind == Leaf::Kind::global ||
                              (slot.kind == Leaf::Kind::ion &&
                               m_.ion_variables[static_cast<std::size_t>(slot.index)].part != IonPart::i);
            if (kept && n != k->graph.load(slot)) k->stores[slot] = n;
        }
        if (arithmetic_ == Arithmetic::fast) share_exponentials(*k);
        check_globals(*k);
        return k;
    }

    void run_state(Executor& x, Kernel& k, const Block& statements) {
        x.solve = [&](const Solve& s, Position at) { solve(x, k, s, at); };
        x.run(statements);
        x.solve = nullptr;
    }

    Node current(Executor& x, const Current& c) {
        return x.value(x.slot(m_.variables[static_cast<std::size_t>(c.variable)], 0));
    }

    struct Evaluation {
        Node total = -1;
        std::vector<Node> each;
    };
    Evaluation evaluate_current(Executor& x, const Block& rest) {
        auto& g = x.graph();
        x.run(rest);
        Evaluation e;
        e.total = g.number(0);
        for (const auto& c : m_.currents) {
            e.each.push_back(current(x, c));
            e.total = c.electrode ? g.sub(e.total, e.each.back()) : g.add(e.total, e.each.back());
        }
        return e;
    }

    void run_current(Executor& x, Kernel& k, const Block& rest) {
        auto& g = k.graph;
        const Leaf voltage{Leaf::Kind::voltage};
        const auto v = g.load(voltage);
        const auto step = g.number(.001);
        Evaluation moved;
        if (!exact_slopes_) {  // NEURON: once at v + 0.001 mV, then at v
            x.set(voltage, g.add(v, step));
            moved = evaluate_current(x, rest);
            x.discontinuities = false;
        }
        x.set(voltage, v);  // a file may assign it for its own use
        const auto now = evaluate_current(x, rest);
        x.discontinuities = true;
        const auto slope = [&](Node of, Node of_moved) {
            return exact_slopes_ ? g.derivative(of, v) : g.div(g.sub(of_moved, of), step);
        };
        Node scale = -1;
        if (m_.program.neuron.kind == NeuronBlock::Kind::point_process)  // nA to mA/cm2
            scale = g.div(g.number(100), g.load({Leaf::Kind::area}));
        const auto scaled = [&](Node n) { return scale < 0 ? n : g.mul(n, scale); };
        k.rhs = scaled(now.total);
        k.d = scaled(slope(now.total, moved.total));
        for (std::size_t i = 0; i < m_.currents.size(); ++i) {
            const auto& c = m_.currents[i];
            if (c.ion_variable < 0) continue;
            k.ions.push_back(
                {c.ion_variable, scaled(now.each[i]), scaled(slope(now.each[i], exact_slopes_ ? -1 : moved.each[i]))});
            x.set({Leaf::Kind::column, m_.ion_variables[static_cast<std::size_t>(c.ion_variable)].column}, now.each[i]);
        }
    }

    /// The state that has just been computed is a constant of the current: its slope is that at fixed gates.
    void run_both(Executor& x, Kernel& k, const Block& state, const Block& rest) {
        auto& g = k.graph;
        run_state(x, k, state);
        std::map<Node, Node> real;
        auto fixed = x.values();
        for (const auto& [slot, n] : fixed) {
            if (slot.kind == Leaf::Kind::voltage || n == g.load(slot)) continue;
            const auto stand_in = g.load({Leaf::Kind::unknown, 2000000, static_cast<int>(real.size())});
            real[stand_in] = n;
            x.set(slot, stand_in);
        }
        run_current(x, k, rest);
        x.replace(real);
        const auto restore = [&](Node& n) { n = g.substitute(n, real); };
        restore(k.rhs);
        restore(k.d);
        for (auto& i : k.ions) restore(i.current), restore(i.slope);
    }

    /// State of this step and current of the next share v and whatever else they read, unless the one reads or changes what
    /// must happen between them.
    bool may_fuse() const {
        const auto& state = result_.phases.at(Phase::state);
        const auto& current = result_.phases.at(Phase::current);
        if (!state.graph || !current.graph) return false;
        for (const auto& l : current.graph->loads())
            if (l.kind == Leaf::Kind::time) return false;
        for (const auto& l : state.graph->loads())
            if (l.kind == Leaf::Kind::ion && m_.ion_variables[static_cast<std::size_t>(l.index)].part == IonPart::i)
                return false;
        for (const auto& iv : m_.ion_variables)
            if (iv.write && iv.part != IonPart::i) return false;
        return std::none_of(m_.program.hooks.begin(), m_.program.hooks.end(), [](const Hook& h) {
            return h.when == Hook::When::after_solve || h.when == Hook::When::before_breakpoint;
        });
    }

    /// A global that is read and then changed makes an instance depend on the one before it. That is no matter if the change is
    /// the same for all and once is enough, as where a file keeps a factor until celsius changes.
    void check_globals(Kernel& k) {
        auto& g = k.graph;
        std::map<Node, Node> next;
        for (const auto& [slot, n] : k.stores)
            if (slot.kind == Leaf::Kind::global) next[g.load(slot)] = n;
        for (const auto& [slot, n] : k.stores) {
            if (slot.kind != Leaf::Kind::global) continue;
            const auto before = g.load(slot);
            const auto roots = k.roots();
            if (std::none_of(roots.begin(), roots.end(), [&](Node r) { return g.depends(r, before); })) continue;
            if (!g.is_shared(n) || g.substitute(n, next) != n)
                throw NotStraight{{}, "a GLOBAL that each instance changes for the next"};
        }
        for (const auto r : k.roots())  // the first instance sees what the others see
            for (const auto& [before, after] : next)
                if (g.depends(r, before) && g.substitute(r, next) != r)
                    throw NotStraight{{}, "a GLOBAL that the first instance changes for the others"};
    }

    const Variable* column_owner(int column) const {
        for (const auto& v : m_.variables)
            if (v.place == Place::column && column >= v.index && column < v.index + v.length()) return &v;
        for (const auto& iv : m_.ion_variables)
            if (iv.column == column) return &m_.variables[static_cast<std::size_t>(iv.variable)];
        return nullptr;
    }

    void scalar_reads(const Block& b) {
        for (const auto& name : names_in(m_, b)) mark(name, true);
    }
    void mark(const std::string& name, bool read) {
        const auto* v = m_.find(name);
        if (!v) return;
        for (int i = 0; i < v->length(); ++i) {
            if (v->place == Place::column) {
                if (read) result_.read_columns.insert(v->index + i);
                result_.written_columns.insert(v->index + i);
            } else if (v->place == Place::global) {
                if (read) result_.read_globals.insert(v->index + i);
            } else if (v->place == Place::ion) {
                const auto c = m_.ion_variables[static_cast<std::size_t>(v->index)].column;
                if (c >= 0 && read) result_.read_columns.insert(c);
                if (c >= 0) result_.written_columns.insert(c);
            }
        }
    }

    /// INITIAL runs instance by instance; what it reads before it assigns is known only if it is straight.
    void initial_reads() {
        const auto& p = m_.program;
        Block all = p.initial ? *p.initial : Block{};
        for (const auto& h : p.hooks)
            if (h.when == Hook::When::before_initial || h.when == Hook::When::after_initial)
                all.insert(all.end(), h.body.begin(), h.body.end());
        Kernel k(arithmetic_);
        try {
            Executor x(m_, k.graph, false);
            for (const auto& d : p.states)
                if (const auto* v = m_.find(d.name); v->place == Place::column)
                    for (int i = 0; i < v->length(); ++i) x.set(x.slot(*v, i), k.graph.number(0));
            x.solve = [&](const Solve& s, Position at) { solve(x, k, s, at); };
            x.run(all);
            for (const auto& [slot, n] : x.values()) {
                if (slot.kind == Leaf::Kind::column) result_.written_columns.insert(slot.index);
                if (slot.kind == Leaf::Kind::column || slot.kind == Leaf::Kind::global || slot.kind == Leaf::Kind::ion)
                    k.stores[slot] = n;
            }
            for (const auto& [slot, n] : k.stores) {
                if (k.graph.at(n).op == Op::load && same(k.graph.leaf(n), slot)) continue;
                for (const auto m : k.graph.order({n}))
                    if (k.graph.at(m).op == Op::load) mark_load(k.graph.leaf(m));
            }
        } catch (const NotStraight&) {
            scalar_reads(all);
        }
        for (const auto& name : names_in(m_, all)) mark(name, false);
    }

    void mark_load(const Leaf& l) {
        if (l.kind == Leaf::Kind::column) result_.read_columns.insert(l.index);
        if (l.kind == Leaf::Kind::global) result_.read_globals.insert(l.index);
    }

    /// Drops what is computed for nobody: a column or global that is not visible and that nothing reads.
    void liveness() {
        const auto& p = m_.program;
        initial_reads();
        for (const auto* b : {&p.constructor, &p.destructor})
            if (*b) scalar_reads(**b);
        if (p.net_receive) scalar_reads(p.net_receive->body);
        for (const auto& [which, k] : result_.phases)
            if (!k.graph) scalar_reads(k.statements);
        for (const auto& r : p.routines)
            if (r.kind == Routine::Kind::kinetic)
                for (const auto& s : r.body)
                    if (const auto* d = std::get_if<Diffusion>(&s.is)) {
                        std::set<std::string> names;
                        Mentions(m_, names).expression(d->coefficient);
                        for (const auto& t : r.body)
                            if (const auto* c = std::get_if<Compartment>(&t.is))
                                Mentions(m_, names).expression(c->volume);
                        for (const auto& n : names) mark(n, true);
                    }
        for (std::size_t before = 0; true;) {
            for (const auto& [which, pk] : result_.phases)
                for (const auto* k : {pk.graph.get(), pk.tabled.get()})
                    if (k) live(*k);
            const auto now = result_.read_columns.size() + result_.read_globals.size();
            if (now == before) break;
            before = now;
        }
        for (auto& [which, pk] : result_.phases)
            for (auto* k : {pk.graph.get(), pk.tabled.get()}) {
                if (!k) continue;
                std::erase_if(k->stores, [&](const auto& s) { return !wanted(s.first); });
                for (const auto& [slot, n] : k->stores)
                    if (slot.kind == Leaf::Kind::column) result_.written_columns.insert(slot.index);
            }
        if (auto it = result_.phases.find(Phase::state); it != result_.phases.end()) {
            if (it->second.graph) {
                for (const auto& l : it->second.graph->loads())
                    if (l.kind == Leaf::Kind::ion &&
                        m_.ion_variables[static_cast<std::size_t>(l.index)].part == IonPart::i)
                        result_.state_reads_ion_current = true;
            } else {
                for (const auto& iv : m_.ion_variables)
                    if (iv.part == IonPart::i && iv.read) result_.state_reads_ion_current = true;
            }
        }
    }

    /// INITIAL and CONSTRUCTOR do not count: they run before the first step.
    Changing changing() const {
        Changing c;
        std::set<std::string> names;
        if (m_.program.net_receive) names = names_in(m_, m_.program.net_receive->body, Mentions::What::written);
        for (const auto& [which, pk] : result_.phases) {
            for (const auto* k : {pk.graph.get(), pk.tabled.get()}) {
                if (!k) continue;
                for (const auto& [slot, n] : k->stores) {
                    if (slot.kind == Leaf::Kind::column) c.columns.insert(slot.index);
                    if (slot.kind == Leaf::Kind::global) c.globals.insert(slot.index);
                }
                for (const auto& i : k->ions)
                    c.columns.insert(m_.ion_variables[static_cast<std::size_t>(i.ion_variable)].column);
            }
            if (!pk.graph) names.merge(names_in(m_, pk.statements, Mentions::What::written));
        }
        for (const auto& name : names) {
            const auto* v = m_.find(name);
            if (!v) continue;
            for (int i = 0; i < v->length(); ++i) {
                if (v->place == Place::column) c.columns.insert(v->index + i);
                if (v->place == Place::global) c.globals.insert(v->index + i);
            }
        }
        return c;
    }

    bool wanted(const Leaf& slot) const {
        if (slot.kind == Leaf::Kind::ion) return true;
        if (slot.kind == Leaf::Kind::global) return result_.read_globals.contains(slot.index);
        const auto* owner = column_owner(slot.index);
        return !owner || owner->visible || result_.read_columns.contains(slot.index);
    }

    void live(const Kernel& k) {
        std::vector<Node> roots;
        if (k.rhs >= 0) roots.push_back(k.rhs), roots.push_back(k.d);
        for (const auto& i : k.ions) roots.push_back(i.current), roots.push_back(i.slope);
        for (const auto& [slot, n] : k.stores)
            if (wanted(slot)) roots.push_back(n);
        for (const auto& it : k.iterations) {
            roots.insert(roots.end(), it.start.begin(), it.start.end());
            roots.insert(roots.end(), it.change.begin(), it.change.end());
        }
        for (const auto n : k.graph.order(roots))
            if (k.graph.at(n).op == Op::load) mark_load(k.graph.leaf(n));
    }

    const Model& m_;
    Arithmetic arithmetic_;
    bool exact_slopes_;
    Kernels result_;
};

}  // namespace

Kernels build_kernels(const Model& model, Arithmetic arithmetic, bool neuron_slopes) {
    return Builder(model, arithmetic, neuron_slopes).run();
}

}  // namespace ngv::nmodl
