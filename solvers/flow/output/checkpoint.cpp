#include "solvers/flow/output/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/common/appendable.hpp"
#include "solvers/common/global_order.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/ranks.hpp"

namespace ngv::flow {

namespace {

constexpr int version = 1;

/// Places of this rank's vessels among all, by id.
std::vector<std::int64_t> places(MPI_Comm comm, const std::vector<std::int64_t>& ids) {
    std::vector<OrderKey> keys;
    for (const auto id : ids) keys.push_back({id, 0});
    return global_positions(comm, keys);
}

}  // namespace

void write_checkpoint(MPI_Comm comm, const std::filesystem::path& path, const std::vector<std::int64_t>& ids,
                      const Checkpoint& state) {
    const BlockExchange exchange(comm, places(comm, ids));
    const auto unfinished = std::filesystem::path(path.string() + ".part");
    auto file = h5::File::create(unfinished, comm);
    file.set_attribute("ngv_flow_checkpoint", version);
    file.set_attribute("vessels", exchange.total());
    for (const auto& [name, values] : state.vessels) {
        const auto block = exchange.gather(values);
        write_blocks(file, size_of(comm) > 1, "/vessels/" + name, H5T_IEEE_F64LE, {exchange.total()},
                     exchange.block_begin(), std::span<const double>(block));
    }
    if (!state.numbers.empty()) file.write("/numbers", state.numbers);
    // Parallel HDF5 makes datasets together: everybody has the root's numbers for a moment.
    auto start = state.start;
    auto n = static_cast<std::int64_t>(start.size());
    MPI_Bcast(&n, 1, MPI_INT64_T, 0, comm);
    start.resize(static_cast<std::size_t>(n));
    MPI_Bcast(start.data(), static_cast<int>(n), MPI_DOUBLE, 0, comm);
    if (n > 0) file.write("/start", start);
    file.close();
    if (rank_of(comm) == 0) std::filesystem::rename(unfinished, path);
    MPI_Barrier(comm);
}

void read_checkpoint(MPI_Comm comm, const std::filesystem::path& path, const std::vector<std::int64_t>& ids,
                     Checkpoint& state) {
    const auto file = h5::File::open(path);
    const auto refuse = [&](const std::string& what) {
        throw UserError(Problem{path.string(), what, "resume with the network and the options that wrote it"});
    };
    if (!file.has_attribute("ngv_flow_checkpoint") || file.number_attribute("ngv_flow_checkpoint") != version)
        refuse("is no checkpoint of this version of the flow-solver");
    const auto rows = places(comm, ids);
    auto total = static_cast<std::int64_t>(ids.size());
    MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_INT64_T, MPI_SUM, comm);
    const auto known = static_cast<std::int64_t>(file.number_attribute("vessels"));
    if (known != total) refuse(fmt::format("has {} vessels, this network has {}", known, total));
    if (total > 0 && file.group("/vessels").list().size() != state.vessels.size()) refuse("is of other options");
    for (auto& [name, values] : state.vessels) {
        if (!file.has_dataset("/vessels/" + name)) refuse(fmt::format("has no {} of the vessels", name));
        if (rows.empty()) continue;
        const auto read = file.dataset("/vessels/" + name).read_rows<double>(rows);
        std::copy(read.begin(), read.end(), values.begin());
    }
    const auto numbers = file.has_dataset("/numbers") ? file.dataset("/numbers").read<double>() : std::vector<double>{};
    if (numbers.size() != state.numbers.size()) refuse("is of another version of this program");
    state.numbers = numbers;
    if (file.has_dataset("/start")) state.start = file.dataset("/start").read<double>();
}

}  // namespace ngv::flow
