#include "solvers/flow/rheology/phase_separation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

constexpr double skimming = 1.0 / 5.25;  // 1/M
constexpr double packed = 0.99;          // the highest hematocrit that flows

void in_turn(PhaseSeparation law, Feed feed, std::span<const double> flow, std::span<const double> diameter,
             std::span<double> hematocrit) {
    double cells = feed.flow * feed.hematocrit;
    for (std::size_t i = 0; i + 1 < flow.size(); ++i) {
        feed.hematocrit = feed.flow > 0 ? cells / feed.flow : 0.0;
        const double share = red_cell_fraction(law, feed, diameter[i], diameter[i + 1], flow[i] / feed.flow);
        hematocrit[i] = flow[i] > 0 ? share * cells / flow[i] : 0.0;
        cells *= 1.0 - share;
        feed.flow -= flow[i];
        feed.diameter = diameter[i + 1];
    }
    hematocrit.back() = flow.back() > 0 ? cells / flow.back() : 0.0;
}

void kinetic(const Feed& feed, std::span<const double> flow, std::span<const double> diameter,
             std::span<double> hematocrit) {
    double sum = 0;
    for (std::size_t i = 0; i < flow.size(); ++i) {
        hematocrit[i] = std::pow(diameter[i] / feed.diameter, 2.0 * skimming);
        sum += flow[i] * hematocrit[i];
    }
    for (auto& h : hematocrit) h *= sum > 0 ? feed.flow * feed.hematocrit / sum : 0.0;
}

// What is above the highest hematocrit goes to the other branches.
void limit(std::span<const double> flow, std::span<double> hematocrit) {
    for (std::size_t round = 0; round < flow.size(); ++round) {
        double surplus = 0, room = 0;
        for (std::size_t i = 0; i < flow.size(); ++i) {
            if (hematocrit[i] > packed) surplus += (hematocrit[i] - packed) * flow[i], hematocrit[i] = packed;
            if (hematocrit[i] < packed) room += flow[i];
        }
        if (surplus == 0.0 || room == 0.0) return;
        for (auto& h : hematocrit)
            if (h < packed) h += surplus / room;
    }
}

}  // namespace

PhaseSeparation phase_separation(std::string_view name) {
    static const std::map<std::string, PhaseSeparation, std::less<>> laws{
        {"none", PhaseSeparation::none},
        {"pries_secomb_2005", PhaseSeparation::pries_secomb_2005},
        {"pries_1989", PhaseSeparation::pries_1989},
        {"kinetic", PhaseSeparation::kinetic}};
    if (const auto it = laws.find(name); it != laws.end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [known, law] : laws) names.push_back(known);
    throw UserError({"phase separation '" + std::string(name) + "'", "is not known", did_you_mean(name, names)});
}

double red_cell_fraction(PhaseSeparation law, const Feed& feed, double da, double db, double blood) {
    if (law == PhaseSeparation::none) return blood;
    const double plasma = (1.0 - feed.hematocrit) / feed.diameter, b = 1.0 + 6.98 * plasma;
    double x0 = 0.4 / feed.diameter, a = -6.96 * std::log(da / db) / feed.diameter;
    if (law == PhaseSeparation::pries_secomb_2005) {
        const double square = (da / db) * (da / db);
        x0 = 0.964 * plasma;
        a = -13.29 * (square - 1.0) / (square + 1.0) * plasma;
    }
    if (x0 >= 0.5) return blood < 0.5 ? 0.0 : blood > 0.5 ? 1.0 : 0.5;  // a vessel that lets single cells pass
    const double t = (blood - x0) / (1.0 - 2.0 * x0);
    if (t <= 0.0) return 0.0;
    if (t >= 1.0) return 1.0;
    return 1.0 / (1.0 + std::exp(-a - b * std::log(t / (1.0 - t))));
}

void separate(PhaseSeparation law, const Feed& feed, std::span<const double> flow, std::span<const double> diameter,
              std::span<double> hematocrit) {
    if (law == PhaseSeparation::none || flow.size() == 1) {
        std::fill(hematocrit.begin(), hematocrit.end(), feed.hematocrit);
        return;
    }
    if (law == PhaseSeparation::kinetic)
        kinetic(feed, flow, diameter, hematocrit);
    else
        in_turn(law, feed, flow, diameter, hematocrit);
    limit(flow, hematocrit);
}

}  // namespace ngv::flow
