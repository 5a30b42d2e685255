// What is shown of an SBML model: species as amounts or as concentrations where that is asked for, else every id as
// formulas see it. The settings of the SBML semantic test suite ask so.
#pragma once

#include <string>
#include <vector>

#include "solvers/metabolism/sbml/model.hpp"

namespace ngv::metabolism {

struct SbmlColumns {
    std::vector<std::string> variables, amounts, concentrations;

    /// One expression for each variable. UserError with the nearest name.
    std::vector<model::Expr> of(const SbmlModel& model) const;
};

}  // namespace ngv::metabolism
