#include "solvers/rd/join.hpp"

#include <fmt/format.h>

#include <ngv/participant.hpp>

#include "coupler/config/config.hpp"
#include "solvers/common/log.hpp"
#include "solvers/rd/inputs.hpp"
#include "solvers/rd/mesh/intersect.hpp"
#include "solvers/rd/mesh/quality.hpp"
#include "solvers/rd/output/checkpoint.hpp"
#include "solvers/rd/output/tissue_output.hpp"
#include "solvers/rd/simulation.hpp"
#include "solvers/rd/summary.hpp"

namespace ngv::rd {

namespace {

ElementSet tetrahedra(const Simulation& tissue) {
    const LocalMesh& mesh = tissue.mesh();
    const auto n = tissue.num_owned();
    ElementSet set = element_set_of(mesh);
    std::vector<double> extracellular(n);
    for (std::size_t i = 0; i < n; ++i) extracellular[i] = tissue.extracellular_volume(i);
    set.measures["volume"] = {"um3", std::vector<double>(mesh.volumes.begin(), mesh.volumes.begin() + mesh.num_owned)};
    set.measures["extracellular_volume"] = {"um3", std::move(extracellular)};
    return set;
}

// The interface of one species. A pool's own change is the difference between two states of this solver, so it is
// consistent to rounding with what the tetrahedra hold: held at the end = held at the start + arrived + own change.
struct Link {
    int species;
    Field* pool = nullptr;
    Field* amount = nullptr;
    Field* state = nullptr;
};

std::vector<Link> declare(Participant& self, const Model& model) {
    std::vector<Link> links;
    for (int s = 0; s < model.num_species(); ++s) {
        const Species& species = model.species[s];
        Link link{.species = s};
        if (!species.pool.empty())
            link.pool = &self.pool({.name = species.pool,
                                    .set = "tetrahedra",
                                    .kind = Kind::pool,
                                    .unit = "mol",
                                    .description = species.name + " outside cells"},
                                   Role::keeper);
        if (!species.amount.empty())
            link.amount = &self.input({.name = species.amount,
                                       .set = "tetrahedra",
                                       .kind = Kind::amount,
                                       .unit = "mol",
                                       .description = "release of " + species.name});
        if (!species.state.empty())
            link.state = &self.output({.name = species.state,
                                       .set = "tetrahedra",
                                       .kind = Kind::state,
                                       .unit = "mM",
                                       .description = "concentration of " + species.name});
        links.push_back(link);
    }
    return links;
}

// Pools of no link have no partner: they receive nothing, and nobody wants their changes.
bool live(const Field* field) {
    return field && field->connected();
}

void receive(Simulation& tissue, const std::vector<Link>& links, double time_ms) {
    for (const auto& link : links)
        for (Field* field : {link.pool, link.amount})
            if (live(field))
                tissue.add(link.species, field->in(), time_ms,
                           [&](std::size_t i, double mol) { field->carry_over(i, mol); });
}

void set_states(const Simulation& tissue, const std::vector<Link>& links) {
    for (const auto& link : links) {
        if (!live(link.state)) continue;
        const auto out = link.state->out();
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = tissue.concentration(i, link.species);
    }
}

void run(Participant& self, const Config& scenario) {
    set_log_name(self.name(), self.rank());
    const Config config = scenario["participants"]["rd"];
    Mistakes mistakes;
    const Model model = model_from(config, mistakes.list);
    OutputOptions options;
    mistakes.attempt([&] { options = output_options(config, model); });
    auto mesh = mesh_for(self.comm(), mesh_file_of(scenario), config.quantity("mesh_unit", "um"), model,
                         options.selections, mistakes);
    const MeshQuality mesh_quality = quality(mesh, self.comm());
    Simulation tissue(self.comm(), std::move(mesh), model);
    report_mesh(tissue, mesh_quality, self.rank());

    self.add(tetrahedra(tissue));
    const auto links = declare(self, model);
    Tick now = 0;
    self.keep_state([&](const auto& file) { save_checkpoint(self.comm(), file, tissue, now); },
                    [&](const auto& file) { now = load_checkpoint(self.comm(), file, tissue); });
    self.start();

    for (const auto& link : links)
        if (live(link.pool))
            for (std::size_t i = 0; i < tissue.num_owned(); ++i)
                link.pool->initial_out()[i] = tissue.concentration(i, link.species);
    set_states(tissue, links);

    options.frame_at_begin = self.begin() == 0;
    TissueOutput output(self.comm(), self.results(), tissue, options, self.begin());
    while (const auto window = self.next_window()) {
        receive(tissue, links, window->begin_ms());
        const auto before = tissue.concentrations();
        tissue.advance(window->begin, window->end);
        now = window->end;
        for (const auto& link : links) {
            if (!live(link.pool)) continue;
            const auto out = link.pool->out();
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] += mol_per_mM_um3 * tissue.extracellular_volume(i) *
                          (tissue.concentration(i, link.species) - before[i * links.size() + link.species]);
        }
        set_states(tissue, links);
    }
    receive(tissue, links, to_ms(self.duration()));  // what arrived with the last exchange
    output.close();
    for (const auto& [key, value] : summary_of(tissue, mesh_quality)) self.summary(key, value);
}

}  // namespace

int run_coupled(int argc, char** argv, const std::filesystem::path& file) {
    const Config scenario = Config::load(file, "scenario");
    return run_participant(argc, argv, "rd", scenario.digest(), [&](Participant& self) { run(self, scenario); });
}

}  // namespace ngv::rd
