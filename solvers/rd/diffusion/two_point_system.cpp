#include "solvers/rd/diffusion/two_point_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ngv/error.hpp"
#include "solvers/rd/diffusion/float_cg.hpp"

namespace ngv::rd {

namespace {

constexpr double digits_of_a_round = 1e-7;  // single precision loses the rest to rounding
constexpr int most_iterations = 10000, most_rounds = 20;

double sum_over(MPI_Comm comm, double x) {
    MPI_Allreduce(MPI_IN_PLACE, &x, 1, MPI_DOUBLE, MPI_SUM, comm);
    return x;
}

}  // namespace

TwoPointSystem::TwoPointSystem(MPI_Comm comm, const Cells& mesh, const Stencil& stencil, Halo& halo,
                               std::vector<double> diffusion, double tolerance)
    : comm_(comm),
      mesh_(mesh),
      stencil_(stencil),
      halo_(halo),
      diffusion_(std::move(diffusion)),
      theta_diffusion_(diffusion_.size()),
      up_(diffusion_.size()),
      down_(diffusion_.size()),
      tolerance_(tolerance) {
    const auto ns = static_cast<std::size_t>(stencil.num_species);
    const std::size_t owned = stencil.num_owned, n = owned * ns;
    for (auto* v : {&inverse_diagonal_, &x_, &r_, &q_}) v->assign(n + single::spare, 0.0f);
    p_.assign(static_cast<std::size_t>(mesh.num_local()) * ns + single::spare, 0.0f);
    theta_d_.assign(ns + single::spare, 0.0f);
    neighbours_.resize(4 * owned);
    conductance_.resize(4 * owned);
    volumes_.resize(owned);
    for (std::size_t i = 0; i < owned; ++i) {
        volumes_[i] = static_cast<float>(stencil.volumes[i]);
        for (std::size_t k = 4 * i; k < 4 * i + 4; ++k) {
            neighbours_[k] = stencil.neighbours[k] < 0 ? static_cast<std::int32_t>(i) : stencil.neighbours[k];
            conductance_[k] = static_cast<float>(stencil.conductance[k]);
        }
    }
    for (auto* v : {&scaled_, &product_}) v->assign(n, 0.0);
    ghosts_.resize(static_cast<std::size_t>(mesh.num_ghosts()) * ns);
}

std::vector<double> TwoPointSystem::inverse_diagonal() const {
    return {inverse_diagonal_.begin(), inverse_diagonal_.end() - single::spare};
}

void TwoPointSystem::set_theta(double theta_ms) {
    if (theta_ms == theta_) return;
    theta_ = theta_ms;
    const auto ns = static_cast<std::size_t>(stencil_.num_species);
    for (std::size_t s = 0; s < ns; ++s) {
        theta_diffusion_[s] = theta_ms * diffusion_[s];
        theta_d_[s] = static_cast<float>(theta_diffusion_[s]);
    }
    // The norm of CG is sqrt(sum r^2 / diagonal); where it is below V / sqrt(diagonal) of every tetrahedron, no |r|
    // exceeds V.
    double smallest = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < stencil_.num_owned; ++i) {
        const double* g = stencil_.conductance + 4 * i;
        const double sum = g[0] + g[1] + g[2] + g[3], volume = stencil_.volumes[i];
        for (std::size_t s = 0; s < ns; ++s) {
            const double diagonal = volume + theta_diffusion_[s] * sum;
            inverse_diagonal_[i * ns + s] = static_cast<float>(1.0 / diagonal);
            smallest = std::min(smallest, volume * volume / diagonal);
        }
    }
    MPI_Allreduce(MPI_IN_PLACE, &smallest, 1, MPI_DOUBLE, MPI_MIN, comm_);
    smallest_ = smallest;
}

// q = A p, with the ghosts' values on their way while the interior is done; returns p . q of all ranks.
double TwoPointSystem::multiply() {
    const int ns = stencil_.num_species;
    const auto interior = static_cast<std::size_t>(mesh_.num_interior);
    const auto part = [&](std::size_t begin, std::size_t end) {
        const auto run = ns <= 4 ? single::multiply<4> : ns <= 8 ? single::multiply<8> : single::multiply<16>;
        return run(neighbours_.data(), conductance_.data(), volumes_.data(), theta_d_.data(), ns, p_.data(), q_.data(),
                   begin, end);
    };
    halo_.start(p_.data(), ns);
    double sum = part(0, interior);
    halo_.finish(p_.data() + stencil_.num_owned * static_cast<std::size_t>(ns));
    sum += part(interior, stencil_.num_owned);
    return sum_over(comm_, sum);
}

