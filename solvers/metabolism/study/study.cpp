#include "solvers/metabolism/study/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>

#include "coupler/config/units.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/common/rng.hpp"
#include "solvers/metabolism/cells/checkpoint.hpp"
#include "solvers/metabolism/coupled/census.hpp"
#include "solvers/metabolism/coupled/settings.hpp"
#include "solvers/metabolism/output/cell_reports.hpp"
#include "solvers/metabolism/output/set_aside_file.hpp"
#include "solvers/metabolism/sbml/model.hpp"

namespace ngv::metabolism {

namespace {

struct Phase {
    Tick end;
    std::map<std::string, Formula> inputs;
};

std::vector<Phase> read_phases(const Config& study) {
    std::vector<Phase> phases;
    Tick last = 0;
    for (const auto& config : study.list("phases")) {
        Phase phase{config.ticks("until"), {}};
        if (phase.end <= last) throw config.error("until", "is not later than the end of the phase before");
        last = phase.end;
        const Config inputs = config["inputs"];
        for (const auto& name : inputs.keys()) phase.inputs[name] = {inputs.text(name), inputs.where(name)};
        phases.push_back(std::move(phase));
    }
    if (phases.empty()) throw study.error("phases", "is empty", "name at least one: [{until: 10 s}]");
    return phases;
}

/// A number that differs between cells.
struct Deviation {
    std::string name;
    double largest;  ///< relative
    bool is_state;
};

std::vector<Deviation> read_perturbations(const Config& perturb, const ModelFile& model) {
    std::vector<Deviation> result;
    for (const auto& name : perturb.keys()) {
        const auto has = [&](const auto& list) {
            return std::any_of(list.begin(), list.end(), [&](const auto& item) { return item.first == name; });
        };
        if (!has(model.parameters) && !has(model.states)) {
            std::vector<std::string> known;
            for (const auto& [k, _] : model.parameters) known.push_back(k);
            for (const auto& [k, _] : model.states) known.push_back(k);
            throw perturb.error(name, "the model has no parameter or state of this name", did_you_mean(name, known));
        }
        result.push_back({name, perturb.quantity(name, "1"), has(model.states)});
    }
    return result;
}

/// Uniform between -1 and 1, for one cell and quantity; 0 for cell 0.
double deviate(std::uint64_t seed, const std::string& name, std::int64_t cell) {
    return cell == 0 ? 0 : Random(seed, purpose(name), cell).uniform(-1, 1);
}

class Csv {
  public:
    Csv(const std::filesystem::path& file, const OdeSystem& system, const std::vector<std::string>& names)
        : out_(file) {
        if (!out_) throw UserError({file.string(), "cannot be written", "check the folder and its permissions"});
        out_ << "t";
        for (const auto& q : system.observe(names).quantities)
            out_ << ',' << q.name << (q.unit.empty() || q.unit == "1" ? "" : " [" + q.unit + "]");
        out_ << '\n';
    }
    void write(double time, const std::vector<double>& values, std::size_t count) {
        out_ << fmt::format("{:.9g}", time);
        for (std::size_t i = 0; i < count; ++i) out_ << fmt::format(",{:.12g}", values[i]);
        out_ << '\n';
    }

