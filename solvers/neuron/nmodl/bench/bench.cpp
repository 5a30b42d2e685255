// Generated kernels beside one that is written by hand for eight lanes: Hodgkin & Huxley (1952), rates computed, in ns of CPU time for
// one instance. The two take turns; the ratio is the median of the rounds, as other work on the machine hits both.
//
//     nmodl-bench [compartments ...]        # 1000 4000 16000
//     nmodl-bench FILE_OR_FOLDER.mod ...    # instead: each kernel of these mechanisms
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "solvers/neuron/nmodl/bench/kernel_times.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/nmodl/runtime/rows.hpp"
#include "tests/unit/nmodl/set_of_one.hpp"

namespace {

using namespace ngv::nmodl::runtime;
using ngv::nmodl::bench::median, ngv::nmodl::bench::nanoseconds;
namespace simd = ngv::simd;

const char* const hh =
    R"(NEURON { SUFFIX hh USEION na READ ena WRITE ina USEION k READ ek WRITE ik NONSPECIFIC_CURRENT il RANGE gnabar, gkbar, gl, el }
PARAMETER { gnabar = .12 gkbar = .036 gl = .0003 el = -54.3 }
ASSIGNED { v celsius ena ek ina ik il minf hinf ninf mtau htau ntau }
STATE { m h n }
BREAKPOINT { SOLVE states METHOD cnexp  ina = gnabar*m^3*h*(v - ena)  ik = gkbar*n^4*(v - ek)  il = gl*(v - el) }
INITIAL { rates(v)  m = minf  h = hinf  n = ninf }
DERIVATIVE states { rates(v)  m' = (minf - m)/mtau  h' = (hinf - h)/htau  n' = (ninf - n)/ntau }
PROCEDURE rates(v) { LOCAL a, b, q
    q = 3^((celsius - 6.3)/10)
    a = .1*trap(-(v + 40), 10)  b = 4*exp(-(v + 65)/18)  mtau = 1/(q*(a + b))  minf = a/(a + b)
    a = .07*exp(-(v + 65)/20)  b = 1/(exp(-(v + 35)/10) + 1)  htau = 1/(q*(a + b))  hinf = a/(a + b)
    a = .01*trap(-(v + 55), 10)  b = .125*exp(-(v + 65)/80)  ntau = 1/(q*(a + b))  ninf = a/(a + b) }
FUNCTION trap(x, y) { if (fabs(x/y) < 1e-6) { trap = y*(1 - x/y/2) } else { trap = x/(exp(x/y) - 1) } }
)";

/// Gates and currents by hand: shared exponentials, one reciprocal for two uses, everything in registers, all calls inlined.
[[gnu::flatten]] void by_hand(const ngv_run* run, const ngv_group* group, const ngv_set* set, int m, int h, int n,
                              const int* parameters, const int* currents) {
    const V8 q = broadcast(-run->dt * std::pow(3, (run->celsius - 6.3) / 10)), one = broadcast(1);
    double* const* const c = set->column;
    const auto trap = [&](V8 v, double middle, V8 e) {  // (v - middle) / (1 - e)
        const V8 x = v - broadcast(middle);
        return select(simd::abs(x) < broadcast(1e-5), fma(broadcast(0.5), x, broadcast(10)), x / (one - e));
    };
    for (std::int64_t b = 0; b < set->num_blocks; ++b) {
        const Row<true> row(set->node, set->mask, b);
        const V8 v = row.at_node(group->v);
        const V8 e80 = simd::exp(broadcast(-1.0 / 80) * v), e40 = e80 * e80, e20 = e40 * e40, e10 = e20 * e20;
        const V8 am = broadcast(0.1) * trap(v, -40, broadcast(0.018315638888734179) * e10);
        const V8 bm = broadcast(0.10808722380483632) * simd::exp(broadcast(-1.0 / 18) * v);
        const V8 ah = broadcast(0.0027141945482205408) * e20, bh = one / fma(broadcast(0.030197383422318501), e10, one);
        const V8 an = broadcast(0.01) * trap(v, -55, broadcast(0.0040867714384640666) * e10),
                 bn = broadcast(0.055468413760134981) * e80;
        const auto gate = [&](int column, V8 alpha, V8 beta) {
            const V8 sum = alpha + beta, steady = alpha / sum, x = row.column(c[column], 8);
            const V8 next = fma(simd::exp(q * sum), x - steady, steady);
            row.set_column(c[column], 8, next);
            return next;
        };
        const V8 m1 = gate(m, am, bm), h1 = gate(h, ah, bh), n1 = gate(n, an, bn), n2 = n1 * n1;
        const auto p = [&](int k) { return row.column(c[parameters[k]], set->stride[parameters[k]]); };
        const V8 gna = p(0) * m1 * m1 * m1 * h1, gk = p(1) * n2 * n2, gl = p(2);
        const auto& na = set->ion[0];
        const auto& k = set->ion[1];
        const V8 ina = gna * (v - row.ion(na.e, na.e_stride)), ik = gk * (v - row.ion(k.e, k.e_stride)),
                 il = gl * (v - p(3));
        row.add(group->rhs, 1, -(ina + ik + il));
        row.add(group->d, 1, gna + gk + gl);
        row.add(na.i, na.i_stride, ina);
        row.add(na.didv, na.didv_stride, gna);
        row.add(k.i, k.i_stride, ik);
        row.add(k.didv, k.didv_stride, gk);
        row.set_column(c[currents[0]], 8, il);
    }
}

void compare(const ngv_mechanism* mechanism, int rows) {
    const auto column = [&](const std::string& name) {
        for (int i = 0; i < mechanism->num_variables; ++i)
            if (mechanism->variables[i].name == name) return mechanism->variables[i].column;
        return -1;
    };
    const int m = column("m"), h = column("h"), n = column("n");
    const int parameters[] = {column("gnabar"), column("gkbar"), column("gl"), column("el")},
              currents[] = {column("il")};
    ngv::nmodl::test::SetOfOne a(mechanism, rows), b(mechanism, rows);
    for (auto* s : {&a, &b}) {
        for (std::size_t i = 0; i < s->v.size(); ++i)
            s->v[i] = -80 + 60 * static_cast<double>(i) / static_cast<double>(s->v.size());
        s->initialise();
    }
    double difference = 0;
    a.call(mechanism->state_current);
    by_hand(&b.run, &b.group, &b.set, m, h, n, parameters, currents);
    for (std::size_t i = 0; i < a.rhs.size(); ++i) difference = std::max(difference, std::fabs(a.rhs[i] - b.rhs[i]));

    const auto time = [&](auto&& kernel) { return nanoseconds(8 * rows, kernel); };
    std::vector<double> state, current, fused, hand, ratio;
    for (int round = 0; round < 101; ++round) {
        fused.push_back(time([&] { a.call(mechanism->state_current); }));
        hand.push_back(time([&] { by_hand(&b.run, &b.group, &b.set, m, h, n, parameters, currents); }));
        ratio.push_back(fused.back() / hand.back());
        state.push_back(time([&] { a.call(mechanism->state); }));
        current.push_back(time([&] { a.call(mechanism->current); }));
    }
    fmt::print(
        "{{\"instances\": {}, \"state_ns\": {:.2f}, \"current_ns\": {:.2f}, \"state_current_ns\": {:.2f}, "
        "\"by_hand_ns\": {:.2f}, \"ratio\": {:.3f}, \"difference_mA_cm2\": {:.1e}}}\n",
        8 * rows, median(state), median(current), median(fused), median(hand), median(ratio), difference);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<int> sizes;
    std::vector<std::filesystem::path> sources;
    for (int i = 1; i < argc; ++i)
        if (std::filesystem::exists(argv[i]))
            sources.emplace_back(argv[i]);
        else
            sizes.push_back(std::atoi(argv[i]));
    if (!sources.empty()) {
        const auto catalogue = ngv::nmodl::build_catalogue(sources);
        ngv::nmodl::bench::print_kernel_times(*catalogue.get(), 500);
        return 0;
    }
    if (sizes.empty()) sizes = {1000, 4000, 16000};
    const auto folder = std::filesystem::temp_directory_path() / ("nmodl-bench-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "hh.mod") << hh;
    const auto catalogue = ngv::nmodl::build_catalogue({folder});
    std::filesystem::remove_all(folder);
    for (const int n : sizes) compare(catalogue.find("hh"), n / 8 + 1);
}