// Conjugate gradients from x = 0 with the residual in r, until its squared norm is below the goal.
int TwoPointSystem::iterate(double squared_goal, double squared_norm, double time_ms) {
    const std::size_t n = stencil_.num_owned * static_cast<std::size_t>(stencil_.num_species);
    single::direction(0.0f, r_.data(), inverse_diagonal_.data(), p_.data(), n);
    for (int iteration = 1;; ++iteration) {
        const double curvature = multiply();
        const double alpha = squared_norm / curvature;
        const double before = squared_norm;
        squared_norm =
            sum_over(comm_, single::update(static_cast<float>(alpha), p_.data(), q_.data(), inverse_diagonal_.data(),
                                           x_.data(), r_.data(), n, iteration == 1));
        if (squared_norm <= squared_goal) return iteration;
        if (!(squared_norm < std::numeric_limits<double>::max()) || iteration == most_iterations)
            throw PhysicsError(fmt::format("the linear solver of diffusion gave up after {} iterations at {:.6g} ms",
                                           iteration, time_ms),
                               "all species", -1, time_ms);
        single::direction(static_cast<float>(squared_norm / before), r_.data(), inverse_diagonal_.data(), p_.data(), n);
    }
}

int TwoPointSystem::solve(const double* b, const double* scale, const double* guess, double* u, double time_ms) {
    const double goal = tolerance_ * tolerance_ * smallest_;
    set_scale(scale);
    double squared_norm = take_residual(b);
    int iterations = 0;
    for (int round = 0;; ++round) {
        if (!(squared_norm > goal)) {
            if (round == 0) std::copy(guess, guess + scaled_.size(), u);
            return iterations;
        }
        if (round == most_rounds)
            throw PhysicsError(
                fmt::format("the linear solver of diffusion does not reach its tolerance at {:.6g} ms", time_ms),
                "all species", -1, time_ms);
        const double least = digits_of_a_round * digits_of_a_round * squared_norm;
        iterations += iterate(std::max(0.25 * goal, least), squared_norm, time_ms);
        add_solution(round == 0 ? guess : u, u);
        if (0.25 * goal >= least) return iterations;

        // What is still missing: b - A (u - guess).
        for (std::size_t at = 0; at < scaled_.size(); ++at) scaled_[at] = u[at] - guess[at];
        halo_.start(scaled_.data(), stencil_.num_species);
        halo_.finish(ghosts_.data());
        const View view{scaled_.data(), ghosts_.data()};
        RD_DISPATCH(stencil_.num_species, apply_matrix, stencil_, view, theta_diffusion_.data(), 0, stencil_.num_owned,
                    product_.data());
        for (std::size_t at = 0; at < scaled_.size(); ++at) product_[at] = b[at] - product_[at];
        squared_norm = take_residual(product_.data());
    }
}

int TwoPointSystem::approximate(const double* b, const double* scale, double* x, double time_ms) {
    set_scale(scale);
    const double squared_norm = take_residual(b);
    std::fill(x, x + scaled_.size(), 0.0);
    if (squared_norm == 0.0) return 0;
    const int iterations = iterate(1e-4 * squared_norm, squared_norm, time_ms);
    add_solution(x, x);
    return iterations;
}

void TwoPointSystem::set_scale(const double* scale) {
    for (int s = 0; s < stencil_.num_species; ++s) {
        up_[s] = scale[s] > 0.0 ? scale[s] : 1.0;
        down_[s] = 1.0 / up_[s];
    }
}

// r = b in units of the species; returns its squared norm over all ranks.
double TwoPointSystem::take_residual(const double* b) {
    double sum = 0.0;
    RD_DISPATCH(stencil_.num_species, single::take, stencil_.num_species, stencil_.num_owned, b, down_.data(),
                inverse_diagonal_.data(), r_.data(), sum);
    return sum_over(comm_, sum);
}

// to = from + x in the species' units
void TwoPointSystem::add_solution(const double* from, double* to) const {
    RD_DISPATCH(stencil_.num_species, single::add, stencil_.num_species, stencil_.num_owned, from, up_.data(),
                x_.data(), to);
}

}  // namespace ngv::rd
