#include "solvers/metabolism/integrate/integrator.hpp"

#include "ngv/error.hpp"
#include "solvers/metabolism/integrate/cvode.hpp"
#include "solvers/metabolism/integrate/rosenbrock.hpp"

namespace ngv::metabolism {

std::vector<std::string> integrator_names() {
    std::vector<std::string> names;
    for (const Tableau* table : tableaus()) names.emplace_back(table->name);
    names.emplace_back("cvode");
    return names;
}

std::unique_ptr<Integrator> make_integrator(const OdeSystem& system, const std::string& method,
                                            const Tolerances& tolerances, const std::string& where) {
    if (method == "cvode") return std::make_unique<Cvode>(system, tolerances);
    for (const Tableau* table : tableaus())
        if (table->name == method) return std::make_unique<Rosenbrock>(system, *table, tolerances);
    throw UserError({where, "no method '" + method + "'", did_you_mean(method, integrator_names())});
}

}  // namespace ngv::metabolism
