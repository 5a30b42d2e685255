#include "solvers/neuron/nmodl/connection_numbers.hpp"

#include <algorithm>
#include <set>

namespace ngv::nmodl {
namespace {

using Names = std::set<std::string>;

/// Walks the block in the order of its execution, with the arguments that have surely been assigned by then.
class Walk {
  public:
    explicit Walk(Names arguments) : arguments_(std::move(arguments)) {}

    Names read, assigned;  ///< arguments: read as the event found them; assigned anywhere
    bool clear = true;     ///< everything was understood

    void block(const Block& b, Names& sure) {
        for (const auto& s : b) std::visit([&](const auto& is) { statement(is, sure); }, s.is);
    }

  private:
    void expression(const Expression& e, const Names& sure) {
        const bool named = e.kind == Expression::Kind::name || e.kind == Expression::Kind::element;
        if (named && arguments_.contains(e.text) && !sure.contains(e.text)) read.insert(e.text);
        for (const auto& o : e.operands) expression(o, sure);
    }
    void statement(const Assign& s, Names& sure) {
        expression(s.value, sure);
        for (const auto& o : s.target.operands) expression(o, sure);
        if (!arguments_.contains(s.target.text)) return;
        assigned.insert(s.target.text);
        sure.insert(s.target.text);
    }
    void statement(const Evaluate& s, Names& sure) { expression(s.call, sure); }
    void statement(const If& s, Names& sure) {
        expression(s.condition, sure);
        Names yes = sure, no = sure;
        block(s.yes, yes);
        block(s.no, no);
        sure.clear();
        std::set_intersection(yes.begin(), yes.end(), no.begin(), no.end(), std::inserter(sure, sure.end()));
    }
    void statement(const While& s, Names& sure) {
        expression(s.condition, sure);
        Names inside = sure;
        block(s.body, inside);
    }
    void statement(const From& s, Names& sure) {
        for (const auto* e : {&s.first, &s.last, &s.step}) expression(*e, sure);
        clear = clear && !arguments_.contains(s.name);
        Names inside = sure;
        block(s.body, inside);
    }
    void statement(const Local& s, Names&) {
        for (const auto& n : s.names) clear = clear && !arguments_.contains(n.name);
    }
    void statement(const Watch& s, Names& sure) {
        for (const auto& c : s.cases) expression(c.flag, sure);
    }
    /// Runs at the start, before any event.
    void statement(const NetInitial& s, Names&) {
        Names own;
        const Names before = read;
        block(s.body, own);
        read = before;
    }
    void statement(const Return&, Names&) {}
    template <class Other>
    void statement(const Other&, Names&) {
        clear = false;
    }

    Names arguments_;
};

}  // namespace

bool arguments_never_change(const NetReceive& block) {
    Names arguments;
    for (const auto& a : block.arguments) arguments.insert(a.name);
    Walk walk(arguments);
    Names sure;
    walk.block(block.body, sure);
    return walk.clear &&
           std::none_of(walk.read.begin(), walk.read.end(), [&](const auto& n) { return walk.assigned.contains(n); });
}

}  // namespace ngv::nmodl
