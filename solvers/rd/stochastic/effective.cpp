#include "solvers/rd/stochastic/effective.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ngv::rd {

namespace {

using Columns = std::vector<double>;  // [cells][3], one for each direction

// Sums whose bits do not depend on their order: of whole numbers.
class ExactSums {
  public:
    explicit ExactSums(MPI_Comm comm, std::int64_t num_terms)
        : comm_(comm), bits_(61 - std::ilogb(static_cast<double>(num_terms) + 1.0)) {}

    /// The sum of f(i) for i < n and all ranks.
    template <class Term>
    double operator()(std::size_t n, const Term& f) const {
        double largest = 0.0;
        for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(f(i)));
        MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, comm_);
        if (largest == 0.0) return 0.0;
        const double unit = std::ldexp(1.0, bits_ - std::ilogb(largest) - 1);
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += static_cast<std::int64_t>(f(i) * unit);
        MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT64_T, MPI_SUM, comm_);
        return static_cast<double>(sum) / unit;
    }

  private:
    MPI_Comm comm_;
    int bits_;
};

class Homogenisation {
  public:
    Homogenisation(const LocalMesh& mesh, const Elements& elements, Halo& halo, MPI_Comm comm)
        : mesh_(mesh),
          halo_(halo),
          n_(static_cast<std::size_t>(mesh.num_owned)),
          sum_(comm, 3 * mesh.num_global),
          inside_(4 * n_, 0),
          conductance(4 * n_, 0.0),
          r_(3 * n_),
          phi_(3 * n_),
          z_(3 * n_),
          p_(3 * n_),
          q_(3 * n_),
          inverse_(n_),
          ghosts_(3 * static_cast<std::size_t>(mesh.num_ghosts())) {
        for (std::size_t f = 0; f < 4 * n_; ++f)
            if (const auto j = mesh.neighbours[f]; j >= 0)
                inside_[f] =
                    elements.compartment[elements.from_mesh[f / 4]] == elements.compartment[elements.from_mesh[j]];
    }

    void set_weights(const double* g) {
        for (std::int32_t f = 0; f < static_cast<std::int32_t>(4 * n_); ++f) {
            if (mesh_.neighbours[f] < 0) continue;
            const Point d = to_neighbour(f);
            const double d2 = dot(d, d);
            conductance[f] = norm(mesh_.outward_area(f / 4, f % 4)) / std::sqrt(d2) *
                             ((g[0] * d[0] * d[0] + g[1] * d[1] * d[1] + g[2] * d[2] * d[2]) / d2);
        }
    }

    /// D_eff / D in x, y and z; 1 where no face says anything.
    void find_ratios(double* ratios) {
        solve();
        for (int e = 0; e < 3; ++e) {
            const double energy = sum_(n_, [&](std::size_t i) {
                double sum = -source_[3 * i + e] * phi_[3 * i + e];
                each_face(i, [&](double t, const Point& d, const Point&) { sum += 0.5 * t * d[e] * d[e]; });
                return sum;
            });
            const double wanted = sum_(n_, [&](std::size_t i) {
                double sum = 0.0;
                each_face(i, [&](double, const Point& d, const Point& area) { sum += 0.5 * area[e] * d[e]; });
                return sum;
            });
            ratios[e] = wanted > 0.0 && energy > 0.0 ? energy / wanted : 1.0;
        }
    }

  private:
    Point to_neighbour(std::int32_t f) const { return mesh_.centroid(mesh_.neighbours[f]) - mesh_.centroid(f / 4); }

    template <class F>
    void each_face(std::size_t i, const F& f) const {
        for (std::size_t at = 4 * i; at < 4 * i + 4; ++at)
            if (inside_[at])
                f(conductance[at], to_neighbour(static_cast<std::int32_t>(at)),
                  mesh_.outward_area(static_cast<std::int32_t>(i), static_cast<int>(at % 4)));
    }

    void apply(const Columns& x, Columns& y) {
        halo_.exchange(x.data(), ghosts_.data(), 3);
        for (std::int32_t i = 0; i < mesh_.num_owned; ++i) {
            double sum[3] = {0.0, 0.0, 0.0};
            for (std::int32_t f = 4 * i; f < 4 * i + 4; ++f) {
                if (!inside_[f]) continue;
                const auto j = mesh_.neighbours[f];
                const double* other = j < mesh_.num_owned ? &x[3 * j] : &ghosts_[3 * (j - mesh_.num_owned)];
                for (int e = 0; e < 3; ++e) sum[e] += conductance[f] * (x[3 * i + e] - other[e]);
            }
            for (int e = 0; e < 3; ++e) y[3 * i + e] = sum[e];
        }
    }

    // Conjugate gradients on the three directions as one system. What bends the field is local: a few dozen iterations
    // are enough, however large the mesh, and a fixed number of them gives the same bits everywhere.
    void solve() {
        constexpr int iterations = 40;
        for (std::size_t i = 0; i < n_; ++i) {
            double diagonal = 0.0, rest[3] = {0.0, 0.0, 0.0};
            each_face(i, [&](double t, const Point& d, const Point& area) {
                diagonal += t;
                for (int e = 0; e < 3; ++e) rest[e] += t * d[e] - area[e];
            });
            inverse_[i] = diagonal > 0.0 ? 1.0 / diagonal : 0.0;
            std::copy(rest, rest + 3, &r_[3 * i]);
        }
        source_ = r_;
        std::fill(phi_.begin(), phi_.end(), 0.0);
        const auto precondition = [&] {
            for (std::size_t at = 0; at < 3 * n_; ++at) z_[at] = inverse_[at / 3] * r_[at];
            return sum_(3 * n_, [&](std::size_t at) { return r_[at] * z_[at]; });
        };
        double rz = precondition();
        p_ = z_;
        for (int step = 0; step < iterations && rz > 0.0; ++step) {
            apply(p_, q_);
            const double pq = sum_(3 * n_, [&](std::size_t at) { return p_[at] * q_[at]; });
            if (!(pq > 0.0)) break;
            const double alpha = rz / pq;
            for (std::size_t at = 0; at < 3 * n_; ++at) {
                phi_[at] += alpha * p_[at];
                r_[at] -= alpha * q_[at];
            }
            const double next = precondition();
            for (std::size_t at = 0; at < 3 * n_; ++at) p_[at] = z_[at] + next / rz * p_[at];
            rz = next;
        }
    }

    const LocalMesh& mesh_;
    Halo& halo_;
    std::size_t n_;
    ExactSums sum_;
    std::vector<char> inside_;  // [4 owned] faces between elements of one compartment

  public:
    std::vector<double> conductance;

  private:
    Columns source_, r_, phi_, z_, p_, q_;
    std::vector<double> inverse_, ghosts_;
};

}  // namespace

Spreading effective_conductances(const LocalMesh& mesh, const Elements& elements, Halo& halo, MPI_Comm comm) {
    Homogenisation problem(mesh, elements, halo, comm);
    Spreading spreading{};
    double g[3] = {1.0, 1.0, 1.0};
    problem.set_weights(g);
    problem.find_ratios(spreading.before);
    std::copy(spreading.before, spreading.before + 3, spreading.after);
    constexpr int rounds = 3;  // each leaves about a fifth of the deviation
    for (int round = 0; round < rounds; ++round) {
        for (int e = 0; e < 3; ++e) g[e] = std::clamp(g[e] / spreading.after[e], 0.2, 5.0);
        problem.set_weights(g);
        problem.find_ratios(spreading.after);
    }
    spreading.conductance = std::move(problem.conductance);
    return spreading;
}

}  // namespace ngv::rd
