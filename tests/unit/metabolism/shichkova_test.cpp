// The 183-variable model: rates, Jacobian, invariants, trajectories; compiled and interpreted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>

#include "solvers/metabolism/cells/cells.hpp"
#include "tests/unit/metabolism/reference.hpp"

namespace ngv::metabolism {
namespace {

using model::Lanes;
using model::Op;

const ModelFile& shichkova() {
    static const ModelFile model = ModelFile::shipped_or_file("shichkova2025");
    return model;
}

/// Values of rates and of the Jacobian at the start values, and how much of each rate cancels.
struct AtStart {
    std::vector<double> rates, gross;
    std::map<std::pair<std::size_t, std::size_t>, double> jacobian;

    AtStart(const OdeSystem& system, const std::map<std::string, double>& inputs,
            const std::map<std::string, double>& states = {}) {
        const auto& tape = system.derivatives();
        auto registers = tape.registers();
        const std::size_t n = system.size();
        for (std::size_t i = 0; i < n; ++i) registers[i] = Lanes::all(system.integrated()[i].start);
        for (std::size_t i = 0; i < system.inputs().size(); ++i)
            registers[n + i] = Lanes::all(system.inputs()[i].start);
        for (const auto& [name, value] : inputs) registers[n + system.input(name)] = Lanes::all(value);
        for (const auto& [name, value] : states) registers[system.state(name)] = Lanes::all(value);
        tape.run(registers.data());
        gross.assign(n, 0);
        for (std::size_t i = 0; i < n; ++i) rates.push_back(registers[tape.output(i)][0]);
        for (std::size_t k = 0; k < system.pattern().size(); ++k) {
            const auto [i, j] = system.pattern()[k];
            jacobian[{i, j}] = registers[tape.output(n + k)][0];
            gross[i] += std::fabs(jacobian[{i, j}] * system.integrated()[j].start);
        }
    }
};

struct RateCase {
    const char *variant, *column;
    double mito_scale, Fin, vol_v;
};

TEST(Shichkova2025, HasTheVariablesOfTheFullSystem) {
    const OdeSystem system(shichkova(), {.variant = "base"});
    EXPECT_EQ(system.num_states(), 133u);
    EXPECT_EQ(system.pattern().size() - 4 - 4, 699u);  // less those of the running totals
}

// Fluxes of up to 1e5 times their sum cancel in some rates: 1e-11 of the rate or, there, 1e-15 of the fluxes' size.
TEST(Shichkova2025, HasTheRatesOfTheReferenceInAllVariants) {
    NGV_REFERENCE_OR_SKIP(file, "metabolism/V2_rhs_at_u0.csv");
    const Csv csv(file);
    for (const RateCase& c :
         {RateCase{"base", "du_base_F0.012_vol0.0237", 1, 0.012, 0.0237},
          RateCase{"young", "du_young_mito0.6", 0.6, 0.012, 0.0237},
          RateCase{"aged", "du_aged_mito1", 1, 0.012, 0.0237}, RateCase{"aged", "du_aged_mito0.6", 0.6, 0.012, 0.0237},
          RateCase{"base", "du_base_F1e-4_vol0.023", 1, 1e-4, 0.023}}) {
        const OdeSystem system(shichkova(), {.variant = c.variant});
        const AtStart ours(system, {{"mito_scale", c.mito_scale}, {"Fin", c.Fin}, {"vol_v", c.vol_v}});
        std::size_t compared = 0;
        for (auto row : csv.rows) {
            const double expected = std::stod(row[c.column]);
            const auto& integrated = system.integrated();
            const auto it = std::find_if(integrated.begin(), integrated.begin() + 133,
                                         [&](const Quantity& q) { return q.name == row["name"]; });
            if (it == integrated.begin() + 133) {
                EXPECT_EQ(expected, 0) << row["name"];
                continue;
            }
            const auto i = static_cast<std::size_t>(it - integrated.begin());
            ++compared;
            EXPECT_NEAR(ours.rates[i], expected, 1e-11 * std::fabs(expected) + 1e-15 * ours.gross[i])
                << c.column << ": " << row["name"];
        }
        EXPECT_EQ(compared, 133u);
    }
}

TEST(Shichkova2025, HasTheRatesThatTheOriginalProgramPublished) {
    NGV_REFERENCE_OR_SKIP(file, "metabolism/V1_julia_rhs_reference.csv");
    const OdeSystem system(shichkova(), {.variant = "base"});
    const Csv csv(file);
    std::map<std::string, double> states, inputs{{"Fin", 1e-4}, {"vol_v", 0.023}};
    for (auto row : csv.rows) {
        const double u = std::stod(row["u"]);
        for (std::size_t i = 0; i < system.num_states(); ++i)
            if (system.integrated()[i].name == row["name"]) states[row["name"]] = u;
        if (row["name"] == "k_ecs") inputs[row["name"]] = u;
    }
    const AtStart ours(system, inputs, states);
    for (auto row : csv.rows)
        for (std::size_t i = 0; i < system.num_states(); ++i)
            if (system.integrated()[i].name == row["name"]) {
                // At values given with 13 to 17 digits: their rounding times the Jacobian.
                const double expected = std::stod(row["du_julia_base"]);
                EXPECT_NEAR(ours.rates[i], expected, 1e-11 * std::fabs(expected) + 1e-13 * ours.gross[i])
                    << row["name"];
            }
}

using Complex = std::complex<double>;

Complex apply(Op op, Complex a, Complex b, Complex c) {
    switch (op) {
        case Op::neg:
            return -a;
        case Op::exp:
            return std::exp(a);
        case Op::log:
            return std::log(a);
        case Op::sqrt:
            return std::sqrt(a);
        case Op::add:
            return a + b;
        case Op::sub:
            return a - b;
        case Op::mul:
            return a * b;
        case Op::div:
            return a / b;
        case Op::pow:
            return std::pow(a, b);
        case Op::select:
            return a.real() != 0 ? b : c;
        case Op::min:
            return b.real() < a.real() ? b : a;
        case Op::max:
            return a.real() < b.real() ? b : a;
        default:  // what has no derivative, or takes a branch
            return model::apply(op, a.real(), b.real(), c.real());
    }
}

// d(rate)/dx = Im rate(x + i h)/h with h = 1e-100 x: exact to round-off, from the rates alone.
TEST(Shichkova2025, HasAnExactJacobian) {
    for (const char* variant : {"young", "aged", "young_corrected"}) {
        const OdeSystem system(shichkova(), {.variant = variant});
        const AtStart ours(system, {});
        const auto& graph = system.graph();
        std::vector<double> start;
        for (const auto* list : {&system.integrated(), &system.inputs()})
            for (const auto& q : *list) start.push_back(q.start);
        start.push_back(0);

        double worst = 0;
        std::size_t seen = 0;
        for (std::size_t j = 0; j < system.num_states(); ++j) {
            const double h = 1e-100 * std::max(std::fabs(start[j]), 1e-6);
            std::vector<Complex> value(graph.size());
            for (std::size_t k = 0; k < start.size(); ++k)
                value[static_cast<std::size_t>(system.symbols()[k].index)] = {start[k], k == j ? h : 0};
            for (std::size_t k = 0; k < graph.size(); ++k) {  // operands have lower indices
                const auto& node = graph[{static_cast<std::int32_t>(k)}];
                const auto of = [&](model::Expr e) {
                    return e.index < 0 ? Complex() : value[static_cast<std::size_t>(e.index)];
                };
                if (node.op == Op::constant) value[k] = node.value;
                if (model::arity(node.op) > 0) value[k] = apply(node.op, of(node.a), of(node.b), of(node.c));
            }
            double column = 0;
            for (std::size_t i = 0; i < system.size(); ++i) {
                const auto it = ours.jacobian.find({i, j});
                if (it != ours.jacobian.end()) column = std::max(column, std::fabs(it->second));
            }
            for (std::size_t i = 0; i < system.size(); ++i) {
                const double expected = value[static_cast<std::size_t>(system.rate_expressions()[i].index)].imag() / h;
                const auto it = ours.jacobian.find({i, j});
                const double found = it == ours.jacobian.end() ? 0 : it->second;
                if (it != ours.jacobian.end()) ++seen;
                // Relative to the entry; where its terms cancel, to the largest of its column.
                worst = std::max(worst, std::fabs(found - expected) / (std::fabs(expected) + 1e-5 * column + 1e-300));
            }
        }
        EXPECT_LT(worst, 1e-10) << variant;
        EXPECT_EQ(seen, system.pattern().size());
    }
}

TEST(Shichkova2025, KeepsItsSevenLinearInvariants) {
    const OdeSystem system(shichkova(), {.variant = "young"});
    Cells cells(system, {0}, {.rtol = 1e-5});
    const std::vector<std::vector<const char*>> invariants{{"gp_a_c_a", "gp_b_c_a"},
                                                           {"succoa_m_n", "accoa_m_n", "coa_m_n", "aacoa_m_n"},
                                                           {"succoa_m_a", "accoa_m_a", "coa_m_a"},
                                                           {"mg_m_n", "atp_mg_m_n", "adp_mg_m_n"},
                                                           {"mg_m_a", "atp_mg_m_a", "adp_mg_m_a"},
                                                           {"atp_m_n", "adp_m_n"},
                                                           {"atp_m_a", "adp_m_a"}};
    const auto sum = [&](const std::vector<const char*>& names) {
        double total = 0;
        for (const char* name : names) total += cells.value(system.state(name), 0);
        return total;
    };
    std::vector<double> before;
    for (const auto& invariant : invariants) before.push_back(sum(invariant));

    for (int w = 0; w < 600; ++w) {
        cells.input(system.input("ATP_use"), 0) = w >= 100 && w < 200 ? 0.2 : 0.0258;
        cells.advance(0.1 * w, 0.1);
    }

    for (std::size_t k = 0; k < invariants.size(); ++k)
        EXPECT_NEAR(sum(invariants[k]), before[k], 1e-12 * before[k]) << invariants[k][0];
}

struct TrajectoryCase {
    const char *file, *variant;
    double rest, active, Fin, vol_v;
    int windows;
};

class Trajectory : public testing::TestWithParam<TrajectoryCase> {};

// Windows of 100 ms; at the start of each, ATP is lowered by a kick, as the reference does. In the aged variant
// acetoacetate runs through 0 into a pole of its own consumption after 52 s; no solution goes on from there, and what
// an integrator finds beyond depends on its steps.
TEST_P(Trajectory, EqualsTheReference) {
    const auto& c = GetParam();
    NGV_REFERENCE_OR_SKIP(file, std::string("metabolism/") + c.file);
    OdeSystem system(shichkova(), {.variant = c.variant});
    if (system.is_in_cache()) system.compile();
    CellOptions options{.rtol = 1e-8, .method = "rodas5p"};
    for (const auto& q : system.integrated())
        if (!q.is_integral) options.ranges[q.name] = {};
    Cells cells(system, {0}, options);
    cells.input(system.input("Fin"), 0) = c.Fin;
    cells.input(system.input("vol_v"), 0) = c.vol_v;
    if (c.Fin < 1e-3) cells.input(system.input("k_ecs"), 0) = 5;

    const Csv csv(file);
    std::size_t row = 0;
    double worst = 0;
    std::string where;
    const auto compare = [&](double time) {
        auto values = csv.rows[row];
        if (std::fabs(std::stod(values["t"]) - time) > 1e-9) return;
        ++row;
        if (std::stod(values["acac_c_n"]) < 0) return;
        for (std::size_t i = 0; i < system.num_states(); ++i) {
            const auto& q = system.integrated()[i];
            const double expected = std::stod(values[q.name]);
            const double e = std::fabs(cells.value(i, 0) - expected) / std::max(std::fabs(expected), 1e-3 * q.scale);
            if (e > worst) {
                worst = e;
                where = q.name + " at " + std::to_string(time);
            }
        }
    };
    compare(0);
    for (int w = 0; w < c.windows; ++w) {
        cells.value(system.state("atp_c_n"), 0) -= w >= 100 && w < 200 ? c.active : c.rest;
        cells.advance(0.1 * w, 0.1);
        if (row < csv.rows.size()) compare(0.1 * (w + 1));
    }

    EXPECT_EQ(row, csv.rows.size());
    EXPECT_LT(worst, 1e-7) << where;
    std::printf("%s: largest relative difference %.1e (%s)\n", c.file, worst, where.c_str());
}

INSTANTIATE_TEST_SUITE_P(
    Shichkova2025, Trajectory,
    testing::Values(TrajectoryCase{"S1_young_free_F0.012.csv", "young", 0, 0, 0.012, 0.0237, 600},
                    TrajectoryCase{"S2_young_stim_F0.012.csv", "young", 0.002375, 0.02, 0.012, 0.0237, 600},
                    TrajectoryCase{"S3_young_msrdefault_F1e-4.csv", "young", 0.002375, 0.002375, 1e-4, 0.023, 100},
                    TrajectoryCase{"S5_aged_youngblood_stim.csv", "aged", 0.002375, 0.02, 0.012, 0.0237, 600},
                    TrajectoryCase{"S5b_aged_youngblood_rest.csv", "aged", 0.002375, 0.002375, 0.012, 0.0237, 600}),
    [](const auto& info) {
        const std::string name = info.param.file;
        return name.substr(0, name.find('_'));
    });

TEST(Shichkova2025, RestsWhereItsMembraneUsesWhatItWasFittedTo) {
    const OdeSystem system(shichkova(), {.variant = "coupled"});
    Cells cells(system, {0}, {});
    cells.advance(0, 60);
    EXPECT_NEAR(cells.value(system.state("atp_c_n"), 0), 1.3846374147608125, 2e-3);
    EXPECT_NEAR(cells.value(system.state("dpsi_m_n"), 0), 152.34, 0.2);
}

TEST(Shichkova2025, TheCorrectedCarrierHasAReverseFlux) {
    const OdeSystem published(shichkova(), {.variant = "young"}),
        corrected(shichkova(), {.variant = "young_corrected"});
    const auto reverse = [](const OdeSystem& system) {
        const Cells cells(system, {0}, {});
        return cells.observe(system.observe({"agc_reverse"}), 0)[0];
    };
    EXPECT_EQ(reverse(published), 0);
    // asp*glu/(e^(F dpsi/RT) H_c/H_m) at the start values
    const double x = 1e-3 * 96485.3 * 152.33918637408712 / (8.31 * 310);
    EXPECT_NEAR(reverse(corrected),
                1.4 * 10.001887920296111 / (std::exp(x) * 3.981071705534969e-05 / 1.82084728579186e-05), 1e-12);
}

// The compiled equations have the bits of the interpreted ones, over windows of different cells.
TEST(Shichkova2025, CompiledAndInterpretedGiveTheSameBits) {
    const OdeSystem slow(shichkova(), {.variant = "young"});
    OdeSystem fast(shichkova(), {.variant = "young"});
    fast.compile();
    std::vector<std::int64_t> ids(11);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i);
    Cells a(slow, ids, {}), b(fast, ids, {});
    for (auto* cells : {&a, &b})
        for (std::size_t i = 0; i < ids.size(); ++i) {
            cells->input(slow.input("mito_scale"), i) = 0.5 + 0.05 * static_cast<double>(i);
            cells->input(slow.input("ATP_use"), i) = 0.02 * static_cast<double>(i);
        }
    for (int w = 0; w < 3; ++w) {
        a.advance(0.1 * w, 0.1);
        b.advance(0.1 * w, 0.1);
    }
    EXPECT_EQ(a.save(), b.save());
    EXPECT_EQ(a.steps(), b.steps());
}

}  // namespace
}  // namespace ngv::metabolism
