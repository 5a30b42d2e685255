#include "solvers/rd/stochastic/arrivals.hpp"

namespace ngv::rd {

Arrivals::Arrivals(const Cells& mesh, const std::vector<std::int32_t>& from_mesh, MPI_Comm comm, int tag)
    : mesh_(&mesh), comm_(comm), tag_(tag), outgoing_(mesh.peers.size()) {
    for (std::size_t p = 0; p < mesh.peers.size(); ++p) {
        peer_.insert(peer_.end(), static_cast<std::size_t>(mesh.peers[p].ghosts), p);
        auto& places = places_.emplace_back();
        for (const auto i : mesh.peers[p].sends) places.push_back(from_mesh[i]);
    }
}

void Arrivals::start(std::span<const Move> moves, const std::vector<char>& active) {
    active_ = active;
    for (auto& out : outgoing_) out.clear();
    for (const Move& m : moves) {
        const std::size_t p = peer_of(m.to);
        const std::int64_t position = m.to - mesh_->peers[p].first_ghost;
        outgoing_[p].push_back(static_cast<std::int64_t>(m.species) << 32 | position);
        outgoing_[p].push_back(m.count);
    }
    requests_.clear();
    for (std::size_t p = 0; p < outgoing_.size(); ++p) {
        NGV_ASSERT(active_[p] || outgoing_[p].empty());
        if (!active_[p]) continue;
        MPI_Isend(outgoing_[p].data(), static_cast<int>(outgoing_[p].size()), MPI_INT64_T, mesh_->peers[p].rank, tag_,
                  comm_, &requests_.emplace_back());
    }
}

const std::vector<Move>& Arrivals::finish() {
    arrived_.clear();
    const double begin = MPI_Wtime();
    for (std::size_t p = 0; p < active_.size(); ++p) {
        if (!active_[p]) continue;
        MPI_Status status;
        MPI_Probe(mesh_->peers[p].rank, tag_, comm_, &status);
        int size = 0;
        MPI_Get_count(&status, MPI_INT64_T, &size);
        incoming_.resize(static_cast<std::size_t>(size));
        MPI_Recv(incoming_.data(), size, MPI_INT64_T, mesh_->peers[p].rank, tag_, comm_, MPI_STATUS_IGNORE);
        for (int k = 0; k < size; k += 2)
            arrived_.push_back({static_cast<std::int32_t>(incoming_[k] >> 32),
                                places_[p][static_cast<std::size_t>(incoming_[k] & 0xFFFFFFFF)], incoming_[k + 1]});
    }
    MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
    seconds += MPI_Wtime() - begin;
    return arrived_;
}

}  // namespace ngv::rd
