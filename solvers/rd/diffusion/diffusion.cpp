#include "solvers/rd/diffusion/diffusion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ngv::rd {

namespace {

const double gamma_ = 1.0 - 1.0 / std::sqrt(2.0);
const double delta_ = 1.0 - 1.0 / (2.0 * gamma_);

Stencil stencil_of(const Cells& mesh, const FiniteVolumes& v, int num_species) {
    return {.neighbours = v.neighbours.data(),
            .conductance = v.conductance.data(),
            .gradient_weights = v.gradient_weights.data(),
            .volumes = v.volumes.data(),
            .num_owned = static_cast<std::size_t>(mesh.num_owned),
            .cell_faces = v.cell_faces.data(),
            .face_cells = v.face_cells.data(),
            .face_tangents = v.face_tangents.data(),
            .face_shares = v.face_shares.data(),
            .num_faces = v.num_faces(),
            .num_species = num_species};
}

}  // namespace

Diffusion::Diffusion(MPI_Comm comm, const Cells& mesh, const CellShape& shape, Medium medium, Diffusing what)
    : comm_(comm),
      mesh_(mesh),
      what_(std::move(what)),
      ns_(static_cast<int>(what_.diffusion.size())),
      halo_(mesh, comm),
      volumes_(mesh, shape, std::move(medium), halo_),
      stencil_(stencil_of(mesh, volumes_, ns_)),
      d_(what_.diffusion),
      absorbed_(static_cast<std::size_t>(ns_), 0.0),
      system_(comm, mesh, stencil_, halo_, d_, what_.tolerance),
      full_system_(
          comm, stencil_, system_, [this](const auto& u, auto& out) { inflow(u, out); }, what_.tolerance) {
    if (ns_ > most_species)
        throw UserError(
            Problem{"species", fmt::format("{} species diffuse, at most {} are possible", ns_, most_species), ""});
    const std::size_t n = stencil_.num_owned * ns_, ghosts = static_cast<std::size_t>(mesh.num_ghosts()) * ns_;
    for (auto* v : {&old_, &u1_, &room_, &residual_, &inflow1_, &corrections_}) v->assign(n, 0.0);
    for (auto* v : {&old_ghosts_, &u1_ghosts_, &u2_ghosts_}) v->assign(ghosts, 0.0);
    if (what_.scheme == TimeScheme::second_order)
        for (auto* v : {&u2_, &inflow2_}) v->assign(n, 0.0);
    if (what_.correct_faces) {
        gradient_.assign(3 * n, 0.0);
        gradient_ghosts_.assign(3 * ghosts, 0.0);
        flows_.assign(stencil_.num_faces * ns_, 0.0);
        shares_.assign(n, 1.0);
        shares_ghosts_.assign(ghosts, 1.0);
    }
    held_inflow_.assign(volumes_.held.size() * ns_, 0.0);
    range_.lowest.resize(ns_);
    range_.highest.resize(ns_);
}

void Diffusion::exchange(const std::vector<double>& u, std::vector<double>& ghosts, int width) {
    halo_.exchange(u.data(), ghosts.data(), width);
}

void Diffusion::two_point(const View& u, std::vector<double>& inflow) {
    RD_DISPATCH(ns_, two_point_inflow, stencil_, u, d_.data(), 0, stencil_.num_owned, inflow.data());
}

// inflow1_ = D L u; with corrections also gradient = a gradient + b grad(u), and the flows that belong to it.
void Diffusion::fluxes(double a, double b, const View& u) {
    if (!what_.correct_faces) return two_point(u, inflow1_);
    const auto interior = static_cast<std::size_t>(mesh_.num_interior);
    double *gradient = gradient_.data(), *inflow = inflow1_.data();
    RD_DISPATCH(ns_, gradients_and_inflow, stencil_, u, d_.data(), a, b, interior, stencil_.num_owned, gradient,
                inflow);
    halo_.start(gradient, 3 * ns_);
    RD_DISPATCH(ns_, gradients_and_inflow, stencil_, u, d_.data(), a, b, 0, interior, gradient, inflow);
    const View view{gradient_.data(), gradient_ghosts_.data()};
    RD_DISPATCH(ns_, correction_flows, stencil_, view, 0, volumes_.num_inner_faces, flows_.data());
    halo_.finish(gradient_ghosts_.data());
    RD_DISPATCH(ns_, correction_flows, stencil_, view, volumes_.num_inner_faces, stencil_.num_faces, flows_.data());
}

