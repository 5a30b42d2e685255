#include "coupler/mapping/entries.hpp"

#include <algorithm>

#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

void sort(std::vector<Entry>& entries) {
    const auto before = [](const Entry& a, const Entry& b) {
        return a.target != b.target ? a.target < b.target : a.source < b.source;
    };
    if (!std::is_sorted(entries.begin(), entries.end(), before)) std::sort(entries.begin(), entries.end(), before);
}

std::vector<Entry> bring_home(MPI_Comm comm, const std::vector<Entry>& entries, const Directory& targets) {
    std::vector<std::int64_t> ids(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) ids[i] = entries[i].target;
    auto result = Routing(comm, targets.homes(ids)).forward(entries);
    sort(result);
    return result;
}

std::vector<Entry> transposed(MPI_Comm comm, const std::vector<Entry>& entries, const Directory& sources) {
    std::vector<Entry> turned(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
        turned[i] = {entries[i].source, entries[i].target, entries[i].value};
    return bring_home(comm, turned, sources);
}

void for_each_row(std::span<Entry> entries, const std::function<void(Entry*, Entry*)>& visit) {
    Entry* const end = entries.data() + entries.size();
    for (Entry* first = entries.data(); first != end;) {
        Entry* last = first;
        while (last != end && last->target == first->target) ++last;
        visit(first, last);
        first = last;
    }
}

void for_each_row(std::span<const Entry> entries, const std::function<void(const Entry*, const Entry*)>& visit) {
    for_each_row(std::span<Entry>(const_cast<Entry*>(entries.data()), entries.size()),
                 [&](Entry* first, Entry* last) { visit(first, last); });
}

void normalise_rows(std::span<Entry> entries) {
    for_each_row(entries, [](Entry* first, Entry* last) {
        double sum = 0;
        for (const Entry* e = first; e != last; ++e) sum += e->value;
        if (sum == 0) return;
        for (Entry* e = first; e != last; ++e) e->value /= sum;
    });
}

std::vector<double> row_sums(std::span<const Entry> entries, std::span<const std::int64_t> ids) {
    const IdIndex index(ids);
    std::vector<double> sums(ids.size(), 0.0);
    for (const auto& e : entries) sums[index.find(e.target)] += e.value;
    return sums;
}

std::vector<std::uint8_t> has_row(std::span<const Entry> entries, std::span<const std::int64_t> ids) {
    const IdIndex index(ids);
    std::vector<std::uint8_t> has(ids.size(), 0);
    for (const auto& e : entries) has[index.find(e.target)] = 1;
    return has;
}

}  // namespace ngv::mapping
