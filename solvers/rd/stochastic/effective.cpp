#include "solvers/rd/stochastic/effective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace ngv::rd {

namespace {

using Columns = std::vector<double>;  // [cells][3], one for each direction
using Six = SymmetricTensor;

constexpr int places[6][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}, {1, 2}};  // of the six numbers of a tensor

// d_a d_b / d^2: what each of six numbers contributes to e.G.e, e = d / |d|.
Six directions(const Point& d) {
    Six of;
    for (int k = 0; k < 6; ++k) of[k] = (k < 3 ? 1.0 : 2.0) * d[places[k][0]] * d[places[k][1]] / dot(d, d);
    return of;
}

// Sums whose bits do not depend on their order: of whole numbers.
class ExactSums {
  public:
    explicit ExactSums(MPI_Comm comm, std::int64_t num_terms)
        : comm_(comm), bits_(61 - std::ilogb(static_cast<double>(num_terms) + 1.0)) {}

    /// The sums of the K numbers f(i) for i < n and all ranks.
    template <std::size_t K, class Terms>
    std::array<double, K> of_each(std::size_t n, const Terms& f) const {
        std::array<double, K> largest = {}, unit = {};
        for (std::size_t i = 0; i < n; ++i) {
            const std::array<double, K> terms = f(i);
            for (std::size_t k = 0; k < K; ++k) largest[k] = std::max(largest[k], std::abs(terms[k]));
        }
        MPI_Allreduce(MPI_IN_PLACE, largest.data(), K, MPI_DOUBLE, MPI_MAX, comm_);
        for (std::size_t k = 0; k < K; ++k)
            unit[k] = largest[k] == 0.0 ? 1.0 : std::ldexp(1.0, bits_ - std::ilogb(largest[k]) - 1);
        std::array<std::int64_t, K> sums = {};
        for (std::size_t i = 0; i < n; ++i) {
            const std::array<double, K> terms = f(i);
            for (std::size_t k = 0; k < K; ++k) sums[k] += static_cast<std::int64_t>(terms[k] * unit[k]);
        }
        MPI_Allreduce(MPI_IN_PLACE, sums.data(), K, MPI_INT64_T, MPI_SUM, comm_);
        std::array<double, K> of;
        for (std::size_t k = 0; k < K; ++k) of[k] = static_cast<double>(sums[k]) / unit[k];
        return of;
    }
    /// The sum of one number.
    template <class Term>
    double operator()(std::size_t n, const Term& f) const {
        return of_each<1>(n, [&](std::size_t i) { return std::array<double, 1>{f(i)}; })[0];
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
          comm_(comm),
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
        choose_counted();
    }

    void set_weights(const Six& g) {
        for (std::int32_t f = 0; f < static_cast<std::int32_t>(4 * n_); ++f) {
            if (mesh_.neighbours[f] < 0) continue;
            const Point d = to_neighbour(f);
            const Six along = directions(d);
            double weight = 0.0;
            for (int k = 0; k < 6; ++k) weight += g[k] * along[k];
            conductance[f] = norm(mesh_.outward_area(f / 4, f % 4)) / norm(d) * weight;
        }
    }

    struct Judgement {
        Six ratios;                 ///< D_eff / D; 1 on the diagonal where no face says anything
        std::array<Six, 6> slopes;  ///< [k][l] d ratios[k] / d g[l]
    };
    Judgement judge() {
        solve();
        halo_.exchange(phi_.data(), ghosts_.data(), 3);
        // Face by face: sum_i r_i phi_i = -sum_f (T d - A n) (phi_j - phi_i), each face once. The energy is stationary in phi,
        // so its slopes need the field alone.
        const auto sums = sum_.of_each<48>(n_, [&](std::size_t i) {
            std::array<double, 48> terms = {};
            each_face(i, [&](std::size_t at, const Point& d, const Point& area) {
                if (!counted_[at]) return;
                const auto j = mesh_.neighbours[at];
                const double* other = j < mesh_.num_owned ? &phi_[3 * j] : &ghosts_[3 * (j - mesh_.num_owned)];
                Point bend{}, excess{};
                for (int e = 0; e < 3; ++e) {
                    bend[e] = other[e] - phi_[3 * i + e];
                    excess[e] = conductance[at] * d[e] - area[e];
                }
                const Point change = d + bend;
                const Six along = directions(d);
                const double plain = norm(area) / norm(d);
                for (int k = 0; k < 6; ++k) {
                    const int a = places[k][0], b = places[k][1];
                    terms[k] +=
                        0.5 * conductance[at] * d[a] * d[b] + 0.25 * (excess[a] * bend[b] + excess[b] * bend[a]);
                    terms[6 + k] += 0.25 * (area[a] * d[b] + area[b] * d[a]);
                    for (int l = 0; l < 6; ++l) terms[12 + 6 * k + l] += 0.5 * plain * along[l] * change[a] * change[b];
                }
            });
            return terms;
        });
        Judgement judgement{};
        for (int k = 0; k < 6; ++k) {
            judgement.ratios[k] = k < 3 ? 1.0 : 0.0;
            const double scale = std::sqrt(std::max(0.0, sums[6 + places[k][0]] * sums[6 + places[k][1]]));
            if (!(scale > 0.0)) continue;
            judgement.ratios[k] += (sums[k] - sums[6 + k]) / scale;
            for (int l = 0; l < 6; ++l) judgement.slopes[k][l] = sums[12 + 6 * k + l] / scale;
        }
        return judgement;
    }