// corrections_ is what the flows bring in, cut where they would take more over `dt` than the source has room_ for.
void Diffusion::inflow_of_corrections(double dt) {
    if (!what_.correct_faces) return;
    bool limited = false;
    RD_DISPATCH(ns_, correction_inflow, stencil_, flows_.data(), d_.data(), dt, room_.data(), corrections_.data(),
                shares_.data(), limited);
    exchange(shares_, shares_ghosts_, ns_);
    for (const double share : shares_ghosts_) limited |= share < 1.0;
    if (!limited) return;
    const View shares{shares_.data(), shares_ghosts_.data()};
    RD_DISPATCH(ns_, limit_flows, stencil_, shares, flows_.data());
    RD_DISPATCH(ns_, sum_of_flows, stencil_, flows_.data(), d_.data(), corrections_.data());
}

// u of an implicit step, started from `guess`, whose residual stands in residual_.
void Diffusion::solve(const std::vector<double>& guess, std::vector<double>& u) {
    statistics_.iterations += system_.solve(residual_.data(), range_.highest.data(), guess.data(), u.data(), time_ms_);
    ++statistics_.solves;
}

void Diffusion::step(double* c, double dt, double begin_ms) {
    const std::size_t n = stencil_.num_owned * ns_;
    if (dt != prepared_for_) prepare(dt);
    time_ms_ = begin_ms;
    find_range(c, begin_ms);
    refuse_negative(c, begin_ms);
    const bool second_order = what_.scheme == TimeScheme::second_order;
    const double theta = second_order ? gamma_ * dt : dt;
    system_.set_theta(theta);
    std::copy(c, c + n, old_.begin());
    implicit_corrections_ ? stages_with_implicit_corrections(dt) : stages(dt);

    for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i) {
        const double factor = dt / stencil_.volumes[i];
        for (int s = 0; s < ns_; ++s, ++at) {
            const double inflow =
                share1_ * inflow1_[at] + (second_order ? share2_ * inflow2_[at] : 0.0) + corrections_[at];
            c[at] = old_[at] + factor * inflow;
        }
    }

    for (std::size_t k = 0; k < volumes_.held.size(); ++k)
        for (int s = 0; s < ns_; ++s) {
            const std::size_t at = static_cast<std::size_t>(volumes_.held[k]) * ns_ + s;
            held_inflow_[k * ns_ + s] =
                share1_ * inflow1_[at] + (second_order ? share2_ * inflow2_[at] : 0.0) + corrections_[at];
        }
    find_range(c, begin_ms + dt);
    limit(c, dt);
    std::fill(absorbed_.begin(), absorbed_.end(), 0.0);
    for (std::size_t at = 0; at < held_inflow_.size(); ++at) absorbed_[at % ns_] += dt * held_inflow_[at];
    clear_rounding(c, begin_ms + dt);
}

// inflow of the whole operator, as an implicit correction sees it
void Diffusion::inflow(const std::vector<double>& u, std::vector<double>& out) {
    exchange(u, u2_ghosts_, ns_);
    fluxes(0.0, 1.0, {u.data(), u2_ghosts_.data()});
    RD_DISPATCH(ns_, sum_of_flows, stencil_, flows_.data(), d_.data(), corrections_.data());
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = inflow1_[at] + corrections_[at];
}

