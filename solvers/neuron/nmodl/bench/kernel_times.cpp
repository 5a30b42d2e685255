#include "solvers/neuron/nmodl/bench/kernel_times.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>

#include "tests/unit/nmodl/set_of_one.hpp"

namespace ngv::nmodl::bench {

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double median(std::vector<double> x) {
    std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
    return x[x.size() / 2];
}

double nanoseconds(int instances, const std::function<void()>& kernel) {
    const int repeats = 400000 / instances + 1;
    const double begin = cpu_seconds();
    for (int i = 0; i < repeats; ++i) kernel();
    return (cpu_seconds() - begin) / repeats / instances * 1e9;
}

void print_kernel_times(const ngv_catalogue& catalogue, int rows) {
    for (int i = 0; i < catalogue.num_mechanisms; ++i) {
        const ngv_mechanism* m = catalogue.mechanisms[i];
        if (m->kind == NGV_FUNCTIONS) continue;
        const int instances = 8 * rows;
        std::vector<std::int32_t> nodes;
        if (m->kind != NGV_DENSITY)
            for (int n = 0; n < instances; ++n) nodes.push_back(n);
        test::SetOfOne s(m, rows, nodes);
        s.initialise();
        std::string line = fmt::format("{{\"mechanism\": \"{}\"", m->name);
        const auto time = [&](const char* name, const std::function<void()>& kernel) {
            std::vector<double> rounds;
            for (int round = 0; round < 15; ++round) rounds.push_back(nanoseconds(instances, kernel));
            line += fmt::format(", \"{}_ns\": {:.2f}", name, median(rounds));
        };
        if (m->state) time("state", [&] { s.call(m->state); });
        if (m->current) time("current", [&] { s.call(m->current); });
        if (m->net_receive) {
            std::vector<double> weights(static_cast<std::size_t>(std::max(m->num_weights, 1)), 1e-6);
            time("net_receive", [&] {
                for (int n = 0; n < instances; ++n) m->net_receive(&s.run, &s.group, &s.set, n, weights.data(), 0);
                s.sent.clear(), s.fired.clear();
            });
        }
        fmt::print("{}}}\n", line);
    }
}

}  // namespace ngv::nmodl::bench