  private:
    // Elements at walls are not like others, and what the field does there is not what molecules see: they are left out
    // where the inside is at least half of all.
    void choose_counted() {
        std::vector<double> at_wall(n_, 0.0), ghosts(static_cast<std::size_t>(mesh_.num_ghosts()));
        for (std::size_t f = 0; f < 4 * n_; ++f) at_wall[f / 4] += inside_[f] ? 0.0 : 1.0;
        halo_.exchange(at_wall.data(), ghosts.data(), 1);
        counted_.assign(4 * n_, 0);
        for (std::size_t f = 0; f < 4 * n_; ++f) {
            if (!inside_[f] || at_wall[f / 4] > 0.0) continue;
            const auto j = mesh_.neighbours[f];
            counted_[f] = (j < mesh_.num_owned ? at_wall[j] : ghosts[j - mesh_.num_owned]) == 0.0;
        }
        std::int64_t numbers[2] = {std::count(inside_.begin(), inside_.end(), 1),
                                   std::count(counted_.begin(), counted_.end(), 1)};
        MPI_Allreduce(MPI_IN_PLACE, numbers, 2, MPI_INT64_T, MPI_SUM, comm_);
        if (2 * numbers[1] < numbers[0]) counted_ = inside_;
    }

    Point to_neighbour(std::int32_t f) const { return mesh_.centroid(mesh_.neighbours[f]) - mesh_.centroid(f / 4); }

    template <class F>
    void each_face(std::size_t i, const F& f) const {
        for (std::size_t at = 4 * i; at < 4 * i + 4; ++at)
            if (inside_[at])
                f(at, to_neighbour(static_cast<std::int32_t>(at)),
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
            each_face(i, [&](std::size_t at, const Point& d, const Point& area) {
                diagonal += conductance[at];
                for (int e = 0; e < 3; ++e) rest[e] += conductance[at] * d[e] - area[e];
            });
            inverse_[i] = diagonal > 0.0 ? 1.0 / diagonal : 0.0;
            std::copy(rest, rest + 3, &r_[3 * i]);
        }
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
    MPI_Comm comm_;
    std::size_t n_;
    ExactSums sum_;
    std::vector<char> inside_;   // [4 owned] faces between elements of one compartment
    std::vector<char> counted_;  // [4 owned] those of them that are judged

  public:
    std::vector<double> conductance;

  private:
    Columns r_, phi_, z_, p_, q_;
    std::vector<double> inverse_, ghosts_;
};

// Whether all e.G.e are between the smallest and the largest weight: the leading minors of G - smallest and largest - G.
bool is_bounded(const Six& g) {
    constexpr double smallest = 0.2, largest = 5.0;
    const auto is_positive = [](const Six& m) {
        const double minor = m[0] * m[1] - m[3] * m[3];
        return m[0] > 0.0 && minor > 0.0 &&
               m[2] * minor - m[0] * m[5] * m[5] - m[1] * m[4] * m[4] + 2.0 * m[3] * m[4] * m[5] > 0.0;
    };
    Six above = g, below;
    for (int k = 0; k < 6; ++k) {
        above[k] -= k < 3 ? smallest : 0.0;
        below[k] = (k < 3 ? largest : 0.0) - g[k];
    }
    return is_positive(above) && is_positive(below);
}

// A step of Levenberg and Marquardt towards ratios of 1, shortened until the weights are bounded.
Six improved(const Six& g, const Homogenisation::Judgement& judged) {
    constexpr double damping = 0.01;
    double m[6][7] = {};  // J^T J + damping | J^T (1 - ratios)
    for (int k = 0; k < 6; ++k)
        for (int a = 0; a < 6; ++a) {
            for (int b = 0; b < 6; ++b) m[a][b] += judged.slopes[k][a] * judged.slopes[k][b];
            m[a][6] += judged.slopes[k][a] * ((k < 3 ? 1.0 : 0.0) - judged.ratios[k]);
        }
    for (int a = 0; a < 6; ++a) m[a][a] += damping;
    for (int a = 0; a < 6; ++a)
        for (int b = 0; b < 6; ++b) {
            if (a == b) continue;
            const double factor = m[b][a] / m[a][a];
            for (int c = a; c < 7; ++c) m[b][c] -= factor * m[a][c];
        }
    for (double share = 1.0; share > 1e-3; share *= 0.5) {
        Six next = g;
        for (int a = 0; a < 6; ++a) next[a] += share * m[a][6] / m[a][a];
        if (is_bounded(next)) return next;
    }
    return g;
}

}  // namespace

Spreading effective_conductances(const LocalMesh& mesh, const Elements& elements, Halo& halo, MPI_Comm comm) {
    Homogenisation problem(mesh, elements, halo, comm);
    Six g{1.0, 1.0, 1.0, 0.0, 0.0, 0.0};
    problem.set_weights(g);
    auto judged = problem.judge();
    Spreading spreading{.conductance = {}, .before = judged.ratios, .after = {}};
    constexpr int rounds = 4;  // on meshes without a direction of their own each leaves less than a tenth
    for (int round = 0; round < rounds; ++round) {
        g = improved(g, judged);
        problem.set_weights(g);
        judged = problem.judge();
    }
    spreading.after = judged.ratios;
    spreading.conductance = std::move(problem.conductance);
    return spreading;
}

}  // namespace ngv::rd