void Diffusion::stages_with_implicit_corrections(double dt) {
    const double theta = system_.theta();
    const std::size_t n = old_.size();
    std::vector<double> change(n), f(n);
    exchange(old_, old_ghosts_, ns_);  // for limit()
    inflow(old_, f);
    for (std::size_t at = 0; at < n; ++at) residual_[at] = theta * f[at];
    statistics_.iterations += full_system_.solve(residual_, range_.highest.data(), change, time_ms_);
    for (std::size_t at = 0; at < n; ++at) u1_[at] = old_[at] + change[at];

    inflow(u1_, f);
    for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i)
        for (int s = 0; s < ns_; ++s, ++at) residual_[at] = stencil_.volumes[i] * (old_[at] - u1_[at]) + dt * f[at];
    statistics_.iterations += full_system_.solve(residual_, range_.highest.data(), change, time_ms_);
    for (std::size_t at = 0; at < n; ++at) u2_[at] = u1_[at] + change[at];
    statistics_.solves += 2;

    share1_ = 1.0 - gamma_;
    share2_ = gamma_;
    exchange(u1_, u1_ghosts_, ns_);
    exchange(u2_, u2_ghosts_, ns_);
    fluxes(0.0, share1_, {u1_.data(), u1_ghosts_.data()});
    std::swap(inflow1_, inflow2_);
    fluxes(1.0, share2_, {u2_.data(), u2_ghosts_.data()});
    std::swap(inflow1_, inflow2_);
    RD_DISPATCH(ns_, sum_of_flows, stencil_, flows_.data(), d_.data(), corrections_.data());
}

// How the corrections of steps of this length are treated: on every rank the same.
void Diffusion::prepare(double dt) {
    prepared_for_ = dt;
    const double largest = *std::max_element(d_.begin(), d_.end());
    implicit_corrections_ =
        what_.scheme == TimeScheme::second_order && what_.correct_faces && share_of_limited_faces(dt) > 0.01;
    volumes_.limit_corrections(implicit_corrections_ ? 0.0 : dt * largest);
}

void Diffusion::stages(double dt) {
    const std::size_t n = stencil_.num_owned * ns_;
    const double theta = system_.theta();
    const bool second_order = what_.scheme == TimeScheme::second_order;
    const double* volume = stencil_.volumes;
    const View old{old_.data(), old_ghosts_.data()}, u1{u1_.data(), u1_ghosts_.data()},
        u2{u2_.data(), u2_ghosts_.data()};

    // First stage. Started from the old values, its residual is theta (L c + E c).
    exchange(old_, old_ghosts_, ns_);
    fluxes(0.0, 1.0, old);
    for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i)
        for (int s = 0; s < ns_; ++s, ++at) room_[at] = volume[i] * old_[at];
    inflow_of_corrections(theta);
    for (std::size_t i = 0; i < n; ++i) residual_[i] = theta * (inflow1_[i] + corrections_[i]);
    solve(old_, u1_);
    exchange(u1_, u1_ghosts_, ns_);
    share1_ = 1.0;
    share2_ = 0.0;
    if (!second_order) two_point(u1, inflow1_);

    if (second_order) {
        // Second stage, started from a straight line through the old values and the first stage, which is where slow
        // modes go. Its residual needs no further product with the matrix: L is linear, and L c and L u1 are already
        // there.
        const double further = (1.0 - gamma_) / gamma_;
        std::swap(inflow1_, inflow2_);  // L c
        fluxes(delta_, 1.0 - delta_, u1);
        for (std::size_t i = 0; i < n; ++i) room_[i] += (1.0 - gamma_) * dt * inflow1_[i];
        inflow_of_corrections(dt);
        for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i)
            for (int s = 0; s < ns_; ++s, ++at)
                residual_[at] = dt * (inflow1_[at] + corrections_[at]) +
                                theta * further * (inflow1_[at] - inflow2_[at]) -
                                (1.0 + further) * volume[i] * (u1_[at] - old_[at]);
        solve(u1_, u2_);
        for (std::size_t i = 0; i < n; ++i) u2_[i] += further * (u1_[i] - old_[i]);
        exchange(u2_, u2_ghosts_, ns_);
        two_point(u2, inflow2_);
        share1_ = 1.0 - gamma_;
        share2_ = gamma_;
    }
}

