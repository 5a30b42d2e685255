#include "solvers/neuron/cells/axon_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/cable/compartments.hpp"

namespace ngv::neuron {

namespace {

constexpr int axon_type = static_cast<int>(SectionType::axon);
constexpr double stub_length = 30;      // um
constexpr double sample_spacing = 6;    // um between the diameters of `segments`
constexpr double myelin_length = 1000;  // um

std::vector<double> diameters(const CableSection& s, int nseg) {
    const auto parts =
        s.points.empty() ? cylinders(s.length, s.diameters, nseg, s.Ra) : discretise(s.points, nseg, s.Ra);
    std::vector<double> result;
    for (const auto& part : parts) result.push_back(part.diameter);
    return result;
}

double middle_diameter(const CableSection& s) {
    return diameters(s, s.nseg)[static_cast<std::size_t>(s.nseg / 2)];
}

struct Stubs {
    std::vector<double> first = {1}, second = {1};
    int nseg = 1;
    std::vector<int> ids;
};

/// Sections [..] of the axon, in order.
std::vector<int> axon_of(const SectionTree& tree) {
    std::vector<int> result;
    for (std::size_t s = 0; s < tree.sections.size(); ++s)
        if (tree.sections[s].type == axon_type) result.push_back(static_cast<int>(s));
    return result;
}

const CableSection& at(const SectionTree& tree, int section) {
    return tree.sections[static_cast<std::size_t>(section)];
}

Stubs two_diameters(const SectionTree& tree, const std::vector<int>& axon) {
    Stubs stubs;
    if (axon.empty()) return stubs;
    stubs.first = stubs.second = {middle_diameter(at(tree, axon[0]))};
    stubs.ids = {at(tree, axon[0]).id};
    if (axon.size() == 1) return stubs;
    for (std::size_t i = 0; i < axon.size(); ++i) {
        if (i == 1) stubs.ids.push_back(at(tree, axon[1]).id);
        const auto distance = path_distances(tree, axon[i], 0, 0);
        if (distance[distance.size() / 2] <= 60) continue;
        stubs.second = {middle_diameter(at(tree, axon[i]))};
        break;
    }
    return stubs;
}

Stubs ten_diameters(const SectionTree& tree, const std::vector<int>& axon, const std::string& where) {
    std::vector<double> d;
    for (int s : axon) {
        const int nseg = 1 + static_cast<int>(at(tree, s).length / sample_spacing / 2.) * 2;
        for (double x : diameters(at(tree, s), nseg))
            if (d.size() < 10) d.push_back(x);
        if (d.size() == 10) break;
    }
    if (d.size() < 10)
        throw UserError(Problem{where,
                                fmt::format("the axon gives {} diameters, the rule 'segments' needs 10", d.size()),
                                "the axon of the morphology is too short for this cell model"});
    return {{d.begin(), d.begin() + 5}, {d.begin() + 5, d.end()}, 5, {}};
}

Stubs tapered(const AxonRule& rule, double scaler) {
    Stubs stubs{{}, {}, 5, {}};
    for (int i = 0; i < 10; ++i) {
        const double d = rule.strength * std::exp(-60. * i / 10 / rule.decay) + rule.terminal * scaler;
        (i < 5 ? stubs.first : stubs.second).push_back(d);
    }
    return stubs;
}

/// Takes the axon out. Ids stay.
void remove_axon(SectionTree& tree, const std::string& where) {
    std::vector<int> place(tree.sections.size(), -1);
    std::vector<CableSection> kept;
    for (std::size_t s = 0; s < tree.sections.size(); ++s) {
        auto& section = tree.sections[s];
        if (section.type == axon_type) continue;
        if (section.parent >= 0) {
            section.parent = place[static_cast<std::size_t>(section.parent)];
            if (section.parent < 0)
                throw UserError(
                    Problem{where,
                            fmt::format("section {} of type {} hangs on the axon, which this cell model replaces",
                                        section.id, section.type),
                            ""});
        }
        place[s] = static_cast<int>(kept.size());
        kept.push_back(std::move(section));
    }
    tree.sections = std::move(kept);
}

int add(SectionTree& tree, int id, int type, int parent, double x, double length, std::vector<double> d, int nseg) {
    CableSection s;
    s.id = id;
    s.type = type;
    s.parent = parent;
    s.parent_x = x;
    s.length = length;
    s.diameters = std::move(d);
    s.nseg = nseg;
    tree.sections.push_back(std::move(s));
    return static_cast<int>(tree.sections.size()) - 1;
}

}  // namespace

void apply_axon_rule(SectionTree& tree, const AxonRule& rule, double scaler, const std::string& where) {
    using Kind = AxonRule::Kind;
    if (rule.kind == Kind::keep) return;
    const auto axon = axon_of(tree);
    Stubs stubs;
    switch (rule.kind) {
        case Kind::stubs:
            stubs = two_diameters(tree, axon);
            break;
        case Kind::segments:
            stubs = ten_diameters(tree, axon, where);
            break;
        case Kind::taper:
            stubs = tapered(rule, scaler);
            break;
        default:
            stubs.first = stubs.second = {rule.diameter};
    }
    const std::size_t wanted = rule.myelin ? 3 : 2;
    if (rule.kind == Kind::segments || rule.kind == Kind::taper) {
        if (axon.size() < wanted)
            throw UserError(
                Problem{where, fmt::format("the axon has {} sections, the rule needs at least {}", axon.size(), wanted),
                        "section ids of the new axon are those of its first sections"});
        for (std::size_t i = 0; i < wanted; ++i) stubs.ids.push_back(at(tree, axon[i]).id);
    }
    const double last_diameter = stubs.second.back();
    remove_axon(tree, where);
    if (rule.renumber) {
        tree.num_ids = 0;
        stubs.ids.clear();
        for (auto& s : tree.sections) s.id = tree.num_ids++;
    }
    while (stubs.ids.size() < wanted) stubs.ids.push_back(tree.num_ids++);
    const int first = add(tree, stubs.ids[0], axon_type, 0, rule.attach_x, stub_length, stubs.first, stubs.nseg);
    const int second = add(tree, stubs.ids[1], axon_type, first, 1, stub_length, stubs.second, stubs.nseg);
    if (rule.myelin) add(tree, stubs.ids[2], myelin_type, second, 1, myelin_length, {last_diameter}, 5);
}

}  // namespace ngv::neuron
