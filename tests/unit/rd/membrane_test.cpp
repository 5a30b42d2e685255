// The membrane potential: cases E0, R1 (Rallpack 1, passive cable) and R3 (Rallpack 3, Hodgkin-Huxley axon).
//
// Rallpacks: Bhalla, Bilitch, Bower, Trends Neurosci 15, 453, 1992. The axon is a square prism with the cross-section of
// the cable; its surface is larger by 2 / sqrt(pi), which capacity, leak and channels are scaled back by.
#include "solvers/rd/membrane/stimulus.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

const double side = 0.5 * std::sqrt(std::numbers::pi);  // um; its square is the area of a disc of 1 um
const double per_surface = std::numbers::pi / (4 * side);
constexpr double length = 1000.0;

bool long_tests() {
    return std::getenv("NGV_LONG") != nullptr;
}

/// A prism along z whose sides are the patch `side`.
TetMesh prism(double width, double height, int n, int slices) {
    TetMesh mesh = box_mesh(width, width, height, n, n, slices);
    const auto neighbours = face_neighbours(mesh);
    std::vector<std::int64_t> faces;
    for (std::size_t f = 0; f < neighbours.size(); ++f) {
        if (neighbours[f] >= 0) continue;
        double low = height, high = 0.0;
        for (std::size_t k = 0; k < 4; ++k) {
            if (k == f % 4) continue;
            const double z = mesh.points[3 * mesh.corners[f / 4 * 4 + k] + 2];
            low = std::min(low, z);
            high = std::max(high, z);
        }
        if (high > low) faces.push_back(static_cast<std::int64_t>(f));
    }
    add_surface(mesh, "side", faces);
    return mesh;
}

Model cable() {
    Model model;
    model.species = {Species{.name = "X"}};
    model.compartments = {{.name = "axon", .conductivity = 1.0}};
    model.patches = {{.name = "side", .group = "side", .inside = 0}};
    model.membranes = {{.name = "membrane",
                        .patches = {0},
                        .capacitance = 0.01 * per_surface,
                        .leak_conductance = 0.25 * per_surface,
                        .leak_reversal = -65,
                        .potential = -65}};
    return model;
}