double Diffusion::share_of_limited_faces(double dt) const {
    const double largest = *std::max_element(d_.begin(), d_.end());
    std::int64_t counts[2] = {what_.correct_faces ? volumes_.num_limited(dt * largest) : 0,
                              static_cast<std::int64_t>(volumes_.num_faces())};
    MPI_Allreduce(MPI_IN_PLACE, counts, 2, MPI_INT64_T, MPI_SUM, comm_);
    return counts[1] > 0 ? static_cast<double>(counts[0]) / static_cast<double>(counts[1]) : 0.0;
}

void Diffusion::find_range(const double* c, double time_ms) {
    std::vector<double> extremes(2 * ns_, -std::numeric_limits<double>::max());
    double* negated_lowest = extremes.data();
    double* highest = extremes.data() + ns_;
    for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i)
        for (int s = 0; s < ns_; ++s, ++at) {
            if (!std::isfinite(c[at])) fail(c, i, s, time_ms, "is not a number");
            negated_lowest[s] = std::max(negated_lowest[s], -c[at]);
            highest[s] = std::max(highest[s], c[at]);
        }
    MPI_Allreduce(MPI_IN_PLACE, extremes.data(), 2 * ns_, MPI_DOUBLE, MPI_MAX, comm_);
    for (int s = 0; s < ns_; ++s) {
        range_.lowest[s] = -negated_lowest[s];
        range_.highest[s] = highest[s];
    }
}

// Below this a value is negative by more than the rounding of the solves.
static double rounding(double highest) {
    return 1e-11 * std::max(highest, 0.0);
}

void Diffusion::limit(double* c, double dt) {
    std::vector<int> species;
    for (int s = 0; s < ns_; ++s)
        if (range_.lowest[s] < -rounding(range_.highest[s])) species.push_back(s);
    if (species.empty()) return;
    ++statistics_.limited_steps;

    // Implicit Euler with the two-point part alone. What is already in u1 and u2 stays: their fluxes are needed.
    std::vector<double> low(old_.size()), low_ghosts(old_ghosts_.size()), low_inflow(old_.size());
    const double theta = system_.theta();
    two_point({old_.data(), old_ghosts_.data()}, low_inflow);
    for (std::size_t i = 0; i < low.size(); ++i) residual_[i] = dt * low_inflow[i];
    system_.set_theta(dt);
    solve(old_, low);
    system_.set_theta(theta);
    exchange(low, low_ghosts, ns_);
    two_point({low.data(), low_ghosts.data()}, low_inflow);

    const View l{low.data(), low_ghosts.data()}, u1{u1_.data(), u1_ghosts_.data()}, u2{u2_.data(), u2_ghosts_.data()};
    std::vector<double> flow(ns_);
    // What the full scheme lets flow in through face k of i beyond the low one, for the species in flow[].
    const auto excess = [&](std::size_t i, int k) {
        const auto j = volumes_.neighbours[4 * i + k];
        const double g = stencil_.conductance[4 * i + k];
        std::size_t face = 0;
        double sign = 0.0;
        face_of(stencil_, i, k, face, sign);
        for (const int s : species) flow[s] = what_.correct_faces ? sign * flows_[face * ns_ + s] : 0.0;
        const auto jump = [&](const View& u, int s) {
            return values_of<0>(u, stencil_.num_owned, j, ns_)[s] - u.own[i * ns_ + s];
        };
        for (const int s : species) {
            double two_point = share1_ * jump(u1, s) - jump(l, s);
            if (share2_ != 0.0) two_point += share2_ * jump(u2, s);
            flow[s] = d_[s] * (g * two_point + flow[s]);
        }
    };

    // The share of all excess outflow that each tetrahedron can afford.
    std::vector<double> affordable(old_.size(), 1.0), affordable_ghosts(old_ghosts_.size(), 1.0);
    std::vector<double> outflow(ns_);
    for (std::size_t i = 0; i < stencil_.num_owned; ++i) {
        const double factor = dt / stencil_.volumes[i];
        std::fill(outflow.begin(), outflow.end(), 0.0);
        for (int k = 0; k < 4; ++k) {
            if (volumes_.neighbours[4 * i + k] < 0) continue;
            excess(i, k);
            for (const int s : species) outflow[s] += std::max(0.0, -flow[s]);
        }
        for (const int s : species) {
            const double holds = std::max(0.0, old_[i * ns_ + s] + factor * low_inflow[i * ns_ + s]);
            if (factor * outflow[s] > holds) affordable[i * ns_ + s] = (1.0 - 1e-14) * holds / (factor * outflow[s]);
        }
    }
    exchange(affordable, affordable_ghosts, ns_);

    const View shares{affordable.data(), affordable_ghosts.data()};
    std::vector<double> inflow(ns_);
    auto held = volumes_.held.begin();
    for (std::size_t i = 0; i < stencil_.num_owned; ++i) {
        std::fill(inflow.begin(), inflow.end(), 0.0);
        for (int k = 0; k < 4; ++k) {
            const auto j = volumes_.neighbours[4 * i + k];
            if (j < 0) continue;
            excess(i, k);
            const double* theirs = values_of<0>(shares, stencil_.num_owned, j, ns_);
            for (const int s : species) inflow[s] += (flow[s] > 0.0 ? theirs[s] : affordable[i * ns_ + s]) * flow[s];
        }
        for (const int s : species) {
            const std::size_t at = i * ns_ + s;
            c[at] = old_[at] + dt / stencil_.volumes[i] * (low_inflow[at] + inflow[s]);
        }
        if (held != volumes_.held.end() && *held == static_cast<std::int32_t>(i)) {
            const auto row = static_cast<std::size_t>(held++ - volumes_.held.begin());
            for (const int s : species) held_inflow_[row * ns_ + s] = low_inflow[i * ns_ + s] + inflow[s];
        }
    }
    find_range(c, std::numeric_limits<double>::quiet_NaN());
}

