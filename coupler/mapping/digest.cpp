#include "coupler/mapping/digest.hpp"

#include <fmt/format.h>

#include <bit>

#include "coupler/mapping/id_index.hpp"

namespace ngv::mapping {

void Hash::add(std::uint64_t word) {
    a_ = mix(a_ ^ word);
    b_ = mix(std::rotl(b_, 23) + word * 0x9e3779b97f4a7c15u);
}

void Hash::add(double value) {
    add(std::bit_cast<std::uint64_t>(value));
}

void Digest::add(const Hash& element) {
    sum_[0] += element.a_;
    sum_[1] += element.b_;
    sum_[2] += 1;
}

void Digest::add_ranks(MPI_Comm comm) {
    MPI_Allreduce(MPI_IN_PLACE, sum_, 3, MPI_UINT64_T, MPI_SUM, comm);
}

std::string Digest::text() const {
    Hash all;
    for (const auto s : sum_) all.add(s);
    return fmt::format("{:016x}{:016x}", all.a_, all.b_);
}

std::string geometry_digest(MPI_Comm comm, const ElementSet& set) {
    Digest digest;
    for (std::size_t i = 0; i < set.ids.size(); ++i) {
        const auto n = static_cast<std::int64_t>(i);
        std::int64_t begin = 0, end = 0;
        if (set.geometry == Geometry::points) begin = 3 * n, end = begin + 3;
        if (set.geometry == Geometry::tetrahedra) begin = 12 * n, end = begin + 12;
        if (set.geometry == Geometry::lines) begin = 6 * set.piece_offsets[i], end = 6 * set.piece_offsets[i + 1];
        Hash element;
        element.add(static_cast<std::uint64_t>(set.geometry));
        element.add(static_cast<std::uint64_t>(set.ids[i]));
        for (auto c = begin; c < end; ++c) element.add(set.coordinates[c]);
        digest.add(element);
    }
    digest.add_ranks(comm);
    return digest.text();
}

Digest digest_of(std::span<const Entry> entries) {
    Digest digest;
    for (const auto& e : entries) {
        Hash hash;
        hash.add(static_cast<std::uint64_t>(e.target));
        hash.add(static_cast<std::uint64_t>(e.source));
        hash.add(e.value);
        digest.add(hash);
    }
    return digest;
}

}  // namespace ngv::mapping
