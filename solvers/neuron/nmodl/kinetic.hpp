// A KINETIC block as one implicit step: matrix * change = residual for the amounts of all species.
//
//     ~ a + b <-> c (kf, kb)      residual of a and b -= kf a b - kb c, of c += the same
//     ~ a << (rate)               residual of a += rate
//     ~ a -> (k)                  residual of a -= k a
//     COMPARTMENT volume {a b}    d (volume a) / dt
//     CONSERVE a + c = total      stands for the equation of its last state
//     if (v > 0) { reactions }    adds to the equations of the instances where the condition holds
//
// As in NEURON: the matrix holds the slopes of mass action with rates as they are in this pass. Where a reaction has two
// species on a side, passes are repeated until nothing changes; else there is one, and rates and sources that depend on species
// are those at the beginning of the step.
#pragma once

#include "solvers/neuron/nmodl/kernel.hpp"

namespace ngv::nmodl {

class Kinetic {
  public:
    Kinetic(Executor& x, const Routine& r, std::size_t iteration, Position at);
    void run(Node dt);

    std::vector<Leaf> slots;          ///< of the species
    std::vector<Node> old, unknowns;  ///< values before the step; nodes that stand for those of this pass
    std::vector<std::vector<Node>> matrix;
    std::vector<Node> residual;
    bool linear = true;       ///< one pass: no side of a reaction has a product of species
    bool fixed_rates = true;  ///< rates and sources do not depend on species

  private:
    struct Factor {
        Node product = -1;                                    ///< of the amounts on one side
        std::vector<std::pair<std::size_t, double>> species;  ///< and how many of each
    };
    void find_species(const Block& block);
    void add_species(const Expression& e);
    void volumes(const Block& block);
    bool special(const Statement& s);
    bool branch(const If& s);
    Node rate_of(const Expression& e);
    void reaction(const Reaction& r);
    void conserve(const Conserve& c, Position at);
    Factor side(const std::vector<Term>& terms);
    int index(const Leaf& slot) const;
    int species(const Term& t);
    void transport(const Factor& from, const Factor& to, Node flux, const Factor& by, Node rate);
    void check_linear(Node n);

    Executor& x_;
    Graph& g_;
    const Routine& r_;
    Position at_;
    std::vector<Node> volume_;
    struct Conservation {
        std::size_t state = 0;
        std::vector<Node> row;
        Node rest = -1;
    };
    std::vector<Conservation> conserved_;  ///< equations that take the place of those of their states
    std::size_t iteration_;
    Leaf f_flux_, b_flux_;
};

}  // namespace ngv::nmodl