/// Mean potential of the vertices at z, mV. Collective.
double potential_at(const Simulation& tissue, double z) {
    const auto& potential = *tissue.potential();
    double sums[2] = {0, 0};
    for (const auto k : potential.vertices([&](const Point& p) { return std::abs(p[2] - z) < 1e-6 * length; })) {
        sums[0] += potential.at_vertices()[k];
        sums[1] += 1;
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return sums[0] / sums[1];
}

TEST(Membrane, E0APrismBetweenTwoPotentialsIsLinear) {
    Model model = cable();
    model.membranes[0].capacitance = model.membranes[0].leak_conductance = 0.0;
    Simulation tissue(MPI_COMM_WORLD,
                      distribute(
                          MPI_COMM_WORLD, [] { return prism(3, 10, 3, 10); }, partition_rules(model)),
                      model);
    auto& potential = *tissue.potential();
    potential.hold(potential.vertices([](const Point& p) { return p[2] < 1e-9; }), 0.0);
    potential.hold(potential.vertices([](const Point& p) { return p[2] > 10 - 1e-9; }), 10.0);

    tissue.advance(0, ms(1));

    for (const auto k : potential.vertices([](const Point&) { return true; }))
        ASSERT_NEAR(potential.at_vertices()[k], potential.place(k)[2], 1e-10);
}

/// Rall's cable with sealed ends and a current at one, deviation from rest in mV.
double cable_solution(double x, double t_ms) {
    const double r_a = 1.0 / (std::numbers::pi * 0.25e-12);  // ohm/m
    const double scale = 0.1e-9 * r_a * 1e-3 * 1e3;          // lambda 1 mm; mV
    const double l = 1.0, X = x / 1000.0, T = t_ms / 40.0;
    double sum = std::cosh(l - X) / std::sinh(l) - std::exp(-T) / l;
    for (int n = 1; n < 4000; ++n) {
        const double k = 1.0 + std::pow(n * std::numbers::pi / l, 2);
        const double decay = std::exp(-k * T);
        sum -= 2.0 / l * std::cos(n * std::numbers::pi * X / l) * decay / k;
        if (decay < 1e-18) break;
    }
    return scale * sum;
}

struct Rms {
    double near, far, seconds;
};

Rms rallpack_1(int slices, double step_ms, double duration_ms) {
    Model model = cable();
    model.step = ms(step_ms);
    Simulation tissue(MPI_COMM_WORLD,
                      distribute(
                          MPI_COMM_WORLD, [&] { return prism(side, length, 1, slices); }, partition_rules(model)),
                      model);
    auto& potential = *tissue.potential();
    potential.inject(potential.vertices([](const Point& p) { return p[2] < 1e-6; }), 0.1);
    double sums[2] = {0, 0};
    int samples = 0;
    double inside = 0.0;
    for (double t = 0; t < duration_ms - 1e-9; t += step_ms, ++samples) {
        const auto before = std::chrono::steady_clock::now();
        tissue.advance(ms(t), ms(t + step_ms));
        inside += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
        sums[0] += std::pow(potential_at(tissue, 0) + 65 - cable_solution(0, t + step_ms), 2);
        sums[1] += std::pow(potential_at(tissue, length) + 65 - cable_solution(length, t + step_ms), 2);
    }
    return {std::sqrt(sums[0] / samples), std::sqrt(sums[1] / samples), inside};
}

// STEPS 5.0.4 with 1,135 tetrahedra: 0.2625 and 0.1378 mV in 249 s.
TEST(Membrane, R1RallpackOneWithAsManyTetrahedraAsSteps) {
    const double duration = long_tests() ? 250 : 50;
    const auto rms = rallpack_1(189, 0.05, duration);  // 1,134 tetrahedra
    std::printf("Rallpack 1, 1134 tetrahedra, %.0f ms: rms %.4f mV at the current, %.5f mV at the far end, %.2f s\n",
                duration, rms.near, rms.far, rms.seconds);
    EXPECT_LT(rms.near, 0.26 / 5);
    EXPECT_LT(rms.far, 0.14 / 5);
}

TEST(Membrane, AnInjectionBeginsAndEndsAndAClampHolds) {
    const Zone end{.shape = Zone::Shape::box, .low = {-1, -1, -1}, .high = {2, 2, 1e-6}};
    Stimuli stimuli;
    stimuli.injections = {{end, 0.1, ms(2), ms(4)}};
    Model model = cable();
    model.step = ms(0.5);
    Simulation tissue(MPI_COMM_WORLD,
                      distribute(
                          MPI_COMM_WORLD, [] { return prism(side, length, 1, 20); }, partition_rules(model)),
                      model);
    std::vector<double> trace;
    for (ngv::Tick now = 0; now < ms(8);) {
        stimuli.apply(*tissue.potential(), now);
        const auto next = stimuli.next(now, ms(8));
        tissue.advance(now, next);
        now = next;
        trace.push_back(potential_at(tissue, 0));
    }
    ASSERT_EQ(trace.size(), 3u);
    EXPECT_NEAR(trace[0], -65, 1e-8);  // rounding of the axial currents
    EXPECT_GT(trace[1], -60);
    EXPECT_LT(trace[2], trace[1]);
    stimuli.holds = {{end, -20}};
    stimuli.begin(*tissue.potential());
    tissue.advance(ms(8), ms(9));
    EXPECT_NEAR(potential_at(tissue, 0), -20, 1e-9);
}

TEST(Membrane, SecondOrderInTheStep) {
    const auto at_end = [](double step_ms) {
        Model model = cable();
        model.step = ms(step_ms);
        Simulation tissue(MPI_COMM_WORLD,
                          distribute(
                              MPI_COMM_WORLD, [&] { return prism(side, length, 1, 20); }, partition_rules(model)),
                          model);
        auto& potential = *tissue.potential();
        potential.inject(potential.vertices([](const Point& p) { return p[2] < 1e-6; }), 0.1);
        tissue.advance(0, ms(16));
        return potential_at(tissue, length);
    };
    const double exact = at_end(0.03125);
    EXPECT_NEAR(std::log2((at_end(1.0) - exact) / (at_end(0.5) - exact)), 2.0, 0.2);
}

// Rates of Hodgkin and Huxley 1952 in 1/ms at u = V + 65 mV.
double vtrap(double x, double y) {
    return std::abs(x / y) < 1e-6 ? y * (1 - x / y / 2) : x / std::expm1(x / y);
}
double alpha_n(double u) {
    return 0.01 * vtrap(10 - u, 10);
}
double beta_n(double u) {
    return 0.125 * std::exp(-u / 80);
}
double alpha_m(double u) {
    return 0.1 * vtrap(25 - u, 10);
}
double beta_m(double u) {
    return 4 * std::exp(-u / 18);
}
double alpha_h(double u) {
    return 0.07 * std::exp(-u / 20);
}
double beta_h(double u) {
    return 1 / (std::exp((30 - u) / 10) + 1);
}

VoltageFunction tabulated(const std::string& name, double (*rate)(double)) {
    VoltageFunction f{.name = name, .unit = "1/ms"};
    for (int i = 0; i <= 2500; ++i) f.values.push_back(rate(f.low + i * f.step + 65));
    return f;
}

/// Channels with states m0h0 .. m3h1 and n0 .. n4 as species on the membrane.
Model hodgkin_huxley() {
    Model model = cable();
    const auto patch = RegionId{true, 0};
    const auto add = [&](const std::string& name, double per_um2) {
        const int s = model.num_species();
        model.species.push_back(Species{.name = name});
        model.patches[0].species.push_back(s);
        model.contents.push_back(
            {.species = s, .region = patch, .value = per_um2 * per_surface, .measure = Content::Measure::density});
        return s;
    };
    model.functions = {tabulated("alpha_m", alpha_m), tabulated("beta_m", beta_m),   tabulated("alpha_h", alpha_h),
                       tabulated("beta_h", beta_h),   tabulated("alpha_n", alpha_n), tabulated("beta_n", beta_n)};
    const auto react = [&](int from, int to, int function, double factor) {
        model.reactions.push_back(Reaction{.surface = true,
                                           .left = {{from}},
                                           .right = {{to}},
                                           .rate = factor,
                                           .function = function,
                                           .factor = factor});
    };
    const double m = alpha_m(0) / (alpha_m(0) + beta_m(0)), h = alpha_h(0) / (alpha_h(0) + beta_h(0)),
                 n = alpha_n(0) / (alpha_n(0) + beta_n(0));
    int sodium[4][2], potassium[5];
    const double choose3[] = {1, 3, 3, 1}, choose4[] = {1, 4, 6, 4, 1};
    for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 2; ++b)
            sodium[a][b] = add("Na_m" + std::to_string(a) + "h" + std::to_string(b),
                               60 * choose3[a] * std::pow(m, a) * std::pow(1 - m, 3 - a) * (b ? h : 1 - h));
    for (int a = 0; a < 5; ++a)
        potassium[a] = add("K_n" + std::to_string(a), 18 * choose4[a] * std::pow(n, a) * std::pow(1 - n, 4 - a));
    for (int b = 0; b < 2; ++b)
        for (int a = 0; a < 3; ++a) {
            react(sodium[a][b], sodium[a + 1][b], 0, 3 - a);
            react(sodium[a + 1][b], sodium[a][b], 1, a + 1);
        }
    for (int a = 0; a < 4; ++a) {
        react(sodium[a][0], sodium[a][1], 2, 1);
        react(sodium[a][1], sodium[a][0], 3, 1);
        react(potassium[a], potassium[a + 1], 4, 4 - a);
        react(potassium[a + 1], potassium[a], 5, a + 1);
    }
    model.ohmic_currents = {
        {.name = "INa", .patch = 0, .channel = sodium[3][1], .conductance = 20e-12, .reversal = 50},
        {.name = "IK", .patch = 0, .channel = potassium[4], .conductance = 20e-12, .reversal = -77}};
    return model;
}

