#include "solvers/rd/membrane/point_numbers.hpp"

#include <unordered_map>

#include "coupler/mapping/routing.hpp"

namespace ngv::rd {

PointNumbers number_points(MPI_Comm comm, const std::vector<std::int64_t>& points) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    // Each rank keeps the answers for the indices that leave its own number as the remainder.
    std::vector<int> keeper;
    keeper.reserve(points.size());
    for (const auto point : points) keeper.push_back(static_cast<int>(point % size));
    const mapping::Routing routing(comm, keeper);
    const auto asked = routing.forward(points);
    const auto senders = routing.senders();  // ascending
    std::unordered_map<std::int64_t, int> owner_of;
    owner_of.reserve(asked.size());
    for (std::size_t k = 0; k < asked.size(); ++k) owner_of.emplace(asked[k], senders[k]);
    std::vector<int> answers;
    answers.reserve(asked.size());
    for (const auto point : asked) answers.push_back(owner_of.at(point));
    const auto owner = routing.back(answers);

    PointNumbers numbers;
    for (const int r : owner) numbers.num_owned += r == rank ? 1 : 0;
    MPI_Allreduce(&numbers.num_owned, &numbers.total, 1, MPI_INT64_T, MPI_SUM, comm);
    std::int64_t next = 0;
    MPI_Exscan(&numbers.num_owned, &next, 1, MPI_INT64_T, MPI_SUM, comm);
    if (rank == 0) next = 0;  // MPI leaves it undefined
    for (const int r : owner) numbers.rows.push_back(r == rank ? next++ : -1);

    const auto told = routing.forward(numbers.rows);
    std::unordered_map<std::int64_t, std::int64_t> row_of;
    row_of.reserve(owner_of.size());
    for (std::size_t k = 0; k < asked.size(); ++k)
        if (told[k] >= 0) row_of.emplace(asked[k], told[k]);
    std::vector<std::int64_t> rows;
    rows.reserve(asked.size());
    for (const auto point : asked) rows.push_back(row_of.at(point));
    numbers.rows = routing.back(rows);
    return numbers;
}

}  // namespace ngv::rd
