// The edges of one SONATA population: which edges end on my cells, and their columns. Only what is asked for is read.
//
//     ngv::EdgePopulation synapses(circuit.edge_population("cortex__cortex__chemical"));
//     auto mine = synapses.afferent(my_target_ids);             // edge ids, grouped by target
//     auto source = synapses.sources(mine.edges);
//     auto g = synapses.numbers("conductance", mine.edges);      // nS
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

/// Edges of some nodes: those of nodes[i] are edges[offsets[i] .. offsets[i+1]), ascending.
struct EdgeSelection {
    std::vector<std::int64_t> edges;
    std::vector<std::int64_t> offsets;
};

class EdgePopulation {
  public:
    EdgePopulation(const std::filesystem::path& file, const std::string& name,
                   const std::filesystem::path& types_file = {});
    explicit EdgePopulation(const EdgePopulationEntry& entry)
        : EdgePopulation(entry.file, entry.name, entry.types_file) {}

    const std::string& name() const;
    std::int64_t size() const;
    const std::string& source_population() const;
    const std::string& target_population() const;

    /// Edges that end on (start from) the given nodes. By the file's index (either spelling of its name); a file
    /// without index is scanned in blocks.
    EdgeSelection afferent(std::span<const std::int64_t> target_ids) const;
    EdgeSelection efferent(std::span<const std::int64_t> source_ids) const;

    std::vector<std::int64_t> sources(std::span<const std::int64_t> edges) const;
    std::vector<std::int64_t> targets(std::span<const std::int64_t> edges) const;

    bool has(const std::string& attribute) const;
    std::vector<std::string> attributes() const;
    bool is_text(const std::string& attribute) const;
    /// Columns of the given edges, in their order; HDF5 wins over the edge_types CSV. An edge without a value gets
    /// `fallback` or is a UserError.
    std::vector<double> numbers(const std::string& attribute, std::span<const std::int64_t> edges,
                                std::optional<double> fallback = {}) const;
    std::vector<std::int64_t> integers(const std::string& attribute, std::span<const std::int64_t> edges,
                                       std::optional<std::int64_t> fallback = {}) const;
    std::vector<std::string> texts(const std::string& attribute, std::span<const std::int64_t> edges,
                                   std::optional<std::string> fallback = {}) const;

    struct Impl;

  private:
    std::shared_ptr<const Impl> impl_;
};

}  // namespace ngv