/// The same axon as a cable of `n` segments with gates in place of channels: Crank-Nicolson with the gates at half steps
/// (Hines 1984). Potentials at both ends after every `sample` steps.
std::vector<std::array<double, 2>> hodgkin_huxley_cable(int n, double dt, double duration, int sample) {
    const double area = std::numbers::pi * length / n;         // um2
    const double c = 0.01e-3 * area;                           // nF
    const double axial = std::numbers::pi / 4 / (length / n);  // uS at 1 S/m
    std::vector<double> v(n, -65.0), gm(n), gh(n), gn(n), diagonal(n), right(n);
    for (int i = 0; i < n; ++i) {
        gm[i] = alpha_m(0) / (alpha_m(0) + beta_m(0));
        gh[i] = alpha_h(0) / (alpha_h(0) + beta_h(0));
        gn[i] = alpha_n(0) / (alpha_n(0) + beta_n(0));
    }
    const auto relax = [&](double& x, double a, double b) {
        const double rate = a + b;
        x += (a / rate - x) * -std::expm1(-rate * dt);
    };
    std::vector<std::array<double, 2>> result;
    const int steps = static_cast<int>(std::lround(duration / dt));
    for (int k = 1; k <= steps; ++k) {
        for (int i = 0; i < n; ++i) {  // gates run half a step ahead; they start at rest, where that changes nothing
            const double u = v[i] + 65;
            relax(gm[i], alpha_m(u), beta_m(u));
            relax(gh[i], alpha_h(u), beta_h(u));
            relax(gn[i], alpha_n(u), beta_n(u));
            const double na = 1e-6 * 1200 * area * gm[i] * gm[i] * gm[i] * gh[i];
            const double kk = 1e-6 * 360 * area * gn[i] * gn[i] * gn[i] * gn[i], leak = 1e-6 * 0.25 * area;
            diagonal[i] = 2 * c / dt + na + kk + leak;
            right[i] = 2 * c / dt * v[i] + na * 50 - kk * 77 - leak * 65 + (i == 0 ? 0.1 : 0.0);
            if (i > 0) diagonal[i] += axial;
            if (i + 1 < n) diagonal[i] += axial;
        }
        for (int i = 1; i < n; ++i) {  // v at the half step, then twice as far
            const double f = axial / diagonal[i - 1];
            diagonal[i] -= f * axial;
            right[i] += f * right[i - 1];
        }
        for (int i = n - 1; i >= 0; --i) right[i] = (right[i] + (i + 1 < n ? axial * right[i + 1] : 0.0)) / diagonal[i];
        for (int i = 0; i < n; ++i) v[i] = 2 * right[i] - v[i];
        // At the end itself: half a segment before the middle of the first, through which the current flows.
        if (k % sample == 0) result.push_back({v.front() + 0.1 / (2 * axial), v.back()});
    }
    return result;
}

