#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "coupler/config/units.hpp"
#include "solvers/common/model/parser.hpp"
#include "solvers/rd/model/reaction_text.hpp"
#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

double Reading::quantity(const std::string& text, const std::string& unit, const std::string& where) {
    try {
        return parse_quantity(text, unit);
    } catch (const UserError& error) {
        std::vector<Problem> problems;
        for (const auto& p : error.problems())
            problems.push_back({where, fmt::format("'{}': {} {}", text, p.where, p.what), p.fix});
        throw UserError(std::move(problems));
    }
}

std::string rate_unit(int order, bool per_area) {
    const std::string base = per_area ? "(mol/m2)" : "(mol/m3)";
    if (order == 0) return base.substr(1, 6) + "/ms";
    if (order == 1) return "1/ms";
    return fmt::format("1/({}^{}.ms)", base, order - 1);
}

// A small recursive evaluation of a graph without symbols left but V: it runs once a table entry, at the start.
static double value_of(const model::Graph& graph, model::Expr e, model::Expr potential, double mV) {
    if (e == potential) return mV;
    const auto& node = graph[e];
    if (node.op == model::Op::constant) return node.value;
    const auto of = [&](model::Expr x) { return value_of(graph, x, potential, mV); };
    switch (model::arity(node.op)) {
        case 1:
            return model::apply(node.op, of(node.a));
        case 2:
            return model::apply(node.op, of(node.a), of(node.b));
        default:
            return of(node.a) != 0 ? of(node.b) : of(node.c);
    }
}

static VoltageFunction function_from(const std::string& name, const Config& at, const Reading& reading) {
    VoltageFunction f{.name = name,
                      .expression = at.text("expression"),
                      .unit = at.text("unit"),
                      .low = at.quantity("low", "mV"),
                      .step = at.quantity("step", "mV"),
                      .where = at.where()};
    const double high = at.quantity("high", "mV");
    if (!(f.step > 0) || !(high > f.low + f.step))
        throw at.error("high", "the table needs low < high and a positive step", "e.g. -150 mV, 100 mV, 0.1 mV");
    model::Graph graph;
    const auto potential = graph.symbol("V");
    model::Names names;
    names.known = {"V", "T"};
    names.find = [&](std::string_view symbol) -> std::optional<model::Expr> {
        if (symbol == "V") return potential;
        if (symbol == "T") return graph.constant(reading.model.temperature);
        return std::nullopt;
    };
    const auto e = parse(graph, f.expression, names, at.where("expression"));
    const auto steps = static_cast<int>(std::lround((high - f.low) / f.step));
    // Where an expression is 0/0 (u / (e^u - 1) at 0) the value between its neighbours is meant.
    for (int i = 0; i <= steps; ++i) f.values.push_back(value_of(graph, e, potential, f.low + i * f.step));
    for (int i = 0; i <= steps; ++i)
        if (!std::isfinite(f.values[i]) && i > 0 && i < steps) f.values[i] = 0.5 * (f.values[i - 1] + f.values[i + 1]);
    for (int i = 0; i <= steps; ++i)
        if (!std::isfinite(f.values[i]) || f.values[i] < 0)
            throw at.error("expression", fmt::format("is {} at V = {:.6g} mV", f.values[i], f.low + i * f.step),
                           "a rate is a finite number of at least 0");
    return f;
}

void read_rates(const Config& config, Reading& reading) {
    const Config constants = config["constants"];
    for (const auto& name : constants.keys()) {
        const std::string text = constants.text(name);
        const auto space = text.find(' ');
        Constant c{.name = name, .unit = "1", .where = constants.where(name)};
        reading.attempt([&] {
            if (space != text.npos) c.unit = text.substr(space + 1);
            c.value = Reading::quantity(text, c.unit, c.where);
            if (c.value < 0) throw constants.error(name, fmt::format("is {}", text), "constants are at least 0");
            reading.model.constants.push_back(c);
        });
    }
    const Config functions = config["rates"];
    for (const auto& name : functions.keys())
        reading.attempt([&] { reading.model.functions.push_back(function_from(name, functions[name], reading)); });
}

