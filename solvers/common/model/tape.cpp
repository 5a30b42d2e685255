#include "solvers/common/model/tape.hpp"

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/common/model/interpret.hpp"

namespace ngv::model {

namespace {

// Operands before the operations that use them; depth first, so that a value is used soon after it is made.
std::vector<Expr> in_order(const Graph& graph, std::span<const Expr> outputs) {
    std::vector<char> done(graph.size());
    std::vector<Expr> order;
    std::vector<std::pair<Expr, bool>> open;
    for (const Expr output : outputs) {
        open.push_back({output, false});
        while (!open.empty()) {
            const auto [e, operands_done] = open.back();
            open.pop_back();
            if (e.index < 0 || done[static_cast<std::size_t>(e.index)]) continue;
            if (operands_done) {
                done[static_cast<std::size_t>(e.index)] = 1;
                order.push_back(e);
                continue;
            }
            const Node& node = graph[e];
            open.push_back({e, true});
            for (const Expr child : {node.c, node.b, node.a}) open.push_back({child, false});
        }
    }
    return order;
}

}  // namespace

Tape::Tape(const Graph& graph, std::span<const Expr> outputs, std::span<const Expr> inputs) {
    const auto order = in_order(graph, outputs);
    std::vector<std::int32_t> place(graph.size(), -1);  // register of each node
    for (std::size_t i = 0; i < inputs.size(); ++i)
        place[static_cast<std::size_t>(inputs[i].index)] = static_cast<std::int32_t>(i);
    num_registers_ = inputs.size();

    std::vector<std::size_t> last_use(graph.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const Node& node = graph[order[i]];
        for (const Expr child : {node.a, node.b, node.c})
            if (child.index >= 0) last_use[static_cast<std::size_t>(child.index)] = i;
    }
    for (const Expr output : outputs) last_use[static_cast<std::size_t>(output.index)] = order.size();

    std::vector<std::int32_t> free;
    const auto is_value = [&](Expr e) { return arity(graph[e].op) > 0; };
    for (std::size_t i = 0; i < order.size(); ++i) {
        const Expr e = order[i];
        const Node& node = graph[e];
        auto& at = place[static_cast<std::size_t>(e.index)];
        if (node.op == Op::symbol) {
            NGV_ASSERT(at >= 0);  // every symbol is an input
            continue;
        }
        if (node.op == Op::constant) {
            at = static_cast<std::int32_t>(num_registers_++);
            constants_.push_back({static_cast<std::size_t>(at), node.value});
            continue;
        }
        Instruction instruction{node.op, 0, 0, 0, 0};
        std::int32_t* const operands[] = {&instruction.a, &instruction.b, &instruction.c};
        const Expr children[] = {node.a, node.b, node.c};
        for (int k = 0; k < arity(node.op); ++k) {
            *operands[k] = place[static_cast<std::size_t>(children[k].index)];
            NGV_ASSERT(*operands[k] >= 0);
        }
        for (int k = 0; k < arity(node.op); ++k) {
            const auto child = static_cast<std::size_t>(children[k].index);
            const bool repeated = (k > 0 && children[k] == children[0]) || (k > 1 && children[k] == children[1]);
            if (is_value(children[k]) && last_use[child] == i && !repeated) free.push_back(place[child]);
        }
        if (free.empty()) {
            at = static_cast<std::int32_t>(num_registers_++);
        } else {
            at = free.back();
            free.pop_back();
        }
        instruction.to = at;
        program_.push_back(instruction);
    }
    for (const Expr output : outputs)
        outputs_.push_back(static_cast<std::size_t>(place[static_cast<std::size_t>(output.index)]));
}

std::vector<Lanes> Tape::registers() const {
    std::vector<Lanes> registers(num_registers_, Lanes::all(0));
    for (const auto& [at, value] : constants_) registers[at] = Lanes::all(value);
    return registers;
}

void Tape::run(Lanes* registers) const {
    interpreter().run(program_, &registers[0][0]);
}

}  // namespace ngv::model
