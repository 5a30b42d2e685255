// What is the same in every step is not computed anew in each: exp(-dt/tau) of an instance's own tau, 100/area of a point process. Such
// values get columns of their own, which ngv_mechanism::derive fills; the operations are those that the kernel had, so that results keep
// their bits.
#include <algorithm>

#include "solvers/neuron/nmodl/kernels.hpp"

namespace ngv::nmodl {
namespace {

class Derivation {
  public:
    Derivation(const Model& m, Kernels& kernels, const Changing& changing)
        : m_(m), kernels_(kernels), changing_(changing) {}

    void take_from(Kernel& k) {
        const auto& g = k.graph;
        const auto roots = k.roots();
        const auto order = g.order(roots);
        std::vector<char> steady(g.size(), 0), needed(g.size(), 0);
        for (const auto n : order) steady[at(n)] = is_steady(g, n, steady);
        for (const auto r : roots) needed[at(r)] = 1;
        for (const auto n : order)
            for (const auto m : {g.at(n).a, g.at(n).b, g.at(n).c})
                if (m >= 0 && !steady[at(n)]) needed[at(m)] = 1;
        std::map<Node, Node> replaced;
        for (const auto n : order)
            if (steady[at(n)] && needed[at(n)] && !g.is_condition(n) && pays(g, n))
                replaced[n] = k.graph.load({Leaf::Kind::column, column_of(g, n)});
        if (!replaced.empty()) k.replace(replaced);
    }

  private:
    static std::size_t at(Node n) { return static_cast<std::size_t>(n); }

    bool is_steady(const Graph& g, Node n, const std::vector<char>& steady) const {
        const auto& e = g.at(n);
        if (e.op == Op::call && is_function_table(g.function(n))) return false;
        for (const auto m : {e.a, e.b, e.c})
            if (m >= 0 && !steady[at(m)]) return false;
        if (e.op != Op::load) return true;
        using K = Leaf::Kind;
        const auto& l = g.leaf(n);
        if (l.kind == K::column) return !changing_.columns.contains(l.index);
        if (l.kind == K::global) return !changing_.globals.contains(l.index);
        return l.kind == K::step || l.kind == K::celsius || l.kind == K::second_order || l.kind == K::diameter ||
               l.kind == K::area;
    }

    /// Whether computing it costs more than reading it: a division at least. What all instances share is computed once anyway.
    static bool pays(const Graph& g, Node n) {
        if (g.is_shared(n)) return false;
        const auto nodes = g.order({n});
        return std::any_of(nodes.begin(), nodes.end(), [&](Node m) {
            return !g.is_shared(m) && (g.at(m).op == Op::div || g.at(m).op == Op::call);
        });
    }

    int column_of(const Graph& g, Node n) {
        if (!kernels_.derive) kernels_.derive = std::make_unique<Kernel>(g.arithmetic());
        auto& own = *kernels_.derive;
        const auto value = own.graph.import(g, n);
        for (const auto& [slot, known] : own.stores)
            if (known == value) return slot.index;
        const int column = m_.num_columns + kernels_.num_derived++;
        own.stores[{Leaf::Kind::column, column}] = value;
        for (const auto m : own.graph.order({value}))
            if (own.graph.at(m).op == Op::load && own.graph.leaf(m).kind == Leaf::Kind::column)
                kernels_.kept_columns.insert(own.graph.leaf(m).index);
        return column;
    }

    const Model& m_;
    Kernels& kernels_;
    const Changing& changing_;
};

}  // namespace

void derive(const Model& model, Kernels& kernels, const Changing& changing) {
    Derivation derivation(model, kernels, changing);
    for (auto& [phase, k] : kernels.phases)
        for (auto* kernel : {k.graph.get(), k.tabled.get()})
            if (kernel) derivation.take_from(*kernel);
}

}  // namespace ngv::nmodl
