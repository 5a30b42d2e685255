#include "solvers/rd/stochastic/coupling.hpp"

#include <algorithm>

namespace ngv::rd {

Coupling::Coupling(const Elements& elements, const LawBook& laws) {
    if (std::count(laws.two_sided.begin(), laws.two_sided.end(), 1) == 0) return;
    const auto n = static_cast<std::size_t>(elements.num_owned);
    is_coupled_.assign(n, 0);
    position_.assign(n, 0);
    std::vector<std::vector<std::int32_t>> outsides(n), insides(n);
    for (std::size_t p = 0; p < laws.two_sided.size(); ++p)
        for (auto t = elements.patch_begin[p]; laws.two_sided[p] && t < elements.patch_begin[p + 1]; ++t) {
            const auto& triangle = elements.triangles[t];
            NGV_ASSERT(triangle.outside >= 0 && triangle.outside < elements.num_owned);
            outsides[triangle.inside].push_back(triangle.outside);
            insides[triangle.outside].push_back(triangle.inside);
        }

    begin_.push_back(0);
    for (std::size_t e = 0; e < n; ++e) {
        const auto first = changed_.size();
        const auto self = static_cast<std::int32_t>(e);
        const auto readers_of = [&](std::int32_t element) {
            changed_.push_back(element);
            changed_.insert(changed_.end(), insides[element].begin(), insides[element].end());
        };
        if (!outsides[e].empty() || !insides[e].empty()) {
            readers_of(self);
            for (const auto o : outsides[e]) readers_of(o);
        }
        const auto begin = changed_.begin() + static_cast<std::ptrdiff_t>(first);
        std::sort(begin, changed_.end());
        changed_.erase(std::unique(begin, changed_.end()), changed_.end());
        begin_.push_back(static_cast<std::int32_t>(changed_.size()));
    }

    for (std::size_t e = 0; e < n; ++e) {
        if (is_coupled_[e] || (outsides[e].empty() && insides[e].empty())) continue;
        groups_.emplace_back();
        auto& group = groups_.back();
        const auto join = [&](std::int32_t element) {
            if (is_coupled_[element]) return;
            is_coupled_[element] = 1;
            position_[element] = static_cast<std::int32_t>(group.size());
            group.push_back(element);
        };
        join(static_cast<std::int32_t>(e));
        for (std::size_t k = 0; k < group.size(); ++k) {
            const auto member = group[k];
            for (const auto* others : {&outsides[member], &insides[member]})
                for (const auto other : *others) join(other);
        }
    }
}

}  // namespace ngv::rd
