// What does the coupler cost? One double field each way between two processes, each value the mean of four of the other
// side:
//
//   hub    a : coupler : b    the real coupler, with handshake, checked headers, ledger, trace
//   raw    a : b              MPI_Isend and MPI_Irecv, and the same sparse product at the receiver
//
// Both are measured in turns, several times; the table gives medians and their ratio. The program starts the jobs
// itself:
//
//     bench-exchange [--sizes 1000,10000,100000,1000000] [--windows W] [--repeats R]
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ngv/participant.hpp>
#include <sstream>

#include "tools/ngv/launch.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t group = 4;

double us_each(Clock::time_point begin, std::int64_t times) {
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / static_cast<double>(times);
}

// One side of the hub job. The warm-up windows at the start are not timed.
void hub(ngv::Participant& self, std::int64_t n, std::int64_t windows, const fs::path& result) {
    ngv::ElementSet cells{.name = "cells"}, groups{.name = "groups"};
    for (std::int64_t i = self.rank(); i < n; i += self.size()) {
        cells.ids.push_back(i);
        cells.relations["group"].push_back(i / group);
        if (i % group == 0) groups.ids.push_back(i / group);
    }
    cells.relations.try_emplace("group");
    self.add(cells);
    self.add(groups);
    ngv::Field& out = self.output({self.name() + "_value", "cells", ngv::Kind::state, "mV"});
    ngv::Field& in = self.input({self.name() == "a" ? "b_value" : "a_value", "cells", ngv::Kind::state, "mV"});
    self.start();
    for (std::size_t i = 0; i < out.out().size(); ++i) out.out()[i] = static_cast<double>(cells.ids[i]);

    const std::int64_t warm_up = windows / 5;
    auto begin = Clock::now();
    while (auto window = self.next_window())
        if (window->index == warm_up) begin = Clock::now();
    const double us = us_each(begin, windows - warm_up);
    for (std::size_t i = 0; i < in.in().size(); ++i) {
        const double expected = static_cast<double>(cells.ids[i] / group * group) + 1.5;
        if (std::abs(in.in()[i] - expected) > 1e-9 * (1 + expected)) throw std::runtime_error("the mapping is wrong");
    }
    self.finish();
    if (self.rank() == 0 && self.name() == "a") std::ofstream(result) << us << '\n';
}

// The baseline: what one would write by hand for these two processes and nothing else.
void raw(std::int64_t n, std::int64_t windows, const fs::path& result) {
    MPI_Init(nullptr, nullptr);
    MPI_Comm pair;
    MPI_Comm_dup(MPI_COMM_WORLD, &pair);
    int rank = 0;
    MPI_Comm_rank(pair, &rank);
    std::vector<double> mine(static_cast<std::size_t>(n)), theirs(mine.size()), mapped(mine.size());
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = static_cast<double>(i);
    std::vector<std::int32_t> columns(static_cast<std::size_t>(n * group));
    std::vector<double> weights(columns.size(), 1.0 / group);
    for (std::size_t k = 0; k < columns.size(); ++k)
        columns[k] = static_cast<std::int32_t>(k / (group * group) * group + k % group);
    const std::int64_t warm_up = windows / 5;
    auto begin = Clock::now();
    for (std::int64_t w = 0; w < windows; ++w) {
        if (w == warm_up) begin = Clock::now();
        MPI_Request requests[2];
        MPI_Irecv(theirs.data(), static_cast<int>(n), MPI_DOUBLE, 1 - rank, 0, pair, &requests[0]);
        MPI_Isend(mine.data(), static_cast<int>(n), MPI_DOUBLE, 1 - rank, 0, pair, &requests[1]);
        MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
        for (std::size_t i = 0; i < mapped.size(); ++i) {
            double sum = 0;
            for (std::size_t k = i * group; k < (i + 1) * group; ++k)
                sum += weights[k] * theirs[static_cast<std::size_t>(columns[k])];
            mapped[i] = sum;
        }
    }
    const double us = us_each(begin, windows - warm_up);
    if (rank == 0) std::ofstream(result) << us << ' ' << mapped[mapped.size() / 2] << '\n';
    MPI_Comm_free(&pair);
    MPI_Finalize();
}

