#include "solvers/neuron/engine/connection_table.hpp"

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::neuron {

void ConnectionNumbers::add_place(std::int64_t place) {
    if (place < INT32_MIN || place > INT32_MAX)
        throw UserError(Problem{"connections", "more numbers of connections than one rank can hold", "use more ranks"});
    if (more_.empty() && place != -1) more_.assign(weight_.size() - 1, -1);
    if (!more_.empty() || place != -1) more_.push_back(static_cast<std::int32_t>(place));
}

void ConnectionNumbers::add(const ngv_mechanism& m, std::span<const double> given) {
    weight_.push_back(given.empty() ? 0 : given[0]);
    if (m.num_weights <= 1) return add_place(-1);
    std::vector<double> all(static_cast<std::size_t>(m.num_weights), 0.0);
    all[0] = weight_.back();
    if (m.net_init && !given.empty()) std::copy(given.begin() + 1, given.end(), all.begin() + 1);
    if (!m.shared_numbers) {
        add_place(static_cast<std::int64_t>(kept_.size()));
        kept_.insert(kept_.end(), all.begin(), all.end());
        return;
    }
    all.erase(all.begin());
    const auto [it, is_new] = known_.emplace(all, static_cast<std::int64_t>(shared_.size()));
    if (is_new) shared_.insert(shared_.end(), all.begin(), all.end());
    add_place(-2 - it->second);
}

void ConnectionNumbers::add(const ConnectionNumbers& from, std::int64_t c, const ngv_mechanism& m) {
    weight_.push_back(from.weight_[c]);
    if (!from.kept(c)) return add_place(from.further(c) ? from.more_[c] : -1);
    add_place(static_cast<std::int64_t>(kept_.size()));
    const auto begin = from.kept_.begin() + from.more_[c];
    kept_.insert(kept_.end(), begin, begin + m.num_weights);
}

void ConnectionNumbers::reserve(std::size_t n, bool further) {
    weight_.reserve(n);
    if (further) more_.reserve(n);
}

double* ConnectionNumbers::arguments(std::int64_t c, int n, double* room) {
    if (!further(c)) return &weight_[c];
    if (kept(c)) return &weight(c);
    room[0] = weight_[c];
    std::copy_n(shared_.begin() + (-2 - static_cast<std::int64_t>(more_[c])), n - 1, room + 1);
    return room;
}

double ConnectionNumbers::bytes() const {
    return 8.0 * static_cast<double>(weight_.capacity() + kept_.capacity() + shared_.capacity()) +
           4.0 * static_cast<double>(more_.capacity());
}

std::pair<std::int64_t, std::int64_t> ConnectionTable::of(std::int64_t source) const {
    const auto it = std::lower_bound(sources.begin(), sources.end(), source);
    if (it == sources.end() || *it != source) return {0, 0};
    const auto s = it - sources.begin();
    return {offsets[s], offsets[s + 1]};
}

void ConnectionTable::index_by_target(std::size_t num_points) {
    if (!by_target_offset.empty()) return;
    by_target_offset.assign(num_points + 1, 0);
    for (std::int32_t t : target) ++by_target_offset[t + 1];
    for (std::size_t p = 0; p < num_points; ++p) by_target_offset[p + 1] += by_target_offset[p];
    by_target.resize(target.size());
    auto next = by_target_offset;
    for (std::int64_t c = 0; c < size(); ++c) by_target[next[target[c]]++] = static_cast<std::int32_t>(c);
}

double ConnectionTable::bytes() const {
    return 8.0 * static_cast<double>(delay.capacity()) + 4.0 * static_cast<double>(target.capacity()) + numbers.bytes();
}

double ConnectionTable::source_bytes() const {
    return 8.0 * static_cast<double>(sources.capacity() + offsets.capacity());
}

}  // namespace ngv::neuron