  private:
    std::ofstream out_;
};

class Study {
  public:
    Study(MPI_Comm comm, const Config& config, const std::filesystem::path& out)
        : comm_(comm),
          config_(config),
          out_(out),
          sbml_(read_sbml(config)),
          model_(sbml_ ? sbml_->as_file()
                       : ModelFile::shipped_or_file(config.text("model"), config.file().parent_path())) {
        MPI_Comm_rank(comm, &rank_);
        int size = 1;
        MPI_Comm_size(comm, &size);
        options_.variant = config.text("variant");
        options_.parameters = read_parameters(config["parameters"], model_);
        perturbations_ = read_perturbations(config["perturb"], model_);
        for (const auto& p : perturbations_)
            if (!p.is_state) options_.per_cell.push_back(p.name);
        cell_options_ = read_cell_options(config, model_);
        cell_options_.comm = comm;
        std::vector<std::int64_t> ids;
        for (std::int64_t i = 0; i < config.integer("cells"); ++i) ids.push_back(cell_id(0, i));
        ids_ = block_of(ids, rank_, size);
        cell_options_.describe = [](std::int64_t id) { return fmt::format("cell {}", node_of(id)); };
        phases_ = read_phases(config);
        every_ = config.ticks("report_every");
        if (every_ <= 0) throw config.error("report_every", "must be longer than 0");
        double begin_s = 0;
        for (auto& phase : phases_) {
            systems_.push_back(sbml_ ? std::make_unique<OdeSystem>(sbml_->parts())
                                     : std::make_unique<OdeSystem>(model_, with(phase.inputs)));
            if (sbml_ && !phase.inputs.empty())
                throw UserError({phase.inputs.begin()->second.where, "an SBML model has no inputs",
                                 "its rules say what changes with time"});
            const double end_s = to_ms(phase.end) * 1e-3;
            compile_if_worth(*systems_.back(), config.text("compile"),
                             static_cast<double>(config.integer("cells")) * (end_s - begin_s));
            begin_s = end_s;
        }
        names_ = config.texts("reports");
        if (names_ == std::vector<std::string>{"all"}) {
            names_.clear();
            for (std::size_t i = 0; i < systems_[0]->num_states(); ++i)
                names_.push_back(systems_[0]->integrated()[i].name);
        }
    }

    StudyResult run() {
        Timer timer;
        std::filesystem::create_directories(out_);
        cell_options_.on_failure = set_aside_writer(out_, rank_, *systems_[0]);
        cells_ = std::make_unique<Cells>(*systems_[0], ids_, cell_options_);
        set_start();
        Tick now = 0;
        std::size_t first = 0;
        if (config_.has("start_from")) {
            now = read_checkpoint(comm_, config_.path("start_from"), *cells_);
            while (first + 1 < phases_.size() && phases_[first].end <= now) ++first;
            if (first > 0) enter(first, now > phases_[first - 1].end);
        }
        Frames frames(*this, now);
        frames.write(*cells_, to_ms(now) * 1e-3);
        std::int64_t steps = 0, retries = 0;
        for (std::size_t p = first; p < phases_.size(); ++p) {
            if (p > first) enter(p, false);
            for (; now < phases_[p].end;) {
                const Tick next = std::min(phases_[p].end, (now / every_ + 1) * every_);
                cells_->advance(to_ms(now) * 1e-3, to_ms(next - now) * 1e-3);
                if (next % every_ == 0) frames.write(*cells_, to_ms(next) * 1e-3);
                now = next;
            }
            steps += cells_->steps();
            retries += cells_->retries();
        }
        frames.close();
        if (config_.has("checkpoint")) write_checkpoint(comm_, config_.path("checkpoint"), *cells_, now);
        std::array<std::int64_t, 2> sums{steps, retries};
        MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_INT64_T, MPI_SUM, comm_);
        return {config_.integer("cells"), sums[0], sums[1], to_ms(now) * 1e-3, timer.seconds()};
    }

  private:
    /// Report files stay open over all phases; the values come from the cells of the present phase.
    class Frames {
      public:
        Frames(Study& study, Tick begin) : study_(study) {
            std::vector<ReportColumn> columns;
            for (const auto id : study.ids_) columns.push_back({node_of(id), 0});
            const auto shown = study.systems_[0]->observe(study.names_);
            for (const auto& q : shown.quantities)
                files_.emplace_back(study.comm_, study.out_ / (q.name + ".h5"),
                                    ReportOptions{.population = "cells",
                                                  .unit = q.unit,
                                                  .start_ms = to_ms(begin),
                                                  .dt_ms = to_ms(study.every_),
                                                  .float64 = true},
                                    columns);
            if (!study.ids_.empty() && node_of(study.ids_.front()) == 0 && study.config_.flag("csv"))
                csv_.emplace(study.out_ / "trajectory.csv", *study.systems_[0], study.names_);
        }
        void write(const Cells& cells, double time_s) {
            const auto shown = cells.system().observe(study_.names_);
            const auto values = cells.observe(shown, time_s);
            const std::size_t n = study_.names_.size();
            std::vector<double> frame(cells.size());
            for (std::size_t q = 0; q < n; ++q) {
                for (std::size_t i = 0; i < cells.size(); ++i) frame[i] = values[i * n + q];
                files_[q].write(frame);
            }
            if (csv_) csv_->write(time_s, values, n);
        }
        void close() {
            for (auto& file : files_) file.close();
        }

