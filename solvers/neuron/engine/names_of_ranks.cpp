#include "solvers/neuron/engine/names_of_ranks.hpp"

namespace ngv::neuron {

std::vector<std::string> names_of_ranks(MPI_Comm comm, const std::set<std::string>& mine) {
    std::string text;
    for (const auto& s : mine) text += s + '\n';
    int size = 1, n = static_cast<int>(text.size());
    MPI_Comm_size(comm, &size);
    std::vector<int> counts(size), offsets(size, 0);
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
    for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
    std::string all(offsets.back() + counts.back(), ' ');
    MPI_Allgatherv(text.data(), n, MPI_CHAR, all.data(), counts.data(), offsets.data(), MPI_CHAR, comm);
    std::set<std::string> names;
    for (std::size_t begin = 0; begin < all.size();) {
        const auto end = all.find('\n', begin);
        names.insert(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return {names.begin(), names.end()};
}

}  // namespace ngv::neuron
