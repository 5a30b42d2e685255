#include "solvers/neuron/nmodl/kinetic.hpp"

#include <algorithm>
#include <utility>

namespace ngv::nmodl {

using Kind = Expression::Kind;

Kinetic::Kinetic(Executor& x, const Routine& r, std::size_t iteration, Position at)
    : x_(x), g_(x.graph()), r_(r), at_(at), iteration_(iteration) {
    find_species(r.body);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        old.push_back(x_.value(slots[i]));
        unknowns.push_back(g_.load({Leaf::Kind::unknown, static_cast<int>(iteration), static_cast<int>(i)}));
    }
    volume_.assign(slots.size(), g_.number(1));
    residual.assign(slots.size(), g_.number(0));
    matrix.assign(slots.size(), residual);
}

void Kinetic::add_species(const Expression& e) {
    const auto* v = x_.model().find(e.text);
    if ((e.kind != Kind::name && e.kind != Kind::element) || !v || v->role != Role::state) return;
    for (int i = 0; i < v->length(); ++i) {
        const auto slot = x_.slot(*v, i);
        if (index(slot) < 0) slots.push_back(slot);
    }
}

void Kinetic::find_species(const Block& block) {
    for (const auto& s : block) {
        if (const auto* r = std::get_if<Reaction>(&s.is)) {
            for (const auto* list : {&r->left, &r->right})
                for (const auto& t : *list) add_species(t.species);
        } else if (const auto* c = std::get_if<Conserve>(&s.is)) {
            for (const auto& t : c->sum) add_species(t.species);
        } else if (const auto* f = std::get_if<From>(&s.is)) {
            find_species(f->body);
        } else if (const auto* i = std::get_if<If>(&s.is)) {
            find_species(i->yes);
            find_species(i->no);
        }
    }
}

int Kinetic::index(const Leaf& slot) const {
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (!(slots[i] < slot) && !(slot < slots[i])) return static_cast<int>(i);
    return -1;
}

/// Volumes are those at the beginning of the step, as in NEURON.
void Kinetic::volumes(const Block& block) {
    for (const auto& s : block) {
        const auto* c = std::get_if<Compartment>(&s.is);
        if (!c) continue;
        for (const auto& name : c->species) {
            const auto* v = x_.model().find(name);
            for (int i = 0; v && i < v->length(); ++i) {
                const int k = v->place == Place::constant ? -1 : index(x_.slot(*v, i));
                if (k < 0) continue;
                auto& volume = volume_[static_cast<std::size_t>(k)];
                if (c->index.empty())
                    volume = x_.evaluate(c->volume);
                else
                    x_.with_local(c->index, g_.number(i), [&] { volume = x_.evaluate(c->volume); });
            }
        }
    }
}

void Kinetic::check_linear(Node n) {
    for (const auto u : unknowns) linear = linear && !g_.depends(n, u);
}

void Kinetic::run(Node dt) {
    volumes(r_.body);
    for (std::size_t i = 0; i < slots.size(); ++i) x_.set(slots[i], unknowns[i]);
    const auto before = x_.special;
    x_.special = [&](const Statement& s) { return special(s); };
    const auto zero = g_.number(0), rate = g_.div(g_.number(1), dt);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const auto scale = g_.mul(volume_[i], rate);
        matrix[i][i] = scale;
        residual[i] = g_.mul(scale, g_.sub(old[i], unknowns[i]));
    }
    x_.with_local("f_flux", zero, [&] {
        x_.with_local("b_flux", zero, [&] {
            f_flux_ = x_.slot({Kind::name, at_, "f_flux", "", {}});
            b_flux_ = x_.slot({Kind::name, at_, "b_flux", "", {}});
            x_.run(r_.body);
        });
    });
    for (auto& c : conserved_) {
        matrix[c.state] = std::move(c.row);
        residual[c.state] = c.rest;
    }
    x_.special = before;
}

bool Kinetic::special(const Statement& s) {
    if (std::holds_alternative<Compartment>(s.is) || std::holds_alternative<Diffusion>(s.is)) return true;
    if (const auto* r = std::get_if<Reaction>(&s.is)) {
        reaction(*r);
        return true;
    }
    if (const auto* c = std::get_if<Conserve>(&s.is)) {
        conserve(*c, s.at);
        return true;
    }
    if (const auto* c = std::get_if<If>(&s.is)) return branch(*c);
    return false;
}

