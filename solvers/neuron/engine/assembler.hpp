// EngineBuilder -> Simulation, in the order of these steps: cells into groups, mechanisms and ions into sets, then everything that
// points into them, connections, gap junctions, and the length of an epoch.
#pragma once

#include <map>

#include "solvers/neuron/engine/builder_impl.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

/// Variables that somebody outside the mechanisms looks at: columns by mechanism, and the plain names.
struct Wanted {
    std::vector<std::vector<char>> columns;
    std::set<std::string> names;
    explicit Wanted(const EngineBuilder::Impl& from);
};

class Assembler {
  public:
    Assembler(EngineBuilder::Impl& from, Simulation::Impl& to) : from_(from), to_(to), wanted_(from) {}
    void cells();
    void sets();
    void own_streams();
    void attachments();
    void connections();
    void transfers();
    void times();

  private:
    /// Sources that fire on some rank, sorted.
    std::vector<std::int64_t> simulated_sources() const;
    struct DensityEntry {
        std::int32_t node;
        int density, index;
    };
    struct Densities {
        std::vector<const Blueprint::Density*> parts;
        std::vector<DensityEntry> entries;
        std::vector<int> cell;  ///< of each part
    };
    std::map<int, Densities> densities_of(const std::vector<const CellPlace*>& cells) const;
    void add_density(Group& g, int number, Densities& all);
    void add_points(Group& g, int number, std::vector<int> mine);
    std::pair<MechanismSet*, std::int64_t> locate(Point point, std::int64_t gid, int node, int mechanism);
    Group& group_of(const Probe& p);
    void make_diffusion(Group& g);
    void check_override(std::int64_t gid, const EngineBuilder::Impl::Override& o);
    void complete_pointer(MechanismSet& set, int p, std::int64_t instance);
    static inline double nowhere_ = 0;
    EngineBuilder::Impl& from_;
    Simulation::Impl& to_;
    Wanted wanted_;
    std::vector<std::vector<const CellPlace*>> cells_of_group_;
    std::vector<std::vector<int>> points_of_group_;
};

}  // namespace ngv::neuron
