#include "coupler/mapping/directory.hpp"

#include <fmt/format.h>

#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

Directory::Directory(MPI_Comm comm, std::span<const std::int64_t> ids, const std::string& name)
    : comm_(comm), index_({}) {
    MPI_Comm_size(comm, &size_);
    const Routing routing(comm, keepers(ids));
    const auto kept = routing.forward(ids);
    home_ = routing.senders();
    index_ = IdIndex(kept);
    together(comm, [&] {
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (index_.find(kept[i]) != static_cast<std::int64_t>(i))
                throw UserError({name, fmt::format("element id {} is declared twice", kept[i]),
                                 "global ids must be unique over all ranks of the participant"});
    });
}

std::vector<int> Directory::keepers(std::span<const std::int64_t> ids) const {
    std::vector<int> result(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        // The high bits: the low ones choose the slot in the keeper's table.
        result[i] = static_cast<int>((mix(static_cast<std::uint64_t>(ids[i])) >> 32) % size_);
    return result;
}

std::vector<int> Directory::homes(std::span<const std::int64_t> ids) const {
    const Routing routing(comm_, keepers(ids));
    const auto questions = routing.forward(ids);
    std::vector<int> answers(questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto at = index_.find(questions[i]);
        answers[i] = at < 0 ? -1 : home_[at];
    }
    return routing.back(answers);
}

}  // namespace ngv::mapping