void add_reaction(Reaction r, const std::string& rate, Reading& reading) {
    Model& model = reading.model;
    if (r.order() > 4)
        throw UserError(Problem{r.where, fmt::format("'{}' is of order {}", r.text, r.order()),
                                "the highest order is 4: split it into elementary steps"});
    r.unit = rate_unit(r.order(), r.per_area());
    const RateText text = parse_rate(rate);
    if (text.name.empty()) {
        r.rate = Reading::quantity(text.quantity, r.unit, r.where);
    } else {
        r.factor = text.factor;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < model.constants.size(); ++i) {
            names.push_back(model.constants[i].name);
            if (text.name == names.back()) r.constant = static_cast<int>(i);
        }
        for (std::size_t i = 0; i < model.functions.size(); ++i) {
            names.push_back(model.functions[i].name);
            if (text.name == names.back()) r.function = static_cast<int>(i);
        }
        if (r.constant < 0 && r.function < 0)
            throw UserError(
                Problem{r.where,
                        fmt::format("rate '{}' of '{}' is neither a constant nor a function of the potential",
                                    text.name, r.text),
                        did_you_mean(text.name, names)});
        if (r.function >= 0 && !r.surface)
            throw UserError(Problem{r.where, fmt::format("'{}' depends on the potential but is not on a patch", r.text),
                                    "move it to a patch of a membrane"});
        r.rate = r.constant >= 0
                     ? r.factor * Reading::quantity(fmt::format("{:.17g} {}", model.constants[r.constant].value,
                                                                model.constants[r.constant].unit),
                                                    r.unit, r.where)
                     : r.factor * Reading::quantity("1 " + model.functions[r.function].unit, r.unit, r.where);
    }
    if (!(r.rate >= 0) || !std::isfinite(r.rate))
        throw UserError(Problem{r.where, fmt::format("the rate of '{}' is {}", r.text, rate), "rates are at least 0"});
    model.reactions.push_back(std::move(r));
}

namespace {

std::vector<Participation> resolved(const std::vector<Term>& terms, const Reaction& r, Reading& reading) {
    const Model& model = reading.model;
    std::vector<Participation> result;
    for (const auto& t : terms) {
        const Side side = t.side == "in" ? Side::inside : t.side == "out" ? Side::outside : Side::here;
        if (side != Side::here && !r.surface)
            throw UserError(Problem{r.where, fmt::format("'{}.{}' in a compartment", t.species, t.side),
                                    "sides exist on patches alone"});
        if (side == Side::outside && model.patches[r.region].outside < 0)
            throw UserError(Problem{r.where,
                                    fmt::format("'{}.out', but patch '{}' has no compartment outside", t.species,
                                                model.patches[r.region].name),
                                    "give the patch `outside`"});
        result.push_back({model.index_of(t.species, r.where), side, t.count});
    }
    return result;
}

void read_reaction(const std::string& text, const std::string& rates_text, RegionId region, const std::string& where,
                   Reading& reading) {
    const Equation equation = parse_equation(text, where);
    const auto rates = split_rates(rates_text);
    const std::size_t expected = equation.reversible ? 2 : 1;
    if (rates.size() != expected)
        throw UserError(Problem{where, fmt::format("'{}' has {} rates, expected {}", text, rates.size(), expected),
                                equation.reversible ? "forward, backward" : "one, or write <-> for both directions"});
    Reaction forward{.text = fmt::format("{} -> {}", text_of(equation.left), text_of(equation.right)),
                     .surface = region.surface,
                     .region = region.index,
                     .where = where};
    Reaction backward = forward;
    backward.text = fmt::format("{} -> {}", text_of(equation.right), text_of(equation.left));
    bool known = reading.attempt([&] { forward.left = resolved(equation.left, forward, reading); });
    known = reading.attempt([&] { forward.right = resolved(equation.right, forward, reading); }) && known;
    if (!known) return;
    backward.left = forward.right;
    backward.right = forward.left;
    std::vector<Reaction*> directions{&forward};
    if (equation.reversible) directions.push_back(&backward);
    for (std::size_t i = 0; i < directions.size(); ++i)
        reading.attempt([&] {
            const Reaction& r = *directions[i];
            if (const int on = r.order(Side::here); r.order(Side::inside) > 0 && r.order(Side::outside) > 0 && on != 1)
                throw UserError(
                    Problem{where, fmt::format("'{}' has reactants on both sides and {} on the patch", r.text, on),
                            "expected one, by which the rate counts: S + A.in + B.out; or bind on one side, "
                            "then on the other"});
            add_reaction(r, rates[i], reading);
        });
}

// A channel on a patch, by the names in the file.
template <class Current>
Current current_from(const std::string& name, const Config& at, Reading& reading) {
    Current c{};
    c.name = name;
    c.where = at.where();
    reading.attempt([&] {
        const RegionId patch = reading.region(at.text("patch"), at.where("patch"));
        if (!patch.surface) throw at.error("patch", fmt::format("'{}' is a compartment", at.text("patch")));
        c.patch = patch.index;
    });
    reading.attempt([&] { c.channel = reading.model.index_of(at.text("channel"), at.where("channel")); });
    return c;
}

}  // namespace

