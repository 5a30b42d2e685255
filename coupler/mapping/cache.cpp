#include "coupler/mapping/cache.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "coupler/mapping/cache_file.hpp"
#include "coupler/mapping/digest.hpp"
#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

namespace fs = std::filesystem;

std::string for_a_file_name(std::string name) {
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return !std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_'; }, '_');
    return name;
}

// A text of rank 0, on every rank.
std::string from_leader(MPI_Comm comm, std::string text) {
    auto length = static_cast<std::int64_t>(text.size());
    MPI_Bcast(&length, 1, MPI_INT64_T, 0, comm);
    text.resize(length);
    MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, 0, comm);
    return text;
}

// Runs `work` on every rank; returns the reason of the first rank on which it failed, "" if all succeeded. Collective.
std::string first_failure(MPI_Comm comm, const std::function<void()>& work) {
    std::vector<std::int64_t> failed;
    std::string reason;
    try {
        work();
    } catch (const std::exception& error) {
        int rank = 0;
        MPI_Comm_rank(comm, &rank);
        failed.push_back(rank);
        reason = error.what();
    }
    const auto reasons = first_texts(comm, failed, 1, [&](std::size_t) { return reason; });
    return reasons.empty() ? "" : reasons[0];
}

}  // namespace

IntersectionCache::IntersectionCache(MPI_Comm comm, fs::path folder, const NamedSet& lines, const NamedSet& tetrahedra)
    : comm_(comm), folder_(std::move(folder)), lines_(lines.name), tetrahedra_(tetrahedra.name) {
    name_ = fmt::format("intersection of {} with {}", lines_, tetrahedra_);
    if (folder_.empty()) return;
    line_digest_ = geometry_digest(comm, lines.set);
    tetrahedron_digest_ = geometry_digest(comm, tetrahedra.set);
    stem_ = fmt::format("intersection-{}-{}-", for_a_file_name(lines_), for_a_file_name(tetrahedra_));
    keys_ = fmt::format("{}-{}-v{}", line_digest_, tetrahedron_digest_, builder_version);
}

// Other files of the same two sets tell what has changed since.
std::string IntersectionCache::why_absent() const {
    bool same_lines = false, same_tetrahedra = false, same_both = false, any = false;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(stem_) || !name.ends_with(".h5")) continue;
        const bool l = name.find(line_digest_) != std::string::npos,
                   t = name.find(tetrahedron_digest_) != std::string::npos;
        any = true;
        same_lines = same_lines || l;
        same_tetrahedra = same_tetrahedra || t;
        same_both = same_both || (l && t);
    }
    if (!any) return "no earlier run has left one";
    if (same_both) return "the earlier one is of another version of the builder";
    if (same_lines) return fmt::format("{} has changed", tetrahedra_);
    if (same_tetrahedra) return fmt::format("{} has changed", lines_);
    return fmt::format("{} and {} have changed", lines_, tetrahedra_);
}

std::optional<Intersection> IntersectionCache::read(const Directory& line_homes, std::vector<std::string>& log) const {
    if (folder_.empty()) return std::nullopt;
    int rank = 0, size = 1;
    MPI_Comm_rank(comm_, &rank);
    MPI_Comm_size(comm_, &size);
    std::error_code ignored;
    const bool here = fs::exists(file(), ignored);
    if (!anywhere(comm_, here)) {
        log.push_back(fmt::format("{}: computed, {}", name_, from_leader(comm_, rank == 0 ? why_absent() : "")));
        return std::nullopt;
    }

    std::optional<CachePart> part;
    auto reason = first_failure(comm_, [&] {
        if (!here) throw std::runtime_error(fmt::format("rank {} of the coupler does not see it", rank));
        part.emplace(file(), rank, size);
        if (part->header.lines != line_digest_ || part->header.tetrahedra != tetrahedron_digest_)
            throw std::runtime_error("it is of other element sets than its name says");
    });
    if (reason.empty()) {
        auto checksum = digest_of(part->found.entries);
        checksum.add_ranks(comm_);
        reason = first_failure(comm_, [&] {
            if (checksum.text() != part->header.checksum)
                throw std::runtime_error("its checksum is wrong: it is damaged");
        });
    }
    if (!reason.empty()) {
        log.push_back(fmt::format("{}: computed again, {} cannot be used: {}", name_, file().string(), reason));
        return std::nullopt;
    }
    Intersection found = std::move(part->found);
    found.entries = bring_home(comm_, found.entries, line_homes);
    return found;
}

void IntersectionCache::write(const Intersection& found, std::vector<std::string>& log) const {
    if (folder_.empty()) return;
    auto checksum = digest_of(found.entries);
    checksum.add_ranks(comm_);
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    const fs::path target = from_leader(comm_, file().string());
    const fs::path temporary = from_leader(comm_, fmt::format("{}.{}.tmp", target.string(), getpid()));

    auto reason = first_failure(comm_, [&] {
        if (rank == 0) fs::create_directories(target.parent_path());
    });
    if (reason.empty())
        reason = first_failure(comm_, [&] {
            write_cache_file(comm_, temporary, {builder_version, line_digest_, tetrahedron_digest_, checksum.text(), 0},
                             found);
        });
    const bool complete = reason.empty();
    const auto renamed = first_failure(comm_, [&] {
        if (rank != 0) return;
        std::error_code ignored;
        if (complete)
            fs::rename(temporary, target);
        else
            fs::remove(temporary, ignored);
    });
    if (complete) reason = renamed;
    if (!reason.empty()) log.push_back(fmt::format("{}: cannot be kept in {}: {}", name_, folder_.string(), reason));
}

}  // namespace ngv::mapping
