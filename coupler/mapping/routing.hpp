// Items that each go to one rank, and answers that come back: the one pattern of communication of the planning phase.
//
//     Routing routing(comm, destination);                // collective; one rank an item
//     auto questions = routing.forward(items);           // what the others ask this rank
//     auto answers = routing.back(answer(questions));    // in the order of `items`
//
// Memory grows with what a rank sends and receives itself, never with the whole.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "ngv/error.hpp"

namespace ngv::mapping {

class Routing {
  public:
    Routing(MPI_Comm comm, std::span<const int> destination);

    /// What arrives here, ordered by the sending rank, then by the sender's order.
    template <class T>
    std::vector<T> forward(std::span<const T> items) const {
        static_assert(std::is_trivially_copyable_v<T>);
        NGV_ASSERT(items.size() == slot_.size());
        std::vector<T> sorted(items.size()), received(arriving());
        for (std::size_t i = 0; i < items.size(); ++i) sorted[slot_[i]] = items[i];
        exchange(sorted.data(), send_counts_, received.data(), receive_counts_, sizeof(T));
        return received;
    }
    template <class T>
    std::vector<T> forward(const std::vector<T>& items) const {
        return forward(std::span<const T>(items));
    }

    /// One answer for each item that arrived; returns them in the order of the items sent.
    template <class T>
    std::vector<T> back(const std::vector<T>& answers) const {
        static_assert(std::is_trivially_copyable_v<T>);
        NGV_ASSERT(answers.size() == arriving());
        std::vector<T> sorted(slot_.size()), result(slot_.size());
        exchange(answers.data(), receive_counts_, sorted.data(), send_counts_, sizeof(T));
        for (std::size_t i = 0; i < slot_.size(); ++i) result[i] = sorted[slot_[i]];
        return result;
    }

    /// Number of items that arrive here, and the rank that sent each of them.
    std::size_t arriving() const { return arriving_; }
    std::vector<int> senders() const;

  private:
    void exchange(const void* send, const std::vector<int>& send_counts, void* receive,
                  const std::vector<int>& receive_counts, std::size_t bytes) const;

    MPI_Comm comm_;
    std::vector<std::size_t> slot_;  // where item i stands when items are sorted by destination
    std::vector<int> send_counts_, receive_counts_;
    std::size_t arriving_ = 0;
};

/// Sums, and the largest, over all ranks.
std::int64_t total(MPI_Comm comm, std::int64_t value);
double total(MPI_Comm comm, double value);
double largest(MPI_Comm comm, double value);
bool anywhere(MPI_Comm comm, bool value);

/// The texts of the `limit` smallest keys of all ranks, in the order of the keys, on every rank. text(i) belongs to
/// keys[i].
std::vector<std::string> first_texts(MPI_Comm comm, std::span<const std::int64_t> keys, std::size_t limit,
                                     const std::function<std::string(std::size_t)>& text);

/// Runs `work` on every rank. If it throws a UserError on some, all ranks throw the one of the lowest: nobody is left
/// waiting in a collective call. `work` itself must not communicate.
void together(MPI_Comm comm, const std::function<void()>& work);

}  // namespace ngv::mapping
