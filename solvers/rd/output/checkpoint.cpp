#include "solvers/rd/output/checkpoint.hpp"

#include <fmt/format.h>

#include <numeric>
#include <type_traits>

#include "ngv/error.hpp"
#include "solvers/common/appendable.hpp"
#include "solvers/common/global_order.hpp"
#include "solvers/common/hdf5.hpp"

namespace ngv::rd {

namespace {

constexpr int version = 2;

struct Orders {  // places of what this rank has among what all ranks have
    std::vector<std::int64_t> cells, faces, vertices;
};

std::vector<std::int64_t> positions(MPI_Comm comm, const std::vector<OrderKey>& keys, bool merged) {
    return merged ? global_positions_merged(comm, keys) : global_positions(comm, keys);
}

Orders orders_of(MPI_Comm comm, const Simulation& tissue) {
    std::vector<OrderKey> faces, vertices;
    for (const auto& f : tissue.regions().faces) faces.push_back({f.patch, f.triangle});
    if (const auto* potential = tissue.potential())
        for (std::size_t k = 0; k < potential->at_vertices().size(); ++k)
            vertices.push_back({potential->node(static_cast<std::int32_t>(k)), 0});
    const auto& ids = tissue.mesh().ids;
    return {{ids.begin(), ids.begin() + tissue.mesh().num_owned},
            positions(comm, faces, false),
            positions(comm, vertices, true)};
}

std::vector<std::string> names(const Simulation& tissue, bool on_surfaces) {
    std::vector<std::string> result;
    if (on_surfaces)
        for (const int s : tissue.surface_species().species) result.push_back(tissue.model().species[s].name);
    else
        for (const auto& s : tissue.model().species) result.push_back(s.name);
    return result;
}

std::vector<double> summed(MPI_Comm comm, std::vector<double> x) {
    MPI_Allreduce(MPI_IN_PLACE, x.data(), static_cast<int>(x.size()), MPI_DOUBLE, MPI_SUM, comm);
    return x;
}

class Writer {
  public:
    Writer(MPI_Comm comm, const h5::File& file) : comm_(comm), file_(file) {
        int size = 1;
        MPI_Comm_size(comm, &size);
        parallel_ = size > 1;
    }
    template <class T>
    void rows(const std::string& path, const std::vector<std::int64_t>& places, const std::vector<T>& values,
              int width) const {
        const BlockExchange exchange(comm_, places);
        if (width == 0 || exchange.total() == 0) return;
        const auto block = exchange.gather(std::span<const T>(values), width);
        write_blocks(file_, parallel_, path, std::is_same_v<T, double> ? H5T_IEEE_F64LE : H5T_STD_I64LE,
                     {exchange.total(), width}, exchange.block_begin(), std::span<const T>(block));
    }
    template <class T>
    void whole(const std::string& path, const std::vector<T>& values) const {
        if (!values.empty()) file_.write(path, values);
    }

  private:
    MPI_Comm comm_;
    const h5::File& file_;
    bool parallel_ = false;
};

template <class T = double>
std::vector<T> read_rows(const h5::File& file, const std::string& path, const std::vector<std::int64_t>& rows,
                         std::size_t width) {
    if (rows.empty() || width == 0) return {};
    auto values = file.dataset(path).template read_rows<T>(rows);
    if (values.size() != rows.size() * width)
        throw UserError(Problem{file.where(), fmt::format("'{}' has rows of another width", path),
                                "continue with the model that wrote it"});
    return values;
}

}  // namespace

void save_checkpoint(MPI_Comm comm, const std::filesystem::path& file, const Simulation& tissue, Tick now) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const Snapshot s = tissue.snapshot();
    const Orders orders = orders_of(comm, tissue);
    const auto beside = std::filesystem::path(file.string() + ".part");
    auto out = h5::File::create(beside, comm);
    const Writer writer(comm, out);
    out.set_attribute("version", version);
    out.set_attribute("time", now);
    out.set_attribute("tetrahedra", tissue.mesh().num_global);
    out.set_attribute("steps", s.steps);
    out.set_attribute("refused", s.refused);
    out.set_attribute("adaptive_step", s.adaptive_step);
    out.set_attribute("next_change", static_cast<std::int64_t>(s.next_change));
    out.set_attribute("started", static_cast<std::int64_t>(s.started));
    const auto listed = [](const std::vector<std::string>& list) {
        std::string text;
        for (const auto& name : list) text += name + "\n";
        return text;
    };
    out.set_attribute("species", listed(names(tissue, false)));
    out.set_attribute("surface_species", listed(names(tissue, true)));
    const int ns = tissue.model().num_species();
    writer.rows("/concentrations", orders.cells, s.concentrations, ns);
    writer.rows("/densities", orders.faces, s.densities, static_cast<int>(tissue.surface_species().size()));
    writer.rows("/charge", orders.faces, s.charge, 1);
    writer.rows("/potential", orders.vertices, s.potential, 1);
    out.set_attribute("potential_dt", s.kept.dt);
    out.set_attribute("potential_iterations", s.kept.iterations);
    if (s.kept.dt > 0.0) writer.rows("/potential_diagonal", orders.vertices, s.kept.diagonal, 1);
    std::vector<double> budget(s.start);
    budget.insert(budget.end(), s.added.begin(), s.added.end());
    budget.insert(budget.end(), s.removed.begin(), s.removed.end());
    writer.whole("/budget", summed(comm, std::move(budget)));
    writer.whole("/extents", summed(comm, s.extents));
    if (tissue.model().has_stochastic()) {
        writer.rows("/molecules", orders.cells, s.molecules.tetrahedra, 2 + ns);
        writer.rows("/surface_molecules", orders.faces, s.molecules.triangles, 2 + ns);
        writer.whole("/stochastic", s.molecules.common);
    }
    out.close();
    if (rank == 0) std::filesystem::rename(beside, file);
    MPI_Barrier(comm);
}

