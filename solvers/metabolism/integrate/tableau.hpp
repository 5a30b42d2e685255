// Coefficients of Rosenbrock methods, in the form that needs no product with the Jacobian:
//
//   (1/(h gamma) - J) u_i = f(t + alpha_i h, y + sum_j a_ij u_j) + sum_j c_ij/h u_j + h d_i df/dt
//   y_new = y + sum_i m_i u_i          error = sum_i e_i u_i
//
// Hairer E, Wanner G (1996) Solving Ordinary Differential Equations II, 2nd ed., section IV.7.
#pragma once

#include <array>
#include <vector>

namespace ngv::metabolism {

struct Tableau {
    static constexpr int max_stages = 8;
    using Row = std::array<double, max_stages>;
    const char* name;
    int stages;
    int order;        ///< of y_new
    int error_order;  ///< of the embedded solution
    double gamma;
    Row alpha, d;
    std::array<Row, max_stages> a, c;  ///< below the diagonal
    Row m, e;
};

/// Three stages, order 2 with an error of order 3, L-stable: Shampine & Reichelt (1997) SIAM J Sci Comput 18:1.
const Tableau& ros23();
/// Four stages, order 3(2), L-stable, stiffly accurate, more damping: Sandu et al. (1997) Atmos Environ 31:3459.
const Tableau& rodas3();
/// Six stages, order 4(3), L-stable, stiffly accurate: Hairer & Wanner's RODAS.
const Tableau& rodas4();
/// Eight stages, order 5(4), L-stable, stiffly accurate: Steinebach (2023) BIT Numer Math 63:27.
const Tableau& rodas5p();

const std::vector<const Tableau*>& tableaus();

}  // namespace ngv::metabolism
