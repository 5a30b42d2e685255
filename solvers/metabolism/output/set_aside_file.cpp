#include "solvers/metabolism/output/set_aside_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <memory>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"

namespace ngv::metabolism {

std::function<void(const SetAside&)> set_aside_writer(const std::filesystem::path& folder, int rank,
                                                      const OdeSystem& system) {
    auto out = std::make_shared<std::ofstream>();
    return [out, folder, rank, &system](const SetAside& cell) {
        if (!out->is_open()) {
            std::filesystem::create_directories(folder);
            const auto file = folder / fmt::format("set_aside_{}.csv", rank);
            out->open(file);
            if (!*out) throw UserError({file.string(), "cannot be written", "check the folder and its permissions"});
            *out << "cell,node,time [s],reason";
            for (const auto& q : system.integrated())
                *out << ',' << q.name << (q.unit.empty() ? "" : " [" + q.unit + "]");
            *out << '\n';
        }
        *out << fmt::format("{},{},{},\"{}\"", cell.id, node_of(cell.id), cell.time_s, cell.reason);
        for (const double x : cell.values) *out << fmt::format(",{}", x);
        *out << '\n' << std::flush;
    };
}

}  // namespace ngv::metabolism
