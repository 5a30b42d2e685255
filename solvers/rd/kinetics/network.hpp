// Mass action among the unknowns of one place, compiled from the model's reactions.
//
// A place is a tetrahedron; or a triangle of a patch with the tetrahedra on its two sides. Its unknowns are amounts over
// one volume, that of the tetrahedron (of a triangle: inside), so that all are mM:
//
//     here, inside   c        outside   c as it is there        on the triangle   density * area / volume inside
//
//     rate_j = k_j m_j prod y^count          mM/ms in the place's volume
//     dy_u/dt = w_u sum_j change_ju rate_j
//
// k comes from the model (a constant, or a function of the potential). m and w carry the geometry and differ between
// places: w is (volume of the place / volume of the unknown), or 0 where the unknown is clamped.
#pragma once

#include <vector>

#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

struct Network {
    struct Unknown {
        int species;
        Side side;
    };
    struct Term {
        int unknown;
        int count;
    };
    struct Step {                          // one reaction
        int reaction = -1;                 ///< Model::reactions, or -1
        int ghk = -1;                      ///< Model::ghk_currents, or -1
        bool inward = false;               ///< of a current: the half that brings ions in
        std::vector<Term> reactants = {};  ///< on the left, with powers
        std::vector<Term> changes = {};    ///< molecules gained
        int order = 0;
        int outside_power = 0;  ///< of (volume outside / volume inside) in the rate
        bool per_area = false;
    };
    std::vector<Unknown> unknowns;
    std::vector<Step> steps;

    bool empty() const { return steps.empty(); }
    int size() const { return static_cast<int>(unknowns.size()); }
    /// Geometric factor m of a step: `inside` and `outside` are volumes of solvent in um3, `area` um2. For a volume
    /// network it is 1.
    static double geometry(const Step& step, double inside, double outside, double area);
};

/// Reactions of a compartment among deterministic species.
Network volume_network(const Model& model, int compartment);
/// Reactions and ion currents of a patch.
Network patch_network(const Model& model, int patch);

}  // namespace ngv::rd
