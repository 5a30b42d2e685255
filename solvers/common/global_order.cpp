#include "solvers/common/global_order.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/common/ranks.hpp"

namespace ngv {

namespace {

std::vector<int> displacements(const std::vector<int>& counts) {
    std::vector<int> d(counts.size() + 1, 0);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        NGV_ASSERT(d[i] <= std::numeric_limits<int>::max() - counts[i]);
        d[i + 1] = d[i] + counts[i];
    }
    return d;
}

template <class T>
std::vector<T> all_to_all(MPI_Comm comm, const std::vector<T>& send, std::vector<int> send_counts,
                          std::vector<int> receive_counts, int width, MPI_Datatype type) {
    for (auto& c : send_counts) c *= width;
    for (auto& c : receive_counts) c *= width;
    const auto from = displacements(send_counts), to = displacements(receive_counts);
    std::vector<T> received(static_cast<std::size_t>(to.back()));
    MPI_Alltoallv(send.data(), send_counts.data(), from.data(), type, received.data(), receive_counts.data(), to.data(),
                  type, comm);
    return received;
}

std::vector<int> exchange_counts(MPI_Comm comm, const std::vector<int>& send) {
    std::vector<int> receive(send.size());
    MPI_Alltoall(send.data(), 1, MPI_INT, receive.data(), 1, MPI_INT, comm);
    return receive;
}

// Keys that cut the whole into about equal parts, the same on every rank: quantiles of a sample of each rank's keys.
std::vector<OrderKey> splitters(MPI_Comm comm, const std::vector<OrderKey>& sorted) {
    constexpr int samples = 64;
    const int size = size_of(comm);
    const OrderKey none = {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};
    std::vector<OrderKey> mine(samples, none), all(static_cast<std::size_t>(samples * size));
    if (!sorted.empty()) {
        for (std::size_t i = 0; i < samples; ++i) mine[i] = sorted[i * sorted.size() / samples];
    }
    MPI_Allgather(mine.data(), 2 * samples, MPI_INT64_T, all.data(), 2 * samples, MPI_INT64_T, comm);
    std::erase(all, none);
    std::sort(all.begin(), all.end());
    std::vector<OrderKey> cuts;
    for (int r = 1; r < size && !all.empty(); ++r)
        cuts.push_back(all[static_cast<std::size_t>(r) * all.size() / static_cast<std::size_t>(size)]);
    return cuts;
}

std::vector<std::int64_t> positions(MPI_Comm comm, std::span<const OrderKey> keys, bool merge) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return keys[a] < keys[b]; });
    std::vector<OrderKey> sorted(keys.size());
    for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = keys[order[i]];

    const auto cuts = splitters(comm, sorted);
    std::vector<int> send_counts(static_cast<std::size_t>(size_of(comm)), 0);
    for (const auto& key : sorted)
        ++send_counts[static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), key) - cuts.begin())];
    const auto receive_counts = exchange_counts(comm, send_counts);
    std::vector<std::int64_t> flat(2 * sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        flat[2 * i] = sorted[i][0];
        flat[2 * i + 1] = sorted[i][1];
    }
    const auto received = all_to_all(comm, flat, send_counts, receive_counts, 2, MPI_INT64_T);

    // Received in the order (rank, key, local place), so a stable sort gives (key, rank, local place).
    const auto n = received.size() / 2;
    auto key = [&](std::size_t i) { return OrderKey{received[2 * i], received[2 * i + 1]}; };
    std::vector<std::size_t> owned(n);
    std::iota(owned.begin(), owned.end(), 0);
    std::stable_sort(owned.begin(), owned.end(), [&](auto a, auto b) { return key(a) < key(b); });
    std::vector<std::int64_t> place(n);
    std::int64_t next = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0 && (!merge || key(owned[i]) != key(owned[i - 1]))) ++next;
        place[owned[i]] = next;
    }
    const std::int64_t count = n > 0 ? next + 1 : 0;
    std::int64_t before = 0;
    MPI_Exscan(&count, &before, 1, MPI_INT64_T, MPI_SUM, comm);
    if (rank_of(comm) == 0) before = 0;
    for (auto& p : place) p += before;

    const auto back = all_to_all(comm, place, receive_counts, send_counts, 1, MPI_INT64_T);
    std::vector<std::int64_t> result(keys.size());
    for (std::size_t i = 0; i < order.size(); ++i) result[order[i]] = back[i];
    return result;
}

}  // namespace

std::vector<std::int64_t> global_positions(MPI_Comm comm, std::span<const OrderKey> keys) {
    return positions(comm, keys, false);
}
std::vector<std::int64_t> global_positions_merged(MPI_Comm comm, std::span<const OrderKey> keys) {
    return positions(comm, keys, true);
}

BlockExchange::BlockExchange(MPI_Comm comm, std::span<const std::int64_t> positions) : comm_(comm) {
    const std::int64_t rank = rank_of(comm), size = size_of(comm);
    for (auto p : positions) total_ = std::max(total_, p + 1);
    MPI_Allreduce(MPI_IN_PLACE, &total_, 1, MPI_INT64_T, MPI_MAX, comm);
    auto block_of_rank = [&](std::int64_t r) { return total_ / size * r + std::min(r, total_ % size); };
    begin_ = block_of_rank(rank);
    size_ = block_of_rank(rank + 1) - begin_;

    send_items_.resize(positions.size());
    std::iota(send_items_.begin(), send_items_.end(), 0);
    auto position = [&](std::int64_t item) { return positions[static_cast<std::size_t>(item)]; };
    std::stable_sort(send_items_.begin(), send_items_.end(), [&](auto a, auto b) { return position(a) < position(b); });
    send_counts_.assign(static_cast<std::size_t>(size), 0);
    std::vector<std::int64_t> sent(send_items_.size());
    std::int64_t r = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        sent[i] = position(send_items_[i]);
        while (sent[i] >= block_of_rank(r + 1)) ++r;
        ++send_counts_[static_cast<std::size_t>(r)];
    }
    receive_counts_ = exchange_counts(comm, send_counts_);
    receive_slots_ = all_to_all(comm, sent, send_counts_, receive_counts_, 1, MPI_INT64_T);
    for (auto& slot : receive_slots_) slot -= begin_;
}

template <class T>
std::vector<T> BlockExchange::exchange(std::span<const T> values, int width, MPI_Datatype type) const {
    const auto w = static_cast<std::size_t>(width);
    NGV_ASSERT(values.size() == send_items_.size() * w);
    std::vector<T> send(values.size());
    for (std::size_t i = 0; i < send_items_.size(); ++i)
        std::copy_n(&values[static_cast<std::size_t>(send_items_[i]) * w], w, &send[i * w]);
    const auto received = all_to_all(comm_, send, send_counts_, receive_counts_, width, type);
    std::vector<T> block(static_cast<std::size_t>(size_) * w);
    for (std::size_t i = 0; i < receive_slots_.size(); ++i)
        std::copy_n(&received[i * w], w, &block[static_cast<std::size_t>(receive_slots_[i]) * w]);
    return block;
}

std::vector<double> BlockExchange::gather(std::span<const double> values, int width) const {
    return exchange(values, width, MPI_DOUBLE);
}
std::vector<std::int64_t> BlockExchange::gather(std::span<const std::int64_t> values, int width) const {
    return exchange(values, width, MPI_INT64_T);
}

}  // namespace ngv
