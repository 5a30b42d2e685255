#include "solvers/flow/transport/advection.hpp"

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/flow/parallel/on_root.hpp"

namespace ngv::flow {

namespace {

constexpr double whole = 1e6;  // of what a vessel holds and passes on: a drain that leaves nothing

}  // namespace

Advection::Advection(const Sections& sections, const PressureSolver& pressures, Carried what)
    : sections_(sections), pressures_(pressures), what_(std::move(what)) {
    const auto n = sections.graph().num_vessels();
    u_.assign(n, 0.0), content_.assign(n, 0.0), owed_.assign(n, 0.0);
    cells_.resize(n);
    on_root(sections.comm(), [&] { order_.emplace(sections.network()); });
}

// What a vessel holds over what would flow out of it, per volume.
double Advection::ratio(std::size_t k, const BloodState& blood) const {
    if (what_.kind == Carried::Kind::dissolved) return 1.0;
    if (what_.kind == Carried::Kind::red_cells) return blood.tube_ratio[k];
    const double p = what_.oxygen.pressure(u_[k], blood.hematocrit[k]);
    const double flows = what_.oxygen.concentration(p, blood.hematocrit[k]);
    return flows > 0 ? what_.oxygen.concentration(p, blood.hematocrit[k] * blood.tube_ratio[k]) / flows : 1.0;
}

void Advection::fill(double value, const BloodState& blood) {
    std::vector<double> values(u_.size(), value);
    if (what_.kind == Carried::Kind::oxygen)
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = what_.oxygen.concentration(value, blood.hematocrit[k]);
    fill(values, blood);
}

void Advection::fill(std::span<const double> concentration, const BloodState& blood) {
    std::ranges::copy(concentration, u_.begin());
    for (std::size_t k = 0; k < u_.size(); ++k) content_[k] = blood.volume[k] * ratio(k, blood) * u_[k];
}

void Advection::keep(std::map<std::string, std::span<double>>& kept) {
    kept[what_.name + ".flows"] = u_;
    kept[what_.name + ".holds"] = content_;
    kept[what_.name + ".owes"] = owed_;
}

std::vector<double> Advection::oxygen_pressure(const BloodState& blood) const {
    std::vector<double> p(u_.size());
    for (std::size_t k = 0; k < u_.size(); ++k) p[k] = what_.oxygen.pressure(u_[k], blood.hematocrit[k]);
    return p;
}

// Flow through the two ends of a vessel, along its section: half of its growth enters at each.
Advection::Cell Advection::cell(std::int32_t k, const BloodState& blood, double dt,
                                std::span<const double> taken) const {
    const double q = pressures_.flow()[k] * sections_.graph().direction()[k];
    const double half = blood.growth.empty() ? 0.0 : 0.5 * blood.growth[k];
    const double left = q + half, right = q - half;
    Cell c{dt * std::max(left, 0.0),
           dt * std::max(-right, 0.0),
           dt * (std::max(-left, 0.0) + std::max(right, 0.0)),
           blood.volume[k] * ratio(k, blood),
           0.0,
           content_[k]};
    const double asked = owed_[k] + (taken.empty() ? 0.0 : taken[k]);
    if (asked < 0) c.source -= asked;
    if (asked > 0 && u_[k] > 0) c.drain = std::min(asked / u_[k], whole * (c.held + c.out));
    return c;
}

namespace {

// Runs along the cells of a section; `inner` says whether contents and sources count, so that the same recursion gives
// the answer to what enters alone.
template <class Cells>
void solve_cells(const Cells& cells, std::int32_t begin, std::int32_t end, bool inner, double at_start, double at_end,
                 double* u) {
    const auto value = [&](std::int32_t k, double left, double right) {
        const auto& c = cells[k];
        const double have = (inner ? c.source : 0.0) + c.from_left * left + c.from_right * right;
        const double holds = c.held + c.out + c.drain;
        return holds > 0 ? have / holds : 0.0;
    };
    for (auto k = end - 1; k >= begin; --k)
        if (cells[k].from_left == 0)
            u[k] = value(k, 0.0, cells[k].from_right == 0 ? 0.0 : k + 1 < end ? u[k + 1] : at_end);
    for (auto k = begin; k < end; ++k)
        if (cells[k].from_left > 0)
            u[k] = value(k, k > begin ? u[k - 1] : at_start,
                         cells[k].from_right == 0 ? 0.0
                         : k + 1 < end            ? u[k + 1]
                                                  : at_end);
}

}  // namespace

// What leaves at the start and at the end: constant, and per unit of what enters at the other end.
std::array<double, 4> Advection::response(std::size_t s) const {
    const auto begin = sections_.begin(s), end = sections_.end(s);
    thread_local std::vector<double> u;
    u.resize(u_.size());
    solve_cells(cells_, begin, end, true, 0.0, 0.0, u.data());
    const double start = u[begin], last = u[end - 1];
    solve_cells(cells_, begin, end, false, 1.0, 1.0, u.data());
    return {start, u[begin], last, u[end - 1]};
}

void Advection::fill_section(std::size_t s, double at_start, double at_end) {
    solve_cells(cells_, sections_.begin(s), sections_.end(s), true, at_start, at_end, u_.data());
}

void Advection::step(const BloodState& blood, double dt, std::span<const double> taken) {
    NGV_ASSERT(dt > 0 && (taken.empty() || taken.size() == u_.size()));
    const auto count = sections_.size();
    std::vector<double> responses(4 * count, 0.0), ends(4 * count, 0.0);
    for (std::size_t s = 0; s < count; ++s) {
        if (!sections_.solved(s)) continue;
        const auto first = sections_.begin(s), last = sections_.end(s) - 1;
        for (auto k = first; k <= last; ++k) cells_[k] = cell(k, blood, dt, taken);
        const auto r = response(s);
        std::copy(r.begin(), r.end(), &responses[4 * s]);
        const double e[] = {2 * blood.radius[first], 2 * blood.radius[last], blood.hematocrit[first],
                            blood.hematocrit[last]};
        std::copy(e, e + 4, &ends[4 * s]);
    }
    const auto all = sections_.gather(responses, 4), all_ends = sections_.gather(ends, 4);
    on_root(sections_.comm(), [&] { route(all, all_ends, dt); });
    const auto entering = sections_.scatter(entering_, 2);

    double given = 0;
    for (std::size_t s = 0; s < count; ++s) {
        if (!sections_.solved(s)) continue;
        fill_section(s, entering[2 * s], entering[2 * s + 1]);
        for (auto k = sections_.begin(s); k < sections_.end(s); ++k) {
            const auto& c = cells_[k];
            content_[k] = c.held * u_[k];
            const double asked = owed_[k] + (taken.empty() ? 0.0 : taken[k]);
            const double got = asked > 0 ? c.drain * u_[k] : asked;
            owed_[k] = asked - got;
            given += got;
        }
    }
    std::array<double, 3> sums{account_.entered, account_.left, 0};
    MPI_Bcast(sums.data(), 2, MPI_DOUBLE, 0, sections_.comm());
    MPI_Allreduce(&given, &sums[2], 1, MPI_DOUBLE, MPI_SUM, sections_.comm());
    account_ = {sums[0], sums[1], account_.taken + sums[2]};
}

// Root: through the junctions in the order of the flow. What reaches a junction mixes and divides over the vessels that
// leave it; red cells divide by their own law, and O2 goes with plasma and cells at one pressure.
void Advection::route(std::span<const double> responses, std::span<const double> ends, double dt) {
    const auto& net = sections_.network();
    const auto& source = pressures_.node_source();
    order_->update(pressures_.section_flow(), 0.0);
    entering_.assign(2 * net.ends.size(), 0.0);
    std::vector<double> flow, diameter, hematocrit, result;
    std::vector<std::int32_t> branch;
    for (const auto node : order_->nodes()) {
        double blood = 0, amount = 0, widest = 0, leaving = 0;
        flow.clear(), diameter.clear(), hematocrit.clear(), branch.clear();
        for (const auto e : order_->ends(node)) {
            const double q = order_->leaving(e);
            const auto s = static_cast<std::size_t>(e / 2);
            const int side = e % 2;
            if (q < 0) {
                const double* r = &responses[4 * s + 2 * side];
                blood -= q;
                amount -= q * (r[0] + r[1] * entering_[2 * s + 1 - side]);
                widest = std::max(widest, ends[4 * s + side]);
            } else if (q > 0) {
                leaving += q;
                branch.push_back(e);
                flow.push_back(q);
                diameter.push_back(ends[4 * s + side]);
                hematocrit.push_back(ends[4 * s + 2 + side]);
            }
        }
        if (source[node] > 0) {
            double value = what_.inflow;
            const double given = net.boundary[node].hematocrit;
            if (what_.kind == Carried::Kind::red_cells && given >= 0) value = given;
            if (what_.kind == Carried::Kind::oxygen) {
                double cells = 0;
                for (std::size_t i = 0; i < flow.size(); ++i) cells += flow[i] * hematocrit[i];
                value = what_.oxygen.concentration(what_.inflow, leaving > 0 ? cells / leaving : 0.0);
            }
            blood += source[node];
            amount += source[node] * value;
            account_.entered += dt * source[node] * value;
        }
        if (blood <= 0) continue;
        if (source[node] < 0) {
            const double out = -source[node] * (amount / blood);
            account_.left += dt * out;
            amount -= out;
        }
        if (branch.empty()) continue;
        result.assign(branch.size(), amount / leaving);
        if (what_.kind == Carried::Kind::red_cells && widest > 0) {
            separate(what_.separation, {leaving, amount / leaving, widest}, flow, diameter, result);
        } else if (what_.kind == Carried::Kind::oxygen) {
            double cells = 0;
            for (std::size_t i = 0; i < flow.size(); ++i) cells += flow[i] * hematocrit[i];
            const double p = what_.oxygen.pressure(amount / leaving, cells / leaving);
            double sum = 0;
            for (std::size_t i = 0; i < flow.size(); ++i) {
                result[i] = what_.oxygen.concentration(p, hematocrit[i]);
                sum += flow[i] * result[i];
            }
            if (sum > 0)
                for (auto& c : result) c *= amount / sum;  // to the last digit
        }
        for (std::size_t i = 0; i < branch.size(); ++i) entering_[branch[i]] = result[i];
    }
}

}  // namespace ngv::flow