// TetODE's bounds are 0.15 mV at the current and 1.1 mV at the far end over 100 ms.
TEST(Membrane, R3RallpackThree) {
    const double duration = long_tests() ? 100 : 6, step = long_tests() ? 0.01 : 0.02;
    // The error falls with the thickness of the slices: with 189 the spikes of 100 ms are 0.19 mV off at the current,
    // with 300 0.11 mV.
    const int slices = long_tests() ? 300 : 189;
    const double window = 5 * step;
    const auto reference = hodgkin_huxley_cable(1000, 0.0025, duration, static_cast<int>(std::lround(window / 0.0025)));
    Model model = hodgkin_huxley();
    model.step = ms(step);
    Simulation tissue(MPI_COMM_WORLD,
                      distribute(
                          MPI_COMM_WORLD, [&] { return prism(side, length, 1, slices); }, partition_rules(model)),
                      model);
    auto& potential = *tissue.potential();
    potential.inject(potential.vertices([](const Point& p) { return p[2] < 1e-6; }), 0.1);
    double sums[2] = {0, 0}, highest = -100;
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t k = 0; k < reference.size(); ++k) {
        tissue.advance(ms(window * static_cast<double>(k)), ms(window * static_cast<double>(k + 1)));
        sums[0] += std::pow(potential_at(tissue, 0) - reference[k][0], 2);
        sums[1] += std::pow(potential_at(tissue, length) - reference[k][1], 2);
        highest = std::max(highest, potential_at(tissue, length));
    }
    const double n = static_cast<double>(reference.size());
    const double near = std::sqrt(sums[0] / n), far = std::sqrt(sums[1] / n);
    std::printf("Rallpack 3, %d tetrahedra, %.0f ms: rms %.4f mV at the current, %.4f mV at the far end, %.1f s\n",
                6 * slices, duration, near, far,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    if (long_tests()) {
        EXPECT_GT(highest, 0.0) << "spikes travel to the far end";
    }
    EXPECT_LT(near, 0.15);
    EXPECT_LT(far, 1.1);
}

}  // namespace
}  // namespace rd_test
