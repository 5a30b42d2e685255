// exp(k v) as a power of another exp(m v) of the same kernel, where k is a small multiple of m: three of the six exponentials
// of Hodgkin and Huxley's rates are powers of the others. The error grows with the power: at most 8 times 2 ulp.
#include <algorithm>
#include <cmath>

#include "solvers/neuron/nmodl/kernel.hpp"

namespace ngv::nmodl {
namespace {

struct Exponential {
    Node node;
    double rate;  ///< per mV
};

bool is_voltage(const Graph& g, Node n) {
    return g.at(n).op == Op::load && g.leaf(n).kind == Leaf::Kind::voltage;
}

std::vector<Exponential> exponentials_of_voltage(const Graph& g, const std::vector<Node>& roots) {
    std::vector<Exponential> list;
    for (const auto n : g.order(roots)) {
        if (g.at(n).op != Op::call || g.function(n) != "exp") continue;
        const auto a = g.at(n).a;
        const auto& e = g.at(a);
        if (is_voltage(g, a)) list.push_back({n, 1});
        if (e.op == Op::neg && is_voltage(g, e.a)) list.push_back({n, -1});
        if (e.op == Op::mul && g.is_number(e.a) && is_voltage(g, e.b)) list.push_back({n, g.at(e.a).value});
    }
    std::sort(list.begin(), list.end(),
              [](const auto& a, const auto& b) { return std::fabs(a.rate) < std::fabs(b.rate); });
    return list;
}

}  // namespace

void share_exponentials(Kernel& k) {
    auto& g = k.graph;
    std::map<Node, Node> replaced;
    std::vector<Exponential> bases;
    for (const auto& e : exponentials_of_voltage(g, k.roots())) {
        const auto base = std::find_if(bases.begin(), bases.end(), [&](const Exponential& b) {
            const double power = e.rate / b.rate, whole = std::round(power);
            return std::fabs(power - whole) < 1e-14 * std::fabs(whole) && std::fabs(whole) <= 8 && whole != 0;
        });
        if (base == bases.end()) {
            bases.push_back(e);
            continue;
        }
        replaced[e.node] = g.pow(base->node, g.number(std::round(e.rate / base->rate)));
    }
    if (!replaced.empty()) k.replace(replaced);
}

void Kernel::replace(const std::map<Node, Node>& what) {
    const auto apply = [&](Node& n) {
        if (n >= 0) n = graph.substitute(n, what);
    };
    for (auto& [slot, n] : stores) apply(n);
    apply(rhs);
    apply(d);
    for (auto& i : ions) apply(i.current), apply(i.slope);
    for (auto& it : iterations) {
        for (auto& n : it.start) apply(n);
        for (auto& n : it.change) apply(n);
    }
}

}  // namespace ngv::nmodl
