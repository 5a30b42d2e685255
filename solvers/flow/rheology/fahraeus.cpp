#include "solvers/flow/rheology/fahraeus.hpp"

#include <cmath>

namespace ngv::flow {

double fahraeus_x(Fahraeus law, double d) {
    const bool old = law == Fahraeus::pries_1992;
    return 1.0 + 1.7 * std::exp(-(old ? 0.35 : 0.415) * d) - 0.6 * std::exp(-(old ? 0.01 : 0.011) * d);
}

double tube_ratio(Fahraeus law, double d, double discharge) {
    return discharge + (1.0 - discharge) * fahraeus_x(law, d);
}

// (1 - x) H^2 + x H = H_T, in the form that also holds at x = 1.
double discharge_of(Fahraeus law, double d, double tube) {
    const double x = fahraeus_x(law, d);
    return 2.0 * tube / (x + std::sqrt(x * x + 4.0 * (1.0 - x) * tube));
}

}  // namespace ngv::flow
