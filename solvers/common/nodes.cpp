#include "solvers/common/nodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/common/attribute_table.hpp"
#include "solvers/common/log.hpp"

namespace ngv {

struct NodePopulation::Impl {
    std::string name;
    std::string where;
    AttributeTable table;
    std::vector<std::int64_t> ids;                          // empty when ids are 0, 1, ..., size-1
    std::unordered_map<std::int64_t, std::int64_t> row_of;  // only with ids

    std::vector<std::int64_t> rows(std::span<const std::int64_t> node_ids) const {
        std::vector<std::int64_t> rows(node_ids.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto id = node_ids[i];
            if (ids.empty()) {
                if (id < 0 || id >= table.size()) throw unknown(id);
                rows[i] = id;
            } else {
                const auto it = row_of.find(id);
                if (it == row_of.end()) throw unknown(id);
                rows[i] = it->second;
            }
        }
        return rows;
    }

    UserError unknown(std::int64_t id) const {
        return UserError(Problem{where,
                                 fmt::format("there is no node {} in the population of {} nodes", id, table.size()),
                                 "are the files of the circuit from the same build?"});
    }
};

namespace {

std::vector<std::int64_t> iota(std::int64_t n) {
    std::vector<std::int64_t> v(static_cast<std::size_t>(n));
    std::iota(v.begin(), v.end(), 0);
    return v;
}

std::int64_t rows_of(const h5::Group& population) {
    for (const char* name : {"node_type_id", "node_id", "node_group_id"}) {
        if (population.has_dataset(name)) return population.dataset(name).rows();
    }
    if (population.has_group("0")) {
        const auto group = population.group("0");
        for (const auto& name : group.list()) {
            if (group.has_dataset(name)) return group.dataset(name).rows();
        }
    }
    throw UserError(Problem{population.where(), "the population has no 'node_type_id': its size is unknown", {}});
}

std::string name_in_file(const NodePopulationEntry& entry) {
    if (entry.type != "vasculature") return entry.name;
    const auto names = h5::File::open(entry.file).group("nodes").list();
    if (names.size() != 1 || names[0] == entry.name) return entry.name;
    log_warning("{}: the vasculature '{}' is called '{}' in {}", entry.where, entry.name, names[0],
                entry.file.string());
    return names[0];
}

}  // namespace

NodePopulation::NodePopulation(const std::filesystem::path& file, const std::string& name,
                               const std::filesystem::path& types_file) {
    const auto h5 = h5::File::open(file);
    const auto population = h5.group("nodes").group(name);
    auto types = types_file.empty() ? TypesTable() : TypesTable::load(types_file, "node_type_id");
    auto impl = std::make_shared<Impl>(Impl{
        name, population.where(), AttributeTable(population, "node", rows_of(population), std::move(types)), {}, {}});
    if (population.has_dataset("node_id")) {
        auto ids = population.dataset("node_id").read<std::int64_t>();
        if (static_cast<std::int64_t>(ids.size()) != impl->table.size()) {
            throw UserError(
                Problem{impl->where,
                        fmt::format("'node_id' has {} entries, the population {}", ids.size(), impl->table.size()),
                        {}});
        }
        if (ids != iota(impl->table.size())) {
            for (std::size_t i = 0; i < ids.size(); ++i) {
                if (!impl->row_of.emplace(ids[i], i).second)
                    throw UserError(Problem{impl->where, fmt::format("the node id {} stands twice", ids[i]), {}});
            }
            impl->ids = std::move(ids);
        }
    }
    impl_ = std::move(impl);
}

NodePopulation::NodePopulation(const NodePopulationEntry& entry)
    : NodePopulation(entry.file, name_in_file(entry), entry.types_file) {}

const std::string& NodePopulation::name() const {
    return impl_->name;
}
std::int64_t NodePopulation::size() const {
    return impl_->table.size();
}
std::vector<std::int64_t> NodePopulation::ids() const {
    return impl_->ids.empty() ? iota(size()) : impl_->ids;
}
bool NodePopulation::contains(std::int64_t id) const {
    return impl_->ids.empty() ? id >= 0 && id < size() : impl_->row_of.contains(id);
}
bool NodePopulation::has(const std::string& attribute) const {
    return impl_->table.has(attribute);
}
std::vector<std::string> NodePopulation::attributes() const {
    return impl_->table.attributes();
}
bool NodePopulation::is_text(const std::string& attribute) const {
    return impl_->table.is_text(attribute);
}

std::vector<double> NodePopulation::numbers(const std::string& attribute, std::span<const std::int64_t> node_ids,
                                            std::optional<double> fallback) const {
    return impl_->table.numbers(attribute, impl_->rows(node_ids), fallback);
}
std::vector<std::int64_t> NodePopulation::integers(const std::string& attribute, std::span<const std::int64_t> node_ids,
                                                   std::optional<std::int64_t> fallback) const {
    return impl_->table.integers(attribute, impl_->rows(node_ids), fallback);
}
std::vector<std::string> NodePopulation::texts(const std::string& attribute, std::span<const std::int64_t> node_ids,
                                               std::optional<std::string> fallback) const {
    return impl_->table.texts(attribute, impl_->rows(node_ids), std::move(fallback));
}
std::vector<double> NodePopulation::numbers(const std::string& attribute, std::optional<double> fallback) const {
    return impl_->table.numbers(attribute, iota(size()), fallback);
}
std::vector<std::int64_t> NodePopulation::integers(const std::string& attribute,
                                                   std::optional<std::int64_t> fallback) const {
    return impl_->table.integers(attribute, iota(size()), fallback);
}
std::vector<std::string> NodePopulation::texts(const std::string& attribute,
                                               std::optional<std::string> fallback) const {
    return impl_->table.texts(attribute, iota(size()), std::move(fallback));
}

std::vector<std::int64_t> share_of(std::span<const std::int64_t> ids, int rank, int size) {
    std::vector<std::int64_t> mine;
    for (std::size_t i = static_cast<std::size_t>(rank); i < ids.size(); i += static_cast<std::size_t>(size))
        mine.push_back(ids[i]);
    return mine;
}

}  // namespace ngv
