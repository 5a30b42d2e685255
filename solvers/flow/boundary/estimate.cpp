#include "solvers/flow/boundary/estimate.hpp"

#include <Eigen/Sparse>
#include <Eigen/SparseLU>
#include <cmath>
#include <limits>
#include <vector>

#include "ngv/error.hpp"
#include "solvers/flow/parallel/on_root.hpp"

namespace ngv::flow {

namespace {

constexpr double dyn_per_cm2 = 10.0;  // in a Pa
constexpr int most_turns = 20;        // solves for one weight of the shear

// A section of resistance R: tau_e = gamma_e q with gamma = R_e r / (2 L), so sum L (tau - s tau_0)^2 is a square in q.
struct Terms {
    double resistance, length, square, linear;  // sum R, sum L, sum L gamma^2, sum L gamma
};

std::vector<double> terms_of(const Sections& sections, std::span<const double> resistance) {
    const auto& v = sections.graph().vessels();
    std::vector<double> all;
    for (std::size_t s = 0; s < sections.size(); ++s) {
        Terms t{};
        for (auto k = sections.begin(s); k < sections.end(s); ++k) {
            const double gamma = dyn_per_cm2 * resistance[k] * v.radius[k] / (2.0 * v.length[k]);
            t.resistance += resistance[k];
            t.length += v.length[k];
            t.square += v.length[k] * gamma * gamma;
            t.linear += v.length[k] * gamma;
        }
        all.insert(all.end(), {t.resistance, t.length, t.square, t.linear});
    }
    return all;
}

class Estimator {
  public:
    Estimator(const Sections::Network& net, std::span<const double> terms, const EstimateTargets& targets)
        : net_(net), terms_(terms), p0_(targets.pressure / pascal_per_mmHg), tau0_(targets.wall_shear * dyn_per_cm2) {
        const auto n = net.node_id.size();
        weight_.assign(n, 0.0);
        for (std::size_t s = 0; s < net.ends.size(); ++s)
            for (const auto j : net.ends[s]) weight_[j] += 0.5 * terms[4 * s + 1];
        direction_.assign(net.ends.size(), 0.0);
        multiplier_.assign(n, -1);
        Eigen::Index row = static_cast<Eigen::Index>(n);
        for (std::size_t j = 0; j < n; ++j)
            if (net.boundary[j].condition != Condition::estimate && weight_[j] > 0) multiplier_[j] = row++;
        size_ = row;
    }

    // Pressures in Pa.
    std::vector<double> run() {
        auto p = solve(0.0);
        turn(p);
        for (double ratio = 0.001; ratio < 5.0; ratio *= 2.0)
            for (int k = 0; k < most_turns; ++k) {
                p = solve(ratio);
                if (turn(p) == 0) break;
            }
        for (auto& x : p) x *= pascal_per_mmHg;
        return p;
    }

  private:
    double conductance(std::size_t s) const { return pascal_per_mmHg / terms_[4 * s]; }  // um3/s per mmHg

    int turn(const std::vector<double>& p) {
        int turned = 0;
        for (std::size_t s = 0; s < net_.ends.size(); ++s) {
            const double d = p[net_.ends[s][0]] >= p[net_.ends[s][1]] ? 1.0 : -1.0;
            turned += d != direction_[s];
            direction_[s] = d;
        }
        return turned;
    }

    std::vector<double> solve(double ratio) {
        const auto n = net_.node_id.size();
        std::vector<Eigen::Triplet<double>> a;
        Eigen::VectorXd b = Eigen::VectorXd::Zero(size_);
        for (std::size_t j = 0; j < n; ++j) {
            a.emplace_back(j, j, weight_[j] > 0 ? weight_[j] : 1.0);
            b[j] = weight_[j] * p0_;
        }
        double mean = 0;
        for (std::size_t s = 0; s < net_.ends.size(); ++s)
            mean += conductance(s) / static_cast<double>(net_.ends.size());
        for (std::size_t s = 0; s < net_.ends.size(); ++s) {
            const auto [i, j] = net_.ends[s];
            if (i == j) continue;
            const double g = conductance(s), h = ratio * terms_[4 * s + 2] * g * g;
            a.emplace_back(i, i, h), a.emplace_back(j, j, h), a.emplace_back(i, j, -h), a.emplace_back(j, i, -h);
            const double pull = ratio * direction_[s] * tau0_ * terms_[4 * s + 3] * g;
            b[i] += pull, b[j] -= pull;
            for (const auto& [here, there] : {std::pair{i, j}, std::pair{j, i}}) {
                const auto row = multiplier_[here];
                if (row < 0 || is_pressure(here)) continue;
                a.emplace_back(row, here, g / mean), a.emplace_back(here, row, g / mean);
                a.emplace_back(row, there, -g / mean), a.emplace_back(there, row, -g / mean);
            }
        }
        for (std::size_t j = 0; j < n; ++j) {
            const auto row = multiplier_[j];
            if (row < 0) continue;
            const auto& given = net_.boundary[j];
            if (is_pressure(static_cast<std::int32_t>(j))) {
                a.emplace_back(row, j, 1.0), a.emplace_back(j, row, 1.0);
                b[row] = given.value / pascal_per_mmHg;
            } else if (given.condition == Condition::flow) {
                b[row] = given.value / mean;
            }
        }
        Eigen::SparseMatrix<double> matrix(size_, size_);
        matrix.setFromTriplets(a.begin(), a.end());
        Eigen::SparseLU<Eigen::SparseMatrix<double>> lu;
        lu.compute(matrix);
        if (lu.info() != Eigen::Success)
            throw PhysicsError("the estimate of unknown boundary conditions has no solution", "pressure", -1, 0.0);
        Eigen::VectorXd x = lu.solve(b);
        x += lu.solve(b - matrix * x);
        return {x.data(), x.data() + n};
    }
    bool is_pressure(std::int32_t j) const { return net_.boundary[j].condition == Condition::pressure; }

    const Sections::Network& net_;
    std::span<const double> terms_;
    double p0_, tau0_;
    std::vector<double> weight_, direction_;
    std::vector<Eigen::Index> multiplier_;
    Eigen::Index size_ = 0;
};

}  // namespace

void estimate_boundaries(Sections& sections, Boundary& boundary, const EstimateTargets& targets,
                         std::span<const double> resistance) {
    const auto all = sections.gather(terms_of(sections, resistance), 4);
    std::vector<double> pressure;
    on_root(sections.comm(), [&] {
        const auto& net = sections.network();
        for (const auto& b : net.boundary)
            if (b.condition == Condition::resistance)
                throw UserError(
                    {"estimate", "a boundary has a resistance", "give pressures or flows where they are known"});
        pressure = Estimator(net, all, targets).run();
    });
    const auto mine = sections.scatter_boundary(pressure);
    for (std::size_t k = 0; k < mine.size(); ++k) {
        const auto j = sections.boundary_junctions()[k];
        if (boundary.at(j).condition == Condition::estimate) boundary.set_pressure(j, mine[k]);
    }
    sections.update(boundary);
}

}  // namespace ngv::flow