void Diffusion::refuse_negative(const double* c, double time_ms) const {
    for (int s = 0; s < ns_; ++s) {
        const double least = -rounding(range_.highest[s]);
        if (range_.lowest[s] >= least) continue;
        for (std::size_t i = 0; i < stencil_.num_owned; ++i)
            if (c[i * ns_ + s] < least) fail(c, i, s, time_ms, "is negative");
    }
}

void Diffusion::clear_rounding(double* c, double time_ms) {
    if (std::none_of(range_.lowest.begin(), range_.lowest.end(), [](double x) { return x < 0.0; })) return;
    refuse_negative(c, time_ms);
    std::vector<double> sums(2 * ns_, 0.0);  // what is missing, what is there
    for (std::size_t i = 0, at = 0; i < stencil_.num_owned; ++i)
        for (int s = 0; s < ns_; ++s, ++at) {
            sums[c[at] < 0.0 ? s : ns_ + s] += stencil_.volumes[i] * std::abs(c[at]);
        }
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2 * ns_, MPI_DOUBLE, MPI_SUM, comm_);
    for (int s = 0; s < ns_; ++s) {
        if (!(range_.lowest[s] < 0.0)) continue;
        const double share = sums[ns_ + s] > 0.0 ? std::min(1.0, sums[s] / sums[ns_ + s]) : 0.0;
        for (std::size_t i = 0; i < stencil_.num_owned; ++i) {
            double& x = c[i * ns_ + s];
            x = x > 0.0 ? x - share * x : 0.0;
        }
    }
}

void Diffusion::fail(const double* c, std::size_t i, int s, double time_ms, const char* what) const {
    const auto at = static_cast<std::int32_t>(i);
    const Point p = mesh_.centroid(at);
    throw PhysicsError(
        fmt::format("concentration of {} {}: {} {} in {} {} at ({:.4g}, {:.4g}, {:.4g}) um, {:.6g} ms", what_.names[s],
                    what, c[i * ns_ + s], what_.unit, what_.cell, mesh_.ids[i], p[0], p[1], p[2], time_ms),
        what_.names[s], mesh_.ids[i], time_ms);
}

}  // namespace ngv::rd
