#include "coupler/mapping/routing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace ngv::mapping {

namespace {

constexpr std::size_t largest_count = std::numeric_limits<int>::max();

std::vector<int> offsets_of(const std::vector<int>& counts) {
    std::vector<int> offsets(counts.size());
    std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
    return offsets;
}

// A string of every rank, on every rank.
std::vector<std::string> all_texts(MPI_Comm comm, const std::string& text) {
    int size = 0;
    MPI_Comm_size(comm, &size);
    const int length = static_cast<int>(text.size());
    std::vector<int> lengths(size);
    MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, comm);
    const auto offsets = offsets_of(lengths);
    std::string joined(static_cast<std::size_t>(offsets.back()) + lengths.back(), '\0');
    MPI_Allgatherv(text.data(), length, MPI_CHAR, joined.data(), lengths.data(), offsets.data(), MPI_CHAR, comm);
    std::vector<std::string> texts;
    for (int r = 0; r < size; ++r) texts.push_back(joined.substr(offsets[r], lengths[r]));
    return texts;
}

}  // namespace

Routing::Routing(MPI_Comm comm, std::span<const int> destination) : comm_(comm), slot_(destination.size()) {
    NGV_ASSERT(destination.size() <= largest_count);
    int size = 0;
    MPI_Comm_size(comm, &size);
    send_counts_.assign(size, 0);
    receive_counts_.assign(size, 0);
    for (const int rank : destination) {
        NGV_ASSERT(rank >= 0 && rank < size);
        ++send_counts_[rank];
    }
    std::vector<std::size_t> next(size);
    std::exclusive_scan(send_counts_.begin(), send_counts_.end(), next.begin(), std::size_t{0});
    for (std::size_t i = 0; i < destination.size(); ++i) slot_[i] = next[destination[i]]++;
    MPI_Alltoall(send_counts_.data(), 1, MPI_INT, receive_counts_.data(), 1, MPI_INT, comm);
    arriving_ = std::accumulate(receive_counts_.begin(), receive_counts_.end(), std::size_t{0});
    NGV_ASSERT(arriving_ <= largest_count);
}

std::vector<int> Routing::senders() const {
    std::vector<int> result;
    result.reserve(arriving_);
    for (std::size_t rank = 0; rank < receive_counts_.size(); ++rank)
        result.insert(result.end(), receive_counts_[rank], static_cast<int>(rank));
    return result;
}

void Routing::exchange(const void* send, const std::vector<int>& send_counts, void* receive,
                       const std::vector<int>& receive_counts, std::size_t bytes) const {
    MPI_Datatype item = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(static_cast<int>(bytes), MPI_BYTE, &item);
    MPI_Type_commit(&item);
    const auto send_offsets = offsets_of(send_counts), receive_offsets = offsets_of(receive_counts);
    MPI_Alltoallv(send, send_counts.data(), send_offsets.data(), item, receive, receive_counts.data(),
                  receive_offsets.data(), item, comm_);
    MPI_Type_free(&item);
}

std::int64_t total(MPI_Comm comm, std::int64_t value) {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_SUM, comm);
    return value;
}

double total(MPI_Comm comm, double value) {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, comm);
    return value;
}

double largest(MPI_Comm comm, double value) {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, comm);
    return value;
}

bool anywhere(MPI_Comm comm, bool value) {
    int any = value;
    MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, comm);
    return any != 0;
}

std::vector<std::string> first_texts(MPI_Comm comm, std::span<const std::int64_t> keys, std::size_t limit,
                                     const std::function<std::string(std::size_t)>& text) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto first = std::min(limit, order.size());
    std::partial_sort(order.begin(), order.begin() + first, order.end(),
                      [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    // One record a text: the key in 20 characters, the text, a zero byte.
    std::string packed;
    for (std::size_t i = 0; i < first; ++i) packed += fmt::format("{:20}{}", keys[order[i]], text(order[i])) + '\0';
    std::vector<std::pair<std::int64_t, std::string>> all;
    for (const auto& records : all_texts(comm, packed)) {
        for (std::size_t at = 0; at < records.size();) {
            const auto end = records.find('\0', at);
            all.emplace_back(std::stoll(records.substr(at, 20)), records.substr(at + 20, end - at - 20));
            at = end + 1;
        }
    }
    std::sort(all.begin(), all.end());
    std::vector<std::string> chosen;
    for (std::size_t i = 0; i < std::min(limit, all.size()); ++i) chosen.push_back(all[i].second);
    return chosen;
}

void together(MPI_Comm comm, const std::function<void()>& work) {
    std::optional<UserError> error;
    try {
        work();
    } catch (const UserError& e) {
        error = e;
    }
    if (!anywhere(comm, error.has_value())) return;
    std::string packed;
    if (error)
        for (const auto& p : error->problems()) packed += p.where + '\0' + p.what + '\0' + p.fix + '\0';
    for (const auto& text : all_texts(comm, packed)) {
        if (text.empty()) continue;
        std::vector<std::string> parts;
        for (std::size_t at = 0; at < text.size();) {
            const auto end = text.find('\0', at);
            parts.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        std::vector<Problem> problems;
        for (std::size_t i = 0; i + 2 < parts.size(); i += 3)
            problems.push_back({parts[i], parts[i + 1], parts[i + 2]});
        throw UserError(std::move(problems));
    }
}

}  // namespace ngv::mapping
