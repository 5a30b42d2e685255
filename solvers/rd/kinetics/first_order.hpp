// Kinetics in which every step has one reactant, once, as channels that change their state: linear, so solved exactly.
//
// With q the largest rate at which anything happens to one unknown, e^(A t) = sum_k w_k (1 + A/q)^k, w_k the Poisson weights of mean q t
// (uniformization: Jensen, Skand Aktuarietidskr 36, 87, 1953). No term is negative, so nothing becomes negative; the sum
// ends where it no longer changes a bit. It costs about q t + 10 products with A, so for stiff networks Rosenbrock is
// better; a step of channels of the squid axon needs about 12.
#pragma once

#include <vector>

#include "solvers/rd/kinetics/rosenbrock.hpp"

namespace ngv::rd {

class FirstOrder {
  public:
    /// The largest q t for which this is the cheaper way.
    static constexpr double most_events = 40.0;

    /// True if the network is of this kind, with all unknowns on one side.
    static bool fits(const Network& network);

    explicit FirstOrder(const Network& network);

    /// As Rosenbrock::advance(). A place's result does not depend on the others in its batch.
    void advance(Rosenbrock::Batch& batch, double dt);

  private:
    const Network& network_;
    double growth_ = 1.0;  // bound of (1 + A/q)'s norm
    std::vector<Lanes> term_, sum_, flux_;
};

}  // namespace ngv::rd