/// Reactions of one branch or of the other: each term of the equations is selected.
bool Kinetic::branch(const If& s) {
    const auto condition = g_.truth(x_.evaluate(s.condition));
    if (g_.is_number(condition)) return false;
    const auto matrix_before = matrix;
    const auto residual_before = residual;
    auto matrix_yes = matrix;
    auto residual_yes = residual;
    const auto num_conserved = conserved_.size();
    x_.either(
        condition,
        [&] {
            x_.run(s.yes);
            matrix_yes = std::exchange(matrix, matrix_before);
            residual_yes = std::exchange(residual, residual_before);
        },
        [&] { x_.run(s.no); });
    if (conserved_.size() != num_conserved)
        x_.model().fail(s.condition.at, "CONSERVE that holds under a condition",
                        "a sum is conserved always or never: write CONSERVE outside of IF");
    for (std::size_t i = 0; i < slots.size(); ++i) {
        residual[i] = g_.select(condition, residual_yes[i], residual[i]);
        for (std::size_t j = 0; j < slots.size(); ++j)
            matrix[i][j] = g_.select(condition, matrix_yes[i][j], matrix[i][j]);
    }
    return true;
}

int Kinetic::species(const Term& t) {
    const auto* v = x_.model().find(t.species.text);
    if ((t.species.kind != Kind::name && t.species.kind != Kind::element) || !v || v->place == Place::constant)
        return -1;
    return index(x_.slot(t.species));
}

Kinetic::Factor Kinetic::side(const std::vector<Term>& terms) {
    Factor f;
    f.product = g_.number(1);
    for (const auto& t : terms) {
        const auto amount = x_.evaluate(t.species);
        f.product = g_.mul(f.product, t.factor == 1 ? amount : g_.pow(amount, g_.number(t.factor)));
        if (const int k = species(t); k >= 0) f.species.emplace_back(static_cast<std::size_t>(k), t.factor);
    }
    return f;
}

/// `flux` leaves `from` and enters `to`; it is rate times the amounts of `by`.
void Kinetic::transport(const Factor& from, const Factor& to, Node flux, const Factor& by, Node rate) {
    const auto change = [&](const Factor& f, double sign) {
        for (const auto& [k, n] : f.species) {
            residual[k] = g_.add(residual[k], g_.mul(g_.number(sign * n), flux));
            for (std::size_t j = 0; j < unknowns.size(); ++j) {
                if (!g_.depends(by.product, unknowns[j])) continue;
                const auto slope = g_.derivative(by.product, unknowns[j]);
                check_linear(slope);
                matrix[k][j] = g_.sub(matrix[k][j], g_.mul(g_.number(sign * n), g_.mul(rate, slope)));
            }
        }
    };
    change(from, -1);
    change(to, 1);
}

Node Kinetic::rate_of(const Expression& e) {
    const auto n = x_.evaluate(e);
    for (const auto u : unknowns) fixed_rates = fixed_rates && !g_.depends(n, u);
    return n;
}

void Kinetic::reaction(const Reaction& r) {
    const auto forward = rate_of(r.forward);
    const auto left = side(r.left);
    if (r.kind == Reaction::Kind::source) {
        for (const auto& [k, n] : left.species) residual[k] = g_.add(residual[k], forward);
        x_.set(f_flux_, g_.number(0));
        x_.set(b_flux_, forward);
        return;
    }
    const auto right = side(r.right);
    const auto there = g_.mul(forward, left.product);
    transport(left, right, there, left, forward);
    x_.set(f_flux_, there);
    x_.set(b_flux_, g_.number(0));
    if (r.kind == Reaction::Kind::sink) return;
    const auto backward = rate_of(r.backward);
    const auto back = g_.mul(backward, right.product);
    transport(right, left, back, right, backward);
    x_.set(b_flux_, back);
}

void Kinetic::conserve(const Conserve& c, Position at) {
    const auto total = x_.evaluate(c.total);
    auto rest = total;
    std::vector<Node> row(slots.size(), g_.number(0));
    std::size_t replaced = slots.size();
    for (const auto& t : c.sum) {
        const int k = species(t);
        if (k < 0) x_.model().fail(t.species.at, "'" + t.species.text + "' in CONSERVE is no STATE of this block");
        const auto i = static_cast<std::size_t>(k);
        // an array without an index stands for all of its elements
        const auto* v = x_.model().find(t.species.text);
        const auto count = t.species.kind == Kind::name ? static_cast<std::size_t>(v->length()) : 1;
        for (std::size_t j = i; j < i + count; ++j) {
            const auto weight = g_.mul(g_.number(t.factor), volume_[j]);
            row[j] = g_.add(row[j], weight);
            rest = g_.sub(rest, g_.mul(weight, unknowns[j]));
            if (std::none_of(conserved_.begin(), conserved_.end(), [&](const auto& o) { return o.state == j; }))
                replaced = j;
        }
    }
    if (replaced == slots.size()) x_.model().fail(at, "more CONSERVE statements than states in them");
    conserved_.push_back({replaced, std::move(row), rest});
}

}  // namespace ngv::nmodl
