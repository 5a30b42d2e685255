#include "solvers/rd/standalone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>

#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/rd/inputs.hpp"
#include "solvers/rd/membrane/stimulus.hpp"
#include "solvers/rd/mesh/quality.hpp"
#include "solvers/rd/output/checkpoint.hpp"
#include "solvers/rd/output/tissue_output.hpp"
#include "solvers/rd/simulation.hpp"
#include "solvers/rd/source.hpp"
#include "solvers/rd/summary.hpp"

namespace ngv::rd {

namespace {

void write_summary(const std::filesystem::path& file, const Config& config,
                   const std::vector<std::pair<std::string, double>>& numbers, int ranks, double seconds) {
    std::ofstream out(file);
    out << fmt::format("{{\n  \"name\": \"{}\",\n  \"status\": \"complete\",\n  \"ranks\": {},\n  \"wall_s\": {:.3f}",
                       config.text("name"), ranks, seconds);
    for (const auto& [key, value] : numbers) out << fmt::format(",\n  \"{}\": {:.17g}", key, value);
    out << "\n}\n";
    if (!out) throw UserError(Problem{file.string(), "cannot be written", ""});
}

// The next moment at which something enters, or the end.
Tick next_jump(const std::vector<Source>& sources, Tick now, Tick end) {
    Tick next = end;
    for (const auto& s : sources) {
        const Tick after = now < s.begin ? s.begin : s.begin + ((now - s.begin) / s.every + 1) * s.every;
        if (after < s.end) next = std::min(next, after);
    }
    return next;
}

}  // namespace

void run_standalone(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out) {
    const Timer timer;
    Mistakes mistakes;
    const Config config = Config::load(file, "rd_standalone", mistakes.list);
    const Model model = model_from(config, mistakes.list);
    std::vector<Source> sources;
    Stimuli stimuli;
    OutputOptions options;
    mistakes.attempt([&] { config.ticks("duration"); });
    mistakes.attempt([&] { sources = sources_from(config, model); });
    mistakes.attempt([&] { stimuli = stimuli_from(config, model); });
    mistakes.attempt([&] { options = output_options(config, model); });
    std::filesystem::path mesh_file;
    if (!mistakes.attempt([&] { mesh_file = config.path("mesh"); })) mistakes.throw_any();
    auto mesh = mesh_for(comm, mesh_file, config.quantity("mesh_unit", "um"), model, options.selections, mistakes);

    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    set_log_name("rd", rank);

    const MeshQuality mesh_quality = quality(mesh, comm);
    Simulation tissue(comm, std::move(mesh), model);
    report_mesh(tissue, mesh_quality, rank);
    std::vector<std::vector<double>> shares;
    for (const auto& s : sources) shares.push_back(s.shares(tissue.mesh(), comm));
    if (rank == 0) std::filesystem::create_directories(out);

    double unmet = 0.0;
    const Tick end = config.ticks("duration");
    std::vector<double> moles(tissue.num_owned());
    const Tick checkpoint_every = config.has("checkpoint_every") ? config.ticks("checkpoint_every") : 0;
    Tick begin = 0;
    if (!stimuli.empty()) stimuli.begin(*tissue.potential());  // before a checkpoint, which says how the solver stood
    if (config.has("restore")) begin = load_checkpoint(comm, config.path("restore"), tissue);
    if (begin >= end)
        throw config.error("restore", fmt::format("the checkpoint is of {} ms, where the run has ended", to_ms(begin)),
                           "give a longer `duration`");
    {
        TissueOutput output(comm, out, tissue, options, begin);
        for (Tick now = begin; now < end;) {
            for (std::size_t k = 0; k < sources.size(); ++k) {
                const double jump = sources[k].jump(now);
                if (jump == 0.0) continue;
                for (std::size_t i = 0; i < moles.size(); ++i) moles[i] = jump * shares[k][i];
                tissue.add(sources[k].species, moles, to_ms(now), [&](std::size_t, double mol) { unmet += mol; });
            }
            if (!stimuli.empty()) stimuli.apply(*tissue.potential(), now);
            Tick next = stimuli.next(now, next_jump(sources, now, end));
            if (checkpoint_every > 0) next = std::min(next, (now / checkpoint_every + 1) * checkpoint_every);
            tissue.advance(now, next);
            now = next;
            if (checkpoint_every > 0 && now % checkpoint_every == 0)
                save_checkpoint(comm, out / "checkpoint.h5", tissue, now);
        }
        output.close();
    }
    MPI_Allreduce(MPI_IN_PLACE, &unmet, 1, MPI_DOUBLE, MPI_SUM, comm);
    if (rank == 0 && unmet != 0.0) log_warning("sinks asked for {:.3g} mol more than there was", -unmet);

    const auto numbers = summary_of(tissue, mesh_quality);  // collective
    if (rank != 0) return;
    log_info("{} ms in {:.2f} s, results in {}", to_ms(end), timer.seconds(), out.string());
    write_summary(out / "summary.json", config, numbers, size, timer.seconds());
}

}  // namespace ngv::rd
