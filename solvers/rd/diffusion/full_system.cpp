#include "solvers/rd/diffusion/full_system.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "ngv/error.hpp"

namespace ngv::rd {

FullSystem::FullSystem(MPI_Comm comm, const Stencil& stencil, TwoPointSystem& two_point, Inflow inflow,
                       double tolerance)
    : comm_(comm), stencil_(stencil), two_point_(two_point), inflow_(std::move(inflow)), tolerance_(tolerance) {}

void FullSystem::multiply(const std::vector<double>& x, std::vector<double>& y) {
    inflow_(x, y);
    const auto ns = static_cast<std::size_t>(stencil_.num_species);
    const double theta = two_point_.theta();
    for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i)
        for (std::size_t s = 0; s < ns; ++s, ++at) y[at] = stencil_.volumes[i] * x[at] - theta * y[at];
}

double FullSystem::dot(const std::vector<double>& a, const std::vector<double>& b) const {
    double sum = 0.0;
    for (std::size_t at = 0; at < a.size(); ++at) sum += a[at] * b[at] * weight_[at];
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm_);
    return sum;
}

int FullSystem::solve(const std::vector<double>& b, const double* scale, std::vector<double>& x, double time_ms) {
    const auto ns = static_cast<std::size_t>(stencil_.num_species);
    const std::size_t n = b.size();
    weight_ = two_point_.inverse_diagonal();
    for (std::size_t at = 0; at < n; ++at) {
        const double s = scale[at % ns] > 0.0 ? scale[at % ns] : 1.0;
        weight_[at] /= s * s;
    }
    const double goal = tolerance_ * std::sqrt(two_point_.smallest());
    std::fill(x.begin(), x.end(), 0.0);
    std::vector<double> residual(b), product(n);
    int iterations = 0;
    for (int restart = 0; restart < most_restarts; ++restart) {
        const double size = std::sqrt(dot(residual, residual));
        if (size <= goal) return iterations;
        std::array<std::array<double, most_vectors>, most_vectors + 1> h{};
        std::array<double, most_vectors + 1> right{};
        std::array<double, most_vectors> cosine{}, sine{};
        right[0] = size;
        int used = 0;
        while (used < most_vectors && std::abs(right[used]) > goal) {
            const auto k = static_cast<std::size_t>(used);
            if (basis_.size() <= k + 1) basis_.resize(k + 2);
            if (preconditioned_.size() <= k) preconditioned_.resize(k + 1);
            if (k == 0) {
                basis_[0] = residual;
                for (double& v : basis_[0]) v /= size;
            }
            preconditioned_[k].resize(n);
            iterations += two_point_.approximate(basis_[k].data(), scale, preconditioned_[k].data(), time_ms);
            basis_[k + 1].resize(n);
            multiply(preconditioned_[k], basis_[k + 1]);
            auto& next = basis_[k + 1];
            for (std::size_t j = 0; j <= k; ++j) {
                h[j][k] = dot(next, basis_[j]);
                for (std::size_t at = 0; at < n; ++at) next[at] -= h[j][k] * basis_[j][at];
            }
            h[k + 1][k] = std::sqrt(dot(next, next));
            if (h[k + 1][k] > 0.0)
                for (double& v : next) v /= h[k + 1][k];
            for (std::size_t j = 0; j < k; ++j) {
                const double a = h[j][k], c = h[j + 1][k];
                h[j][k] = cosine[j] * a + sine[j] * c;
                h[j + 1][k] = cosine[j] * c - sine[j] * a;
            }
            const double r = std::hypot(h[k][k], h[k + 1][k]);
            cosine[k] = h[k][k] / r;
            sine[k] = h[k + 1][k] / r;
            h[k][k] = r;
            right[k + 1] = -sine[k] * right[k];
            right[k] *= cosine[k];
            ++used;
        }
        for (int k = used; k-- > 0;) {
            for (int j = k + 1; j < used; ++j) right[k] -= h[k][j] * right[j];
            right[k] /= h[k][k];
        }
        for (int k = 0; k < used; ++k)
            for (std::size_t at = 0; at < n; ++at) x[at] += right[k] * preconditioned_[k][at];
        multiply(x, product);
        for (std::size_t at = 0; at < n; ++at) residual[at] = b[at] - product[at];
    }
    throw PhysicsError(
        fmt::format("the linear solver of diffusion with corrected faces does not converge at {:.6g} ms: "
                    "a shorter step, or `correct_faces: false`, avoids it",
                    time_ms),
        "all species", -1, time_ms);
}

}  // namespace ngv::rd
