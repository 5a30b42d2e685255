#include "solvers/flow/pressure/pressure_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/flow/parallel/on_root.hpp"
#include "solvers/flow/pressure/root_system.hpp"

namespace ngv::flow {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// What growing vessels do to their section: sources at its two ends, and flow_k = flow + offset_k inside it. With
// S_k the flow put in between the first and the k-th vessel, p_a - p_b = sum R_k (q_1 + S_k).
struct Growth {
    double resistance = 0, moment = 0, sum = 0;  // sum R, sum R S, S of the last vessel
    double at_start() const { return moment / resistance; }
};

Growth growth_of(const Sections& sections, std::size_t s, std::span<const double> resistance,
                 std::span<const double> growth) {
    Growth g;
    for (auto k = sections.begin(s); k < sections.end(s); ++k) {
        if (k > sections.begin(s)) g.sum -= 0.5 * (growth[k - 1] + growth[k]);
        g.resistance += resistance[k];
        g.moment += resistance[k] * g.sum;
    }
    return g;
}

}  // namespace

void PressureSolver::RootDelete::operator()(Root* root) const {
    delete root;
}

PressureSolver::PressureSolver(const Sections& sections, double base_pressure, PressureOptions options)
    : sections_(sections), base_pressure_(base_pressure), method_(options.method) {
    const auto& graph = sections.graph();
    flow_.assign(graph.num_vessels(), unknown);
    vessel_pressure_.assign(graph.num_vessels(), unknown);
    pressure_.assign(graph.num_junctions(), unknown);
    source_.assign(graph.num_junctions(), 0.0);
    std::array<std::int64_t, 2> numbers{};
    on_root(sections.comm(), [&] {
        root_.reset(new Root(sections.network(), options));
        numbers = {root_->num_unknowns(), static_cast<std::int64_t>(root_->method())};
    });
    MPI_Bcast(numbers.data(), 2, MPI_INT64_T, 0, sections.comm());
    num_unknowns_ = numbers[0];
    method_ = static_cast<LinearMethod>(numbers[1]);
}

std::vector<double> PressureSolver::start() const {
    return root_ ? root_->start() : std::vector<double>{};
}

bool PressureSolver::set_start(std::span<const double> start) {
    return !root_ || root_->set_start(start);
}

SolveInfo PressureSolver::solve(std::span<const double> resistance, std::span<const double> growth, double tolerance) {
    const auto info = solve_sections(resistance, growth, tolerance);
    expand(resistance, growth);
    return info;
}

SolveInfo PressureSolver::solve_sections(std::span<const double> resistance, std::span<const double> growth,
                                         double tolerance) {
    const auto& graph = sections_.graph();
    NGV_ASSERT(resistance.size() == graph.num_vessels());
    NGV_ASSERT(growth.empty() || growth.size() == graph.num_vessels());
    int grows = !growth.empty();
    MPI_Allreduce(MPI_IN_PLACE, &grows, 1, MPI_INT, MPI_MAX, sections_.comm());
    const int width = grows ? 3 : 1;  // resistance, source at the start, source at the end
    std::vector<double> local(sections_.size() * width);
    for (std::size_t s = 0; s < sections_.size(); ++s) {
        double* v = &local[s * width];
        if (!growth.empty()) {
            const auto g = growth_of(sections_, s, resistance, growth);
            v[0] = g.resistance;
            v[1] = g.at_start() - 0.5 * growth[sections_.begin(s)];
            v[2] = g.sum - g.at_start() - 0.5 * growth[sections_.end(s) - 1];
        } else {
            v[0] = std::accumulate(resistance.begin() + sections_.begin(s), resistance.begin() + sections_.end(s), 0.0);
        }
    }
    const auto all = sections_.gather(local, width);
    SolveInfo info;
    on_root(sections_.comm(), [&] { solve_root(all, width, tolerance, info); });
    std::array<double, 5> numbers{info.imbalance, double(info.refinements), double(info.iterations),
                                  double(info.rebuilt), inflow_};
    MPI_Bcast(numbers.data(), 5, MPI_DOUBLE, 0, sections_.comm());
    info = {numbers[0], int(numbers[1]), int(numbers[2]), numbers[3] != 0};
    inflow_ = numbers[4];
    return info;
}

void PressureSolver::solve_root(std::span<const double> given, int width, double tolerance, SolveInfo& info) {
    const auto& net = sections_.network();
    std::vector<double> conductance(net.ends.size()), extra(net.node_id.size(), 0.0);
    for (std::size_t s = 0; s < net.ends.size(); ++s) {
        conductance[s] = 1.0 / given[s * width];
        if (width == 1 || !net.solved[s]) continue;
        extra[net.ends[s][0]] += given[s * width + 1];
        extra[net.ends[s][1]] += given[s * width + 2];
    }
    info = root_->solve(conductance, extra, base_pressure_, tolerance);
    node_pressure_.assign(root_->pressure().begin(), root_->pressure().begin() + net.node_id.size());
    node_source_ = root_->boundary_source();
    inflow_ = 0;
    for (const double q : node_source_) inflow_ += std::max(q, 0.0);

    // Flow through the ends of a section: what its end junctions see.
    section_flow_.resize(net.ends.size());
    for (std::size_t s = 0; s < net.ends.size(); ++s) {
        const double q = root_->flow()[s];
        section_flow_[s] = {q, q};
        if (width == 1) continue;
        section_flow_[s] = {q - given[s * width + 1], q + given[s * width + 2]};
    }
}

void PressureSolver::expand(std::span<const double> resistance, std::span<const double> growth) {
    std::vector<double> all;
    if (sections_.is_root()) {
        const auto& net = sections_.network();
        all.reserve(3 * net.ends.size());
        for (std::size_t s = 0; s < net.ends.size(); ++s)
            all.insert(all.end(), {root_->flow()[s], node_pressure_[net.ends[s][0]], node_pressure_[net.ends[s][1]]});
    }
    const auto result = sections_.scatter(all, 3);
    const auto& graph = sections_.graph();
    for (std::size_t s = 0; s < sections_.size(); ++s) {
        if (!sections_.solved(s)) continue;
        const auto [a, b] = sections_.ends(s);
        double q = result[3 * s], p = result[3 * s + 1];
        const double p_end = result[3 * s + 2];
        if (!growth.empty()) q -= growth_of(sections_, s, resistance, growth).at_start();
        pressure_[a] = p;
        for (auto k = sections_.begin(s); k < sections_.end(s); ++k) {
            if (!growth.empty() && k > sections_.begin(s)) q -= 0.5 * (growth[k - 1] + growth[k]);
            const bool along = graph.direction()[k] > 0;
            const double next = k + 1 < sections_.end(s) ? p - resistance[k] * q : p_end;
            flow_[k] = along ? q : -q;
            vessel_pressure_[k] = 0.5 * (p + next);
            pressure_[graph.ends()[k][along ? 1 : 0]] = next;
            p = next;
        }
        pressure_[b] = p_end;
    }
    const auto sources = sections_.scatter_boundary(node_source_);
    for (std::size_t k = 0; k < sources.size(); ++k) source_[sections_.boundary_junctions()[k]] = sources[k];
}

}  // namespace ngv::flow
