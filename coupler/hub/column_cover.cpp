#include "coupler/hub/column_cover.hpp"

#include <algorithm>
#include <numeric>

namespace ngv::hub {

namespace {

/// The rank where everybody meets to talk about an id (rendezvous): no rank knows all of them.
int meeting_place(std::int64_t id, int size) {
    const auto h = static_cast<std::uint64_t>(id) * 0x9e3779b97f4a7c15ull;
    return static_cast<int>((h >> 32) % static_cast<std::uint64_t>(size));
}

template <class T>
struct Exchanged {
    std::vector<T> values;
    std::vector<int> counts;  ///< from each rank
};

template <class T>
Exchanged<T> exchange(MPI_Comm comm, const std::vector<std::vector<T>>& for_rank) {
    int size = 1;
    MPI_Comm_size(comm, &size);
    std::vector<int> send(for_rank.size()), send_at(for_rank.size()), receive_at(for_rank.size());
    std::vector<T> out;
    for (std::size_t r = 0; r < for_rank.size(); ++r) {
        send[r] = static_cast<int>(for_rank[r].size() * sizeof(T));
        send_at[r] = static_cast<int>(out.size() * sizeof(T));
        out.insert(out.end(), for_rank[r].begin(), for_rank[r].end());
    }
    Exchanged<T> result;
    result.counts.resize(for_rank.size());
    MPI_Alltoall(send.data(), 1, MPI_INT, result.counts.data(), 1, MPI_INT, comm);
    std::exclusive_scan(result.counts.begin(), result.counts.end(), receive_at.begin(), 0);
    result.values.resize(static_cast<std::size_t>(receive_at.back() + result.counts.back()) / sizeof(T));
    MPI_Alltoallv(out.data(), send.data(), send_at.data(), MPI_BYTE, result.values.data(), result.counts.data(),
                  receive_at.data(), MPI_BYTE, comm);
    for (int& n : result.counts) n /= static_cast<int>(sizeof(T));
    return result;
}

}  // namespace

std::vector<std::uint8_t> column_cover(MPI_Comm comm, std::span<const mapping::Entry> entries,
                                       std::span<const std::int64_t> sources) {
    int size = 1;
    MPI_Comm_size(comm, &size);
    const auto n = static_cast<std::size_t>(size);
    std::vector<std::int64_t> used;
    for (const auto& e : entries) {
        if (e.value != 0) used.push_back(e.source);
    }
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    if (size > 1) {
        std::vector<std::vector<std::int64_t>> for_rank(n);
        for (const auto id : used) for_rank[static_cast<std::size_t>(meeting_place(id, size))].push_back(id);
        used = exchange(comm, for_rank).values;
        std::sort(used.begin(), used.end());
    }
    const auto is_used = [&](std::int64_t id) {
        return static_cast<std::uint8_t>(std::binary_search(used.begin(), used.end(), id));
    };
    std::vector<std::uint8_t> cover(sources.size());
    if (size == 1) {
        std::transform(sources.begin(), sources.end(), cover.begin(), is_used);
        return cover;
    }
    // Ask at the meeting places; answers come back in the order of the questions.
    std::vector<std::vector<std::int64_t>> questions(n);
    std::vector<std::vector<std::size_t>> asked(n);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const auto r = static_cast<std::size_t>(meeting_place(sources[i], size));
        questions[r].push_back(sources[i]);
        asked[r].push_back(i);
    }
    const auto received = exchange(comm, questions);
    std::vector<std::vector<std::uint8_t>> answers(n);
    std::size_t next = 0;
    for (std::size_t r = 0; r < n; ++r) {
        for (int i = 0; i < received.counts[r]; ++i) answers[r].push_back(is_used(received.values[next++]));
    }
    const auto returned = exchange(comm, answers);
    next = 0;
    for (std::size_t r = 0; r < n; ++r) {
        for (const std::size_t i : asked[r]) cover[i] = returned.values[next++];
    }
    return cover;
}

}  // namespace ngv::hub
