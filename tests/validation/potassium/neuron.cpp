// The membrane's side of the test problem. `potassium-neuron --reference T` integrates both sides as one and prints
// K_o(T).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <ngv/participant.hpp>
#include <string_view>

#include "cell.hpp"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--reference") {
        auto state = potassium::start;
        potassium::integrate(state, 0, std::atof(argv[2]), true);
        std::printf("%.17g\n", state[4]);
        return 0;
    }
    return ngv::run_participant(argc, argv, "cell", "", [&](ngv::Participant& self) {
        const bool mine = self.rank() == 0;
        ngv::ElementSet segments{.name = "segments"};
        if (mine) segments.ids = {7};
        segments.measures["area"] = {"um2", std::vector<double>(segments.ids.size(), 100.0)};
        self.add(segments);
        ngv::Field& pool = self.pool({"K_o", "segments", ngv::Kind::pool, "mol"}, ngv::Role::contributor);
        self.start();

        auto state = potassium::start;
        double emitted = 0;
        auto take = [&] {
            if (mine) state[4] += 1e18 * pool.in()[0] / pool.capacity()[0];
        };
        while (auto window = self.next_window()) {
            take();
            if (!mine) continue;
            const double before = state[5];
            potassium::integrate(state, window->begin_ms(), window->end_ms(), false);
            pool.out()[0] += state[5] - before;
            emitted += state[5] - before;
        }
        take();
        self.finish();
        if (mine)
            std::ofstream(std::filesystem::path(argv[argc - 1]).parent_path() / "cell.txt")
                << std::setprecision(17) << state[4] << ' ' << emitted << '\n';
    });
}
