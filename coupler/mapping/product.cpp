#include "coupler/mapping/product.hpp"

#include <algorithm>

#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

// Where each row of sorted entries stands.
struct Rows {
    explicit Rows(const std::vector<Entry>& entries) : index({}) {
        for_each_row(std::span<const Entry>(entries), [&](const Entry* begin, const Entry* end) {
            ids.push_back(begin->target);
            rows.emplace_back(begin, end - begin);
        });
        index = IdIndex(ids);
    }
    std::span<const Entry> operator[](std::int64_t id) const {
        const auto at = index.find(id);
        return at < 0 ? std::span<const Entry>() : rows[at];
    }
    std::vector<std::int64_t> ids;
    std::vector<std::span<const Entry>> rows;
    IdIndex index;
};

// The rows of the elements `wanted`, wherever they are; sorted.
std::vector<Entry> fetch_rows(MPI_Comm comm, const std::vector<Entry>& entries, const Directory& homes,
                              const std::vector<std::int64_t>& wanted) {
    const Rows rows(entries);
    const Routing there(comm, homes.homes(wanted));
    const auto asked = there.forward(wanted);
    const auto askers = there.senders();
    std::vector<Entry> answers;
    std::vector<int> destination;
    for (std::size_t q = 0; q < asked.size(); ++q) {
        const auto row = rows[asked[q]];
        answers.insert(answers.end(), row.begin(), row.end());
        destination.insert(destination.end(), row.size(), askers[q]);
    }
    auto result = Routing(comm, destination).forward(answers);
    sort(result);
    return result;
}

}  // namespace

std::vector<Entry> product(MPI_Comm comm, const std::vector<Entry>& first, const std::vector<Entry>& second,
                           const Directory& middle) {
    std::vector<std::int64_t> wanted;
    for (const auto& e : second) wanted.push_back(e.source);
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    const auto fetched = fetch_rows(comm, first, middle, wanted);
    const Rows rows(fetched);

    std::vector<Entry> result, row;
    for_each_row(std::span<const Entry>(second), [&](const Entry* begin, const Entry* end) {
        row.clear();
        for (const Entry* e = begin; e != end; ++e)
            for (const auto& f : rows[e->source]) row.push_back({e->target, f.source, e->value * f.value});
        std::stable_sort(row.begin(), row.end(), [](const Entry& a, const Entry& b) { return a.source < b.source; });
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0 && row[i].source == row[i - 1].source)
                result.back().value += row[i].value;
            else
                result.push_back(row[i]);
        }
    });
    return result;
}

}  // namespace ngv::mapping