      private:
        Study& study_;
        std::vector<SonataReport> files_;
        std::optional<Csv> csv_;
    };

    /// The model, if it is one in SBML.
    static std::optional<SbmlModel> read_sbml(const Config& config) {
        const std::filesystem::path file = config.file().parent_path() / config.text("model");
        if (!is_sbml(file)) return {};
        auto model = SbmlModel::load(file);
        if (!model.delays.empty())
            throw config.error("model", "has delays, which cells side by side do not carry out", "use `ngv sbml run`");
        if (!model.events.empty())
            throw config.error("model", "has events, which cells side by side do not carry out",
                               "simulate it by itself: ngv sbml run " + file.string());
        return model;
    }

    OdeOptions with(const std::map<std::string, Formula>& inputs) const {
        OdeOptions options = options_;
        options.inputs = inputs;
        return options;
    }

    void set_parameters(Cells& cells) const {
        const auto seed = static_cast<std::uint64_t>(config_.integer("seed"));
        for (const auto& p : perturbations_) {
            if (p.is_state) continue;
            const std::size_t at = cells.system().input(p.name);
            for (std::size_t i = 0; i < cells.size(); ++i)
                cells.input(at, i) *= 1 + p.largest * deviate(seed, p.name, node_of(ids_[i]));
        }
    }

    void set_start() {
        const auto seed = static_cast<std::uint64_t>(config_.integer("seed"));
        const Config start = config_["start"];
        for (const auto& name : start.keys()) {
            const std::size_t at = systems_[0]->state(name);
            for (std::size_t i = 0; i < cells_->size(); ++i)
                cells_->value(at, i) = start.quantity(name, systems_[0]->integrated()[at].unit);
        }
        for (const auto& p : perturbations_) {
            if (!p.is_state) continue;
            const std::size_t at = systems_[0]->state(p.name);
            for (std::size_t i = 0; i < cells_->size(); ++i)
                cells_->value(at, i) *= 1 + p.largest * deviate(seed, p.name, node_of(ids_[i]));
        }
        set_parameters(*cells_);
    }

    /// The cells go on with the equations of phase `p`; in the middle of it with the step that they had.
    void enter(std::size_t p, bool in_the_middle) {
        auto next = std::make_unique<Cells>(*systems_[p], ids_, cell_options_);
        next->go_on_from(*cells_);
        for (std::size_t i = 0; in_the_middle && i < cells_->size(); ++i)
            next->restore(i, {&cells_->value(0, i), cells_->system().size()}, cells_->next_step(i),
                          cells_->is_set_aside(i));
        set_parameters(*next);
        cells_ = std::move(next);
    }

    MPI_Comm comm_;
    const Config& config_;
    std::filesystem::path out_;
    std::optional<SbmlModel> sbml_;
    ModelFile model_;
    OdeOptions options_;
    CellOptions cell_options_;
    std::vector<Deviation> perturbations_;
    std::vector<Phase> phases_;
    std::vector<std::unique_ptr<OdeSystem>> systems_;  ///< one a phase
    std::vector<std::int64_t> ids_;
    std::vector<std::string> names_;
    std::unique_ptr<Cells> cells_;
    Tick every_ = 0;
    int rank_ = 0;
};

}  // namespace

StudyResult run_study(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const Config config = Config::load(file, "metabolism_standalone");
    const auto result = Study(comm, config, out).run();
    if (rank == 0) {
        std::ofstream json(out / "summary.json");
        json << fmt::format(
            "{{\"model\": \"{}\", \"cells\": {}, \"simulated_s\": {}, \"steps\": {}, \"windows_taken_again\": {}, "
            "\"wall_s\": {:.3f}, \"peak_memory_bytes\": {}}}\n",
            config.text("model"), result.cells, result.simulated_s, result.steps, result.retries, result.wall_s,
            peak_memory_bytes());
    }
    return result;
}

}  // namespace ngv::metabolism
