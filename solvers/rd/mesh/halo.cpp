#include "solvers/rd/mesh/halo.hpp"

#include <algorithm>
#include <cstring>

#include "ngv/error.hpp"

namespace ngv::rd {

void Halo::start_bytes(const void* owned, int width) {
    if (mesh_->peers.empty()) return;
    NGV_ASSERT(requests_.empty());
    width_ = width;
    std::size_t num_sends = 0;
    for (const auto& peer : mesh_->peers) num_sends += peer.sends.size();
    outgoing_.resize(std::max(outgoing_.size(), num_sends * width));
    incoming_.resize(std::max(incoming_.size(), static_cast<std::size_t>(mesh_->num_ghosts()) * width));

    char* in = incoming_.data();
    for (const auto& peer : mesh_->peers) {
        MPI_Irecv(in, peer.ghosts * width, MPI_BYTE, peer.rank, tag, comm_, &requests_.emplace_back());
        in += static_cast<std::size_t>(peer.ghosts) * width;
    }
    char* out = outgoing_.data();
    for (const auto& peer : mesh_->peers) {
        char* first = out;
        for (const auto i : peer.sends) {
            std::memcpy(out, static_cast<const char*>(owned) + static_cast<std::size_t>(i) * width,
                        static_cast<std::size_t>(width));
            out += width;
        }
        MPI_Isend(first, static_cast<int>(out - first), MPI_BYTE, peer.rank, tag, comm_, &requests_.emplace_back());
    }
}

void Halo::finish_bytes(void* ghosts) {
    if (mesh_->peers.empty()) return;
    MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
    requests_.clear();
    std::memcpy(ghosts, incoming_.data(), static_cast<std::size_t>(mesh_->num_ghosts()) * width_);
}

}  // namespace ngv::rd
