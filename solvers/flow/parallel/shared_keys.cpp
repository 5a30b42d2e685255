#include "solvers/flow/parallel/shared_keys.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <type_traits>
#include <utility>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

using Lists = std::vector<std::vector<std::int64_t>>;  // one list a rank

Lists all_to_all(MPI_Comm comm, const Lists& send) {
    const int size = static_cast<int>(send.size());
    std::vector<int> send_counts(size), receive_counts(size), send_starts(size), receive_starts(size);
    for (int r = 0; r < size; ++r) send_counts[r] = static_cast<int>(send[r].size());
    MPI_Alltoall(send_counts.data(), 1, MPI_INT, receive_counts.data(), 1, MPI_INT, comm);
    std::exclusive_scan(send_counts.begin(), send_counts.end(), send_starts.begin(), 0);
    std::exclusive_scan(receive_counts.begin(), receive_counts.end(), receive_starts.begin(), 0);
    std::vector<std::int64_t> out, in(receive_starts.back() + receive_counts.back());
    for (const auto& list : send) out.insert(out.end(), list.begin(), list.end());
    MPI_Alltoallv(out.data(), send_counts.data(), send_starts.data(), MPI_INT64_T, in.data(), receive_counts.data(),
                  receive_starts.data(), MPI_INT64_T, comm);
    Lists result(size);
    for (int r = 0; r < size; ++r)
        result[r].assign(in.begin() + receive_starts[r], in.begin() + receive_starts[r] + receive_counts[r]);
    return result;
}

std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

}  // namespace

// Every key has a meeting place, a rank found from the key alone. The holders of a key tell that rank; it answers with
// the other holders.
SharedKeys::SharedKeys(MPI_Comm comm, std::span<const std::int64_t> keys) : comm_(comm), owned_(keys.size(), 1) {
    int size = 1;
    MPI_Comm_rank(comm, &rank_);
    MPI_Comm_size(comm, &size);
    if (size == 1) return;

    Lists asked(size);
    for (const auto key : keys) asked[mix(static_cast<std::uint64_t>(key)) % size].push_back(key);
    const auto told = all_to_all(comm, asked);

    std::vector<std::pair<std::int64_t, int>> holders;  // (key, rank), rank ascending within a key
    for (int r = 0; r < size; ++r)
        for (const auto key : told[r]) holders.emplace_back(key, r);
    std::sort(holders.begin(), holders.end());
    Lists answers(size);  // key, number of other holders, their ranks
    for (auto first = holders.begin(); first != holders.end();) {
        const auto last = std::find_if(first, holders.end(), [&](const auto& h) { return h.first != first->first; });
        if (last - first > 1)
            for (auto me = first; me != last; ++me) {
                auto& answer = answers[me->second];
                answer.insert(answer.end(), {me->first, last - first - 1});
                for (auto other = first; other != last; ++other)
                    if (other != me) answer.push_back(other->second);
            }
        first = last;
    }

    std::map<int, std::vector<std::int32_t>> with;
    for (const auto& answer : all_to_all(comm, answers))
        for (std::size_t i = 0; i < answer.size();) {
            const auto position =
                static_cast<std::int32_t>(std::lower_bound(keys.begin(), keys.end(), answer[i]) - keys.begin());
            const auto end = i + 2 + static_cast<std::size_t>(answer[i + 1]);
            for (i += 2; i < end; ++i) {
                with[static_cast<int>(answer[i])].push_back(position);
                if (answer[i] < rank_) owned_[position] = 0;
            }
            shared_.push_back(position);
        }
    std::sort(shared_.begin(), shared_.end());
    for (auto& [rank, positions] : with) {
        std::sort(positions.begin(), positions.end());
        neighbours_.push_back({rank, std::move(positions)});
    }
}

std::int64_t SharedKeys::num_owned() const {
    return std::accumulate(owned_.begin(), owned_.end(), std::int64_t{0});
}

template <class T>
void SharedKeys::combine_any(std::span<T> values, Combine op, int width) const {
    NGV_ASSERT(values.size() == owned_.size() * width);
    const MPI_Datatype type = std::is_same_v<T, double> ? MPI_DOUBLE : MPI_INT64_T;
    constexpr int tag = 71;
    std::vector<std::vector<T>> out(neighbours_.size()), in(neighbours_.size());
    std::vector<MPI_Request> requests;
    requests.reserve(2 * neighbours_.size());
    for (std::size_t n = 0; n < neighbours_.size(); ++n) {
        const auto& [rank, shared] = neighbours_[n];
        const int count = static_cast<int>(shared.size()) * width;
        in[n].resize(count);
        for (const auto i : shared)
            for (int k = 0; k < width; ++k) out[n].push_back(values[i * width + k]);
        MPI_Irecv(in[n].data(), count, type, rank, tag, comm_, &requests.emplace_back());
        MPI_Isend(out[n].data(), count, type, rank, tag, comm_, &requests.emplace_back());
    }
    MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);

    const auto fold = [op](T& a, T b) { a = op == Combine::sum ? a + b : std::min(a, b); };
    const T start = op == Combine::sum ? T{0} : std::numeric_limits<T>::max();
    std::vector<T> own;
    own.reserve(shared_.size() * width);
    for (const auto i : shared_)
        for (int k = 0; k < width; ++k) own.push_back(std::exchange(values[i * width + k], start));
    const auto add = [&](const std::vector<std::int32_t>& positions, const std::vector<T>& parts) {
        for (std::size_t s = 0; s < positions.size(); ++s)
            for (int k = 0; k < width; ++k) fold(values[positions[s] * width + k], parts[s * width + k]);
    };
    std::size_t n = 0;
    for (; n < neighbours_.size() && neighbours_[n].rank < rank_; ++n) add(neighbours_[n].shared, in[n]);
    add(shared_, own);
    for (; n < neighbours_.size(); ++n) add(neighbours_[n].shared, in[n]);
}

void SharedKeys::combine(std::span<double> values, Combine op, int width) const {
    combine_any(values, op, width);
}
void SharedKeys::combine(std::span<std::int64_t> values, Combine op, int width) const {
    combine_any(values, op, width);
}

}  // namespace ngv::flow
