// The shell's side of the test problem: exact exponential clearance.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <ngv/participant.hpp>

#include "cell.hpp"

int main(int argc, char** argv) {
    return ngv::run_participant(argc, argv, "shell", "", [&](ngv::Participant& self) {
        const bool mine = self.rank() == 0;
        ngv::ElementSet shells{.name = "shells"};
        if (mine) shells.ids = {7};
        shells.measures["room"] = {"um3", std::vector<double>(shells.ids.size(), potassium::shell_um3)};
        self.add(shells);
        ngv::Field& pool = self.pool({"K_o", "shells", ngv::Kind::pool, "mol"}, ngv::Role::keeper);
        self.start();
        if (mine && pool.connected()) pool.initial_out()[0] = potassium::k_rest;

        double k = potassium::k_rest, received = 0;
        auto take = [&] {
            if (!mine) return;
            k += 1e18 * pool.in()[0] / potassium::shell_um3;
            received += pool.in()[0];
        };
        while (auto window = self.next_window()) {
            take();
            if (!mine) continue;
            const double cleared =
                (k - potassium::k_rest) * -std::expm1(-window->length_ms() / potassium::clearance_ms);
            k -= cleared;
            pool.out()[0] -= cleared * 1e-18 * potassium::shell_um3;
        }
        take();
        self.finish();
        if (mine)
            std::ofstream(std::filesystem::path(argv[argc - 1]).parent_path() / "shell.txt")
                << std::setprecision(17) << k << ' ' << received << '\n';
    });
}
