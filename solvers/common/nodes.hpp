// The nodes of one SONATA population: attributes by column, for all nodes or the ones asked for.
//
//     ngv::NodePopulation cells(circuit.node_population("cortex"));
//     auto mine = ngv::share_of(cells.ids(), rank, size);
//     auto x = cells.numbers("x", mine);                       // um
//     auto morphology = cells.texts("morphology", mine);       // @library enumerations are resolved
//     auto holding = cells.numbers("dynamics_params/holding_current", mine);
//
// A column of the HDF5 file wins over the node_types CSV; groups (0, 1, ...) and sparse node_id columns are handled.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"

namespace ngv {

class NodePopulation {
  public:
    NodePopulation(const std::filesystem::path& file, const std::string& name,
                   const std::filesystem::path& types_file = {});
    /// A vasculature file with one population under another name is accepted, as published circuits have it; a warning
    /// is logged.
    explicit NodePopulation(const NodePopulationEntry& entry);

    const std::string& name() const;
    std::int64_t size() const;
    std::vector<std::int64_t> ids() const;  ///< node ids in file order: 0..size-1 unless the file has a node_id column
    bool contains(std::int64_t node_id) const;

    bool has(
        const std::string& attribute) const;  ///< in any group or in the CSV; "dynamics_params/x" for the nested ones
    std::vector<std::string> attributes() const;  ///< sorted
    bool is_text(const std::string& attribute) const;

    /// Values for the given nodes, in their order. A node without a value (no column, CSV "NULL") gets `fallback`, or
    /// is a UserError that names the attribute, the node and the nearest attribute.
    std::vector<double> numbers(const std::string& attribute, std::span<const std::int64_t> node_ids,
                                std::optional<double> fallback = {}) const;
    std::vector<std::int64_t> integers(const std::string& attribute, std::span<const std::int64_t> node_ids,
                                       std::optional<std::int64_t> fallback = {}) const;
    std::vector<std::string> texts(const std::string& attribute, std::span<const std::int64_t> node_ids,
                                   std::optional<std::string> fallback = {}) const;
    /// The same for all nodes, in file order.
    std::vector<double> numbers(const std::string& attribute, std::optional<double> fallback = {}) const;
    std::vector<std::int64_t> integers(const std::string& attribute, std::optional<std::int64_t> fallback = {}) const;
    std::vector<std::string> texts(const std::string& attribute, std::optional<std::string> fallback = {}) const;

    struct Impl;

  private:
    std::shared_ptr<const Impl> impl_;
};

/// The nodes of rank `rank` when `ids` are dealt out round-robin (the same for every population and program).
std::vector<std::int64_t> share_of(std::span<const std::int64_t> ids, int rank, int size);

}  // namespace ngv
