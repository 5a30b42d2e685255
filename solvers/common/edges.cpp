#include "solvers/common/edges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/common/attribute_table.hpp"

namespace ngv {

struct EdgePopulation::Impl {
    std::string name, source, target;
    h5::Group group;
    AttributeTable table;
};

namespace {

struct Index {
    h5::Dataset nodes, ranges;
};

// Allen's files call it node_id_to_range, the specification node_id_to_ranges.
std::optional<Index> find_index(const h5::Group& population, const std::string& direction) {
    const auto path = "indices/" + direction;
    if (!population.has_group(path)) return {};
    const auto group = population.group(path);
    if (!group.has_dataset("range_to_edge_id")) return {};
    for (const char* name : {"node_id_to_ranges", "node_id_to_range"}) {
        if (group.has_dataset(name)) return Index{group.dataset(name), group.dataset("range_to_edge_id")};
    }
    return {};
}

EdgeSelection by_index(const Index& index, std::span<const std::int64_t> nodes) {
    const auto indexed = index.nodes.rows();
    std::vector<std::int64_t> known;
    for (auto n : nodes) {
        if (n >= 0 && n < indexed) known.push_back(n);
    }
    const auto node_ranges = index.nodes.read_rows<std::int64_t>(known);
    std::vector<std::int64_t> range_rows, begins(nodes.size() + 1, 0);
    std::size_t k = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i] >= 0 && nodes[i] < indexed) {
            const auto begin = node_ranges[2 * k], end = node_ranges[2 * k + 1];
            ++k;
            if (begin >= 0) {
                for (auto r = begin; r < end; ++r) range_rows.push_back(r);
            }
        }
        begins[i + 1] = static_cast<std::int64_t>(range_rows.size());
    }
    const auto ranges = index.ranges.read_rows<std::int64_t>(range_rows);
    EdgeSelection selection;
    selection.offsets = {0};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto first = selection.edges.size();
        for (auto r = static_cast<std::size_t>(begins[i]); r < static_cast<std::size_t>(begins[i + 1]); ++r) {
            for (auto e = ranges[2 * r]; e < ranges[2 * r + 1]; ++e) selection.edges.push_back(e);
        }
        std::sort(selection.edges.begin() + static_cast<std::ptrdiff_t>(first), selection.edges.end());
        selection.offsets.push_back(static_cast<std::int64_t>(selection.edges.size()));
    }
    return selection;
}

EdgeSelection by_scan(const h5::Dataset& column, std::span<const std::int64_t> nodes) {
    std::unordered_map<std::int64_t, std::size_t> slot;
    for (std::size_t i = 0; i < nodes.size(); ++i) slot.emplace(nodes[i], i);
    std::vector<std::vector<std::int64_t>> found(nodes.size());
    const auto n = column.rows();
    constexpr std::int64_t block = 1 << 20;
    for (std::int64_t begin = 0; begin < n; begin += block) {
        const auto end = std::min(begin + block, n);
        const auto ids = column.read_range<std::int64_t>(begin, end);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (const auto it = slot.find(ids[i]); it != slot.end())
                found[it->second].push_back(begin + static_cast<std::int64_t>(i));
        }
    }
    EdgeSelection selection;
    selection.offsets = {0};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto& edges = found[slot.at(nodes[i])];  // a node asked for twice has its edges twice
        selection.edges.insert(selection.edges.end(), edges.begin(), edges.end());
        selection.offsets.push_back(static_cast<std::int64_t>(selection.edges.size()));
    }
    return selection;
}

EdgeSelection select(const h5::Group& population, const std::string& direction, const std::string& column,
                     std::span<const std::int64_t> nodes) {
    if (nodes.empty()) return {{}, {0}};
    if (const auto index = find_index(population, direction)) return by_index(*index, nodes);
    return by_scan(population.dataset(column), nodes);
}

std::string end_population(const h5::Group& population, const std::string& column) {
    const auto dataset = population.dataset(column);
    if (dataset.has_attribute("node_population")) return dataset.text_attribute("node_population");
    throw UserError(
        Problem{dataset.where(), "there is no attribute 'node_population': the nodes of these edges are unknown", {}});
}

}  // namespace

EdgePopulation::EdgePopulation(const std::filesystem::path& file, const std::string& name,
                               const std::filesystem::path& types_file) {
    const auto h5 = h5::File::open(file);
    auto group = h5.group("edges").group(name);
    const auto size = group.dataset("target_node_id").rows();
    if (const auto sources = group.dataset("source_node_id").rows(); sources != size) {
        throw UserError(Problem{group.where(), fmt::format("{} source ids and {} target ids", sources, size),
                                "the file is damaged; make it again"});
    }
    auto types = types_file.empty() ? TypesTable() : TypesTable::load(types_file, "edge_type_id");
    impl_ = std::make_shared<Impl>(Impl{name, end_population(group, "source_node_id"),
                                        end_population(group, "target_node_id"), group,
                                        AttributeTable(group, "edge", size, std::move(types))});
}

const std::string& EdgePopulation::name() const {
    return impl_->name;
}
std::int64_t EdgePopulation::size() const {
    return impl_->table.size();
}
const std::string& EdgePopulation::source_population() const {
    return impl_->source;
}
const std::string& EdgePopulation::target_population() const {
    return impl_->target;
}

EdgeSelection EdgePopulation::afferent(std::span<const std::int64_t> target_ids) const {
    return select(impl_->group, "target_to_source", "target_node_id", target_ids);
}
EdgeSelection EdgePopulation::efferent(std::span<const std::int64_t> source_ids) const {
    return select(impl_->group, "source_to_target", "source_node_id", source_ids);
}
std::vector<std::int64_t> EdgePopulation::sources(std::span<const std::int64_t> edges) const {
    return impl_->group.dataset("source_node_id").read_rows<std::int64_t>(edges);
}
std::vector<std::int64_t> EdgePopulation::targets(std::span<const std::int64_t> edges) const {
    return impl_->group.dataset("target_node_id").read_rows<std::int64_t>(edges);
}

bool EdgePopulation::has(const std::string& attribute) const {
    return impl_->table.has(attribute);
}
std::vector<std::string> EdgePopulation::attributes() const {
    return impl_->table.attributes();
}
bool EdgePopulation::is_text(const std::string& attribute) const {
    return impl_->table.is_text(attribute);
}
std::vector<double> EdgePopulation::numbers(const std::string& attribute, std::span<const std::int64_t> edges,
                                            std::optional<double> fallback) const {
    return impl_->table.numbers(attribute, edges, fallback);
}
std::vector<std::int64_t> EdgePopulation::integers(const std::string& attribute, std::span<const std::int64_t> edges,
                                                   std::optional<std::int64_t> fallback) const {
    return impl_->table.integers(attribute, edges, fallback);
}
std::vector<std::string> EdgePopulation::texts(const std::string& attribute, std::span<const std::int64_t> edges,
                                               std::optional<std::string> fallback) const {
    return impl_->table.texts(attribute, edges, std::move(fallback));
}

}  // namespace ngv
