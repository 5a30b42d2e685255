#include "solvers/common/report.hpp"

#include <algorithm>
#include <optional>

#include "ngv/error.hpp"
#include "solvers/common/appendable.hpp"
#include "solvers/common/global_order.hpp"

namespace ngv {

struct SonataReport::Impl {
    OwnComm comm;
    ReportOptions options;
    std::size_t local;  // columns of this rank
    h5::File file;
    bool parallel;
    std::optional<BlockExchange> order;
    Appendable data;
    FlushClock clock;
    std::int64_t most_waiting = 1;  // frames kept in memory at most, the same on all ranks
    std::int64_t waiting = 0, frames = 0;
    std::vector<double> buffer;  // waiting frames one after the other
    bool open = true;

    Impl(MPI_Comm c, const std::filesystem::path& path, ReportOptions o, const std::vector<ReportColumn>& columns)
        : comm(c),
          options(std::move(o)),
          local(columns.size()),
          file(h5::File::create(path, comm)),
          parallel(comm.size() > 1),
          clock(comm, options.flush_seconds) {
        NGV_ASSERT(options.dt_ms > 0 && !options.population.empty());
        file.set_attribute("complete", 0);
        file.set_attribute("magic", 0x0A7A);
        std::vector<OrderKey> keys;
        for (const auto& column : columns) keys.push_back({column.node_id, column.element_id});
        order.emplace(comm, global_positions(comm, keys));
        write_mapping(columns);
        data = Appendable(file, parallel, root() + "/data", options.float64 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE,
                          order->total(), options.unit);
        std::int64_t widest = std::max<std::int64_t>(static_cast<std::int64_t>(local), order->block_size());
        MPI_Allreduce(MPI_IN_PLACE, &widest, 1, MPI_INT64_T, MPI_MAX, comm);
        most_waiting = std::clamp<std::int64_t>((1 << 18) / std::max<std::int64_t>(widest, 1), 1,
                                                std::max(options.flush_interval, 1));
        file.flush();
    }

    std::string root() const { return "/report/" + options.population; }

    void write_mapping(const std::vector<ReportColumn>& columns) {
        std::vector<std::int64_t> nodes, elements;
        for (const auto& c : columns) {
            nodes.push_back(c.node_id);
            elements.push_back(c.element_id);
        }
        nodes = order->gather(nodes);
        elements = order->gather(elements);
        write_blocks(file, parallel, root() + "/mapping/element_ids", H5T_STD_U32LE, {order->total()},
                     order->block_begin(), elements);

        // A node starts where its id differs from the column before, which may be the last of another rank's block.
        const std::int64_t last = nodes.empty() ? -1 : nodes.back(), size = comm.size();
        std::vector<std::int64_t> lasts(static_cast<std::size_t>(size));
        MPI_Allgather(&last, 1, MPI_INT64_T, lasts.data(), 1, MPI_INT64_T, comm);
        std::int64_t before = -1;
        for (int r = 0; r < comm.rank(); ++r) {
            if (lasts[static_cast<std::size_t>(r)] >= 0) before = lasts[static_cast<std::size_t>(r)];
        }
        std::vector<std::int64_t> ids, pointers;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i] == (i ? nodes[i - 1] : before)) continue;
            ids.push_back(nodes[i]);
            pointers.push_back(order->block_begin() + static_cast<std::int64_t>(i));
        }
        const auto count = static_cast<std::int64_t>(ids.size());
        std::int64_t begin = 0, total = 0;
        MPI_Exscan(&count, &begin, 1, MPI_INT64_T, MPI_SUM, comm);
        if (comm.rank() == 0) begin = 0;
        MPI_Allreduce(&count, &total, 1, MPI_INT64_T, MPI_SUM, comm);
        write_blocks(file, parallel, root() + "/mapping/node_ids", H5T_STD_U64LE, {total}, begin, ids);
        file.dataset(root() + "/mapping/node_ids").set_attribute("sorted", 1);
        if (comm.rank() == comm.size() - 1) pointers.push_back(order->total());
        write_blocks(file, parallel, root() + "/mapping/index_pointers", H5T_STD_U64LE, {total + 1}, begin, pointers);
        write_time();
    }

    // The end of time moves with the frames: start, stop (no frame there), step.
    void write_time() {
        const double time[3] = {options.start_ms, options.start_ms + static_cast<double>(frames) * options.dt_ms,
                                options.dt_ms};
        const auto path = root() + "/mapping/time";
        if (!file.has(path)) {
            const bool first = comm.rank() == 0;
            write_blocks(file, parallel, path, H5T_IEEE_F64LE, {3}, 0, std::span<const double>(time, first ? 3 : 0));
            file.dataset(path).set_attribute("units", "ms");
            return;
        }
        if (comm.rank() == 0) H5Dwrite(file.dataset(path).id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, time);
    }

    void store() {
        if (waiting == 0 || order->total() == 0) {
            waiting = 0;
            buffer.clear();
            return;
        }
        const auto k = static_cast<std::size_t>(waiting), n = static_cast<std::size_t>(order->block_size());
        std::vector<double> by_column(buffer.size());
        for (std::size_t f = 0; f < k; ++f) {
            for (std::size_t c = 0; c < local; ++c) by_column[c * k + f] = buffer[f * local + c];
        }
        const auto block = order->gather(by_column, static_cast<int>(k));
        std::vector<double> by_frame(block.size());
        for (std::size_t c = 0; c < n; ++c) {
            for (std::size_t f = 0; f < k; ++f) by_frame[f * n + c] = block[c * k + f];
        }
        data.append_rows(waiting, order->block_begin(), order->block_size(), by_frame);
        waiting = 0;
        buffer.clear();
    }

    void flush() {
        store();
        write_time();
        file.flush();
        clock.reset();
    }
};

SonataReport::SonataReport(MPI_Comm comm, const std::filesystem::path& file, ReportOptions options,
                           std::vector<ReportColumn> local_columns)
    : impl_(std::make_unique<Impl>(comm, file, std::move(options), local_columns)) {}
SonataReport::SonataReport(SonataReport&&) noexcept = default;
SonataReport& SonataReport::operator=(SonataReport&&) noexcept = default;

SonataReport::~SonataReport() {
    if (!impl_ || !impl_->open) return;
    try {
        if (!impl_->parallel) impl_->flush();
    } catch (const std::exception&) {
        // Already failing: what is on disk stays.
    }
    impl_->data = {};
    give_up(impl_->file, impl_->parallel);
}

void SonataReport::write(std::span<const double> values) {
    auto& r = *impl_;
    NGV_ASSERT(r.open && values.size() == r.local);
    r.buffer.insert(r.buffer.end(), values.begin(), values.end());
    ++r.waiting;
    ++r.frames;
    const bool due = r.clock.due();
    if (due || r.waiting >= r.most_waiting) {
        r.store();
        if (due) r.flush();
    }
}

void SonataReport::flush() {
    impl_->flush();
}

void SonataReport::close() {
    auto& r = *impl_;
    if (!r.open) return;
    r.flush();
    r.file.set_attribute("complete", 1);
    r.data = {};
    r.file.close();
    r.open = false;
}

std::int64_t SonataReport::frames() const {
    return impl_->frames;
}
std::int64_t SonataReport::columns() const {
    return impl_->order->total();
}

}  // namespace ngv