Tick load_checkpoint(MPI_Comm comm, const std::filesystem::path& file, Simulation& tissue) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const auto in = h5::File::open(file);
    const auto number = [&](const char* name) { return static_cast<std::int64_t>(in.number_attribute(name)); };
    const auto expect = [&](bool same, const std::string& what) {
        if (!same)
            throw UserError(
                Problem{file.string(), "is a checkpoint of " + what, "continue with the model that wrote it"});
    };
    expect(in.has_attribute("version") && number("version") == version, "another version of this program");
    expect(number("tetrahedra") == tissue.mesh().num_global,
           fmt::format("a mesh of {} tetrahedra, and this one has {}", number("tetrahedra"), tissue.mesh().num_global));
    for (const bool on_surfaces : {false, true}) {
        std::string text;
        for (const auto& name : names(tissue, on_surfaces)) text += name + "\n";
        expect(in.text_attribute(on_surfaces ? "surface_species" : "species") == text, "other species");
    }
    const Orders orders = orders_of(comm, tissue);
    const auto ns = static_cast<std::size_t>(tissue.model().num_species());
    Snapshot s = tissue.snapshot();
    s.concentrations = read_rows(in, "/concentrations", orders.cells, ns);
    s.densities = read_rows(in, "/densities", orders.faces, tissue.surface_species().size());
    s.charge = read_rows(in, "/charge", orders.faces, 1);
    s.potential = read_rows(in, "/potential", orders.vertices, 1);
    s.kept = {{}, in.number_attribute("potential_dt"), number("potential_iterations")};
    if (s.kept.dt > 0.0) s.kept.diagonal = read_rows(in, "/potential_diagonal", orders.vertices, 1);
    const auto budget = in.dataset("/budget").read<double>();
    expect(budget.size() == 3 * ns, "other species");
    // Sums over all ranks stand on the first.
    for (std::size_t k = 0; k < ns; ++k) {
        s.start[k] = rank == 0 ? budget[k] : 0.0;
        s.added[k] = rank == 0 ? budget[ns + k] : 0.0;
        s.removed[k] = rank == 0 ? budget[2 * ns + k] : 0.0;
    }
    if (!s.extents.empty()) {
        const auto extents = in.dataset("/extents").read<double>();
        expect(extents.size() == s.extents.size(), "other reactions");
        for (std::size_t k = 0; k < extents.size(); ++k) s.extents[k] = rank == 0 ? extents[k] : 0.0;
    }
    s.started = number("started") != 0;
    s.steps = number("steps");
    s.refused = number("refused");
    s.adaptive_step = number("adaptive_step");
    s.next_change = static_cast<std::size_t>(number("next_change"));
    if (tissue.model().has_stochastic()) {
        s.molecules.tetrahedra = read_rows<std::int64_t>(in, "/molecules", orders.cells, 2 + ns);
        s.molecules.triangles = read_rows<std::int64_t>(in, "/surface_molecules", orders.faces, 2 + ns);
        auto common = in.dataset("/stochastic").read<std::int64_t>();
        expect(common.size() == s.molecules.common.size(), "other reactions");
        s.molecules.common = std::move(common);
    }
    const Tick now = number("time");
    tissue.restore(s);
    return now;
}

}  // namespace ngv::rd
