#include "solvers/common/spikes.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "ngv/error.hpp"
#include "solvers/common/appendable.hpp"
#include "solvers/common/global_order.hpp"

namespace ngv {

namespace {

// An integer that sorts as the time does (IEEE 754: positive numbers compare as their bits, negative ones the other way
// round).
std::int64_t sortable(double time) {
    const auto bits = std::bit_cast<std::int64_t>(time);
    return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}

void mark_sorted(const h5::Group& group, SpikeFileOrder order) {
    const h5::Handle type(H5Tenum_create(H5T_NATIVE_INT8));
    const std::int8_t values[3] = {0, 1, 2};
    const char* names[3] = {"none", "by_id", "by_time"};
    for (int i = 0; i < 3; ++i) H5Tenum_insert(type.get(), names[i], &values[i]);
    const h5::Handle space(H5Screate(H5S_SCALAR));
    const h5::Handle attribute(H5Acreate2(group.id(), "sorting", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
    H5Awrite(attribute.get(), type.get(), &values[static_cast<int>(order)]);
}

}  // namespace

struct SpikeWriter::Impl {
    OwnComm comm;
    h5::File file;
    bool parallel;
    FlushClock clock;
    struct Population {
        Appendable times, ids;
        std::vector<Spike> waiting = {};
    };
    std::vector<Population> populations;
    std::int64_t count = 0;
    bool open = true;
    SpikeFileOrder sorting;

    Impl(MPI_Comm c, const std::filesystem::path& path, const std::vector<std::string>& names, double seconds,
         SpikeFileOrder order)
        : comm(c), file(h5::File::create(path, comm)), parallel(comm.size() > 1), clock(comm, seconds), sorting(order) {
        file.set_attribute("complete", 0);
        file.set_attribute("magic", 0x0A7A);
        for (const auto& name : names) {
            const auto root = "/spikes/" + name;
            mark_sorted(file.create_group(root), order);
            populations.push_back({Appendable(file, parallel, root + "/timestamps", H5T_IEEE_F64LE, 0, "ms"),
                                   Appendable(file, parallel, root + "/node_ids", H5T_STD_U64LE, 0, "")});
        }
        file.flush();
    }

    void store(Population& p) {
        const auto local = static_cast<std::int64_t>(p.waiting.size());
        std::int64_t total = 0;
        MPI_Allreduce(&local, &total, 1, MPI_INT64_T, MPI_SUM, comm);
        if (total == 0) return;
        std::vector<OrderKey> keys;
        std::vector<double> times;
        std::vector<std::int64_t> ids;
        for (const auto& s : p.waiting) {
            if (sorting == SpikeFileOrder::by_time)
                keys.push_back({sortable(s.time_ms), s.node_id});
            else
                keys.push_back({s.node_id, sortable(s.time_ms)});
            times.push_back(s.time_ms);
            ids.push_back(s.node_id);
        }
        const BlockExchange order(comm, global_positions(comm, keys));
        p.times.append(total, order.block_begin(), order.gather(times));
        p.ids.append(total, order.block_begin(), order.gather(ids));
        p.waiting.clear();
    }

    void flush() {
        for (auto& p : populations) store(p);
        file.flush();
        clock.reset();
    }
};

SpikeWriter::SpikeWriter(MPI_Comm comm, const std::filesystem::path& file, std::vector<std::string> populations,
                         double flush_seconds, SpikeFileOrder order)
    : impl_(std::make_unique<Impl>(comm, file, populations, flush_seconds, order)) {}
SpikeWriter::SpikeWriter(SpikeWriter&&) noexcept = default;
SpikeWriter& SpikeWriter::operator=(SpikeWriter&&) noexcept = default;

SpikeWriter::~SpikeWriter() {
    if (!impl_ || !impl_->open) return;
    try {
        if (!impl_->parallel) impl_->flush();
    } catch (const std::exception&) {
        // Already failing: what is on disk stays.
    }
    impl_->populations.clear();
    give_up(impl_->file, impl_->parallel);
}

void SpikeWriter::add(std::size_t population, double time_ms, std::int64_t node_id) {
    impl_->populations.at(population).waiting.push_back({time_ms, node_id});
    ++impl_->count;
}

void SpikeWriter::advance() {
    if (impl_->sorting == SpikeFileOrder::by_id) return;
    if (impl_->clock.due()) impl_->flush();
}

void SpikeWriter::flush() {
    if (impl_->sorting == SpikeFileOrder::by_id) return;
    impl_->flush();
}

void SpikeWriter::close() {
    if (!impl_->open) return;
    impl_->flush();
    impl_->file.set_attribute("complete", 1);
    impl_->populations.clear();
    impl_->file.close();
    impl_->open = false;
}

std::int64_t SpikeWriter::local_count() const {
    return impl_->count;
}

std::vector<Spike> read_spikes(const std::filesystem::path& file, const std::string& population) {
    const auto h5 = h5::File::open(file);
    auto group = h5.group("spikes");
    // The first SONATA files had no populations: /spikes/{timestamps, gids}.
    if (!group.has_dataset("timestamps")) {
        const auto names = group.list();
        if (population.empty() && names.size() != 1) {
            throw UserError(Problem{
                group.where(), "the file has " + std::to_string(names.size()) + " populations of spikes: say which",
                did_you_mean("", names)});
        }
        group = group.group(population.empty() ? names[0] : population);
    }
    const auto times = group.dataset("timestamps");
    const double scale = times.has_attribute("units") && times.text_attribute("units") == "s" ? 1000 : 1;
    const auto t = times.read<double>();
    const auto ids = group.dataset(group.has_dataset("node_ids") ? "node_ids" : "gids").read<std::int64_t>();
    if (t.size() != ids.size()) {
        throw UserError(Problem{
            group.where(), std::to_string(t.size()) + " timestamps and " + std::to_string(ids.size()) + " node ids",
            "the file is damaged"});
    }
    std::vector<Spike> spikes(t.size());
    for (std::size_t i = 0; i < t.size(); ++i) spikes[i] = {t[i] * scale, ids[i]};
    std::sort(spikes.begin(), spikes.end(), [](const Spike& a, const Spike& b) {
        return std::pair(a.time_ms, a.node_id) < std::pair(b.time_ms, b.node_id);
    });
    return spikes;
}

}  // namespace ngv