const char* const scenario = R"(
name: exchange
duration: {} ms
participants:
  a: {{executable: {}}}
  b: {{executable: {}}}
links:
  - {{state: a_value, from: a.cells, to: b.cells, every: 1 ms, mapping: [by group, a.groups, by group]}}
  - {{state: b_value, from: b.cells, to: a.cells, every: 1 ms, mapping: [by group, b.groups, by group]}}
)";

struct Plan {
    std::vector<std::int64_t> sizes{1'000, 10'000, 100'000, 1'000'000};
    std::int64_t windows = 0;  ///< 0: so many that a measurement takes about half a second
    int repeats = 5;
};

double read_number(const fs::path& file) {
    double number = -1;
    std::ifstream(file) >> number;
    if (number < 0) throw std::runtime_error("a job of the benchmark failed; see above");
    return number;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

int drive(const Plan& plan) {
    const auto self = fs::read_symlink("/proc/self/exe");
    const auto folder = fs::temp_directory_path() / fmt::format("ngv_bench_{}", getpid());
    fs::create_directories(folder);
    const std::vector<std::string> mpirun{"mpirun", "--oversubscribe", "--bind-to", "none", "--mca", "pml", "ob1"};
    fmt::print("values each way   raw MPI + product [us]   coupler [us]   ratio\n");
    bool all_within = true;
    for (const auto n : plan.sizes) {
        const std::int64_t windows = plan.windows ? plan.windows : std::clamp<std::int64_t>(20'000'000 / n, 50, 5'000);
        const auto file = folder / "s.yaml", result = folder / "result.txt";
        std::ofstream(file) << fmt::format(fmt::runtime(scenario), windows, self.string(), self.string());
        std::vector<double> raws, hubs;
        for (int r = 0; r < plan.repeats; ++r) {
            auto line = mpirun;
            line.insert(line.end(), {"-n", "2", self, "--raw", std::to_string(n), std::to_string(windows), result});
            fs::remove(result);
            ngv::run_command(line);
            raws.push_back(read_number(result));
            line = mpirun;
            for (const char* name : {"a", "b"})
                line.insert(line.end(), {"-n", "1", self, "--name", name, std::to_string(n), std::to_string(windows),
                                         result, file, ":"});
            line.insert(line.end(), {"-n", "1", self.parent_path() / "coupler", file});
            fs::remove(result);
            ngv::run_command(line);
            hubs.push_back(read_number(result));
        }
        const double ratio = median(hubs) / median(raws);
        all_within = all_within && ratio <= 3;
        fmt::print("{:15} {:24.1f} {:14.1f} {:7.2f}\n", n, median(raws), median(hubs), ratio);
    }
    fs::remove_all(folder);
    fmt::print("goal: ratio at most 3: {}\n", all_within ? "met" : "missed");
    return 0;
}

std::vector<std::int64_t> numbers(const std::string& text) {
    std::vector<std::int64_t> all;
    std::istringstream in(text);
    for (std::string item; std::getline(in, item, ',');) all.push_back(std::stoll(item));
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 4 && std::strcmp(argv[1], "--raw") == 0)
        return raw(std::stoll(argv[2]), std::stoll(argv[3]), argv[4]), 0;
    if (argc > 5 && std::strcmp(argv[1], "--name") == 0)
        return ngv::run_participant(argc, argv, argv[2], "", [&](ngv::Participant& self) {
            hub(self, std::stoll(argv[3]), std::stoll(argv[4]), argv[5]);
        });
    Plan plan;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--sizes") == 0) plan.sizes = numbers(argv[i + 1]);
        if (std::strcmp(argv[i], "--windows") == 0) plan.windows = std::stoll(argv[i + 1]);
        if (std::strcmp(argv[i], "--repeats") == 0) plan.repeats = std::stoi(argv[i + 1]);
    }
    return drive(plan);
}