void read_reactions(const Config& config, Reading& reading) {
    Model& model = reading.model;
    const Config all = config["reactions"];
    for (const auto& name : all.keys()) {
        const auto list = all.list(name);
        for (const auto& item : list)
            for (const auto& text : item.keys())
                for (const auto& rate : split_rates(item.text(text))) reading.named.insert(parse_rate(rate).name);
        RegionId region;
        if (!reading.attempt([&] { region = reading.region(name, all.where(name)); })) continue;
        if (list.empty())
            reading.problem(all.where(name), fmt::format("the reactions of '{}' are not a list", name),
                            "- A + B <-> C : 10 1/(uM s), 3 1/s");
        for (const auto& item : list) {
            if (item.keys().empty())
                reading.problem(item.where(), fmt::format("a reaction of '{}' is not an equation with its rates", name),
                                "write it without quotes: - A + B <-> C : 10 1/(uM s), 3 1/s");
            for (const auto& text : item.keys())
                reading.attempt([&] { read_reaction(text, item.text(text), region, item.where(text), reading); });
        }
    }
    const Config ohmic = config["ohmic_currents"];
    for (const auto& name : ohmic.keys()) {
        const Config at = ohmic[name];
        auto c = current_from<OhmicCurrent>(name, at, reading);
        c.conductance = at.quantity("conductance", "S");
        c.reversal = at.quantity("reversal", "mV");
        model.ohmic_currents.push_back(c);
    }
    const Config ghk = config["ghk_currents"];
    for (const auto& name : ghk.keys()) {
        const Config at = ghk[name];
        auto c = current_from<GhkCurrent>(name, at, reading);
        reading.attempt([&] { c.ion = model.index_of(at.text("ion"), at.where("ion")); });
        c.permeability = at.quantity("permeability", "um3/ms");
        if (at.is_set("outside")) c.outside_mM = at.quantity("outside", "mM");
        c.moves_ions = at.flag("moves_ions");
        if (c.outside_mM < 0 && c.patch < static_cast<int>(model.patches.size()) && model.patches[c.patch].outside < 0)
            reading.problem(at.where(), fmt::format("patch '{}' has no compartment outside", at.text("patch")),
                            "give the current `outside`, a fixed concentration");
        if (c.ion < model.num_species() && model.species[c.ion].valence == 0)
            reading.problem(at.where("ion"), fmt::format("'{}' has valence 0", at.text("ion")), "give it a valence");
        model.ghk_currents.push_back(c);
    }
}

}  // namespace ngv::rd
