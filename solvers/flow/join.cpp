#include "solvers/flow/join.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <ngv/participant.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "coupler/config/config.hpp"
#include "solvers/common/log.hpp"
#include "solvers/flow/model/carried_blood.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "solvers/flow/options.hpp"
#include "solvers/flow/output/checkpoint.hpp"
#include "solvers/flow/output/statistics.hpp"
#include "solvers/flow/output/vessel_output.hpp"
#include "solvers/flow/standalone.hpp"
#include "solvers/flow/supply/supply_account.hpp"

namespace ngv::flow {

namespace {

ElementSet vessel_set(const Vessels& v) {
    ElementSet set{.name = "vessels", .geometry = Geometry::lines, .ids = v.id, .coordinates = v.ends};
    set.piece_offsets.resize(v.size() + 1);
    std::iota(set.piece_offsets.begin(), set.piece_offsets.end(), std::int64_t{0});
    set.measures["length"] = {"um", v.length};
    return set;
}

void log_network(const FlowModel& model, const std::string& population) {
    log_info("population {}:", population);
    for (const auto& line : model.summary().lines()) log_info("{}", line);
    for (const auto& line : model.boundary().summary().lines()) log_info("{}", line);
    const auto& tissue = model.territories();
    log_info("{:.4g} um3 of tissue, fed by {} {}", tissue.tissue_volume(), tissue.num_exchange(),
             tissue.capillaries_found() ? "capillaries" : "vessels of every type, as there are no capillaries");
}

// Takes the consumption of the window past, with the flow that fed it, and says when more was taken than the blood
// brought.
void account(SupplyAccount& supply, const Field& consumed, const FlowModel& model, double now_ms, bool speak) {
    if (!consumed.fresh()) return;
    const bool before = supply.latest_extraction() > 1.0;
    supply.add(consumed.in(), model.component_inflow(), consumed.span_ms());
    if (speak && supply.latest_extraction() > 1.0 && !before)
        log_warning(
            "until {} ms the tissue took {:.3g} times the {} that the blood brought to the vessels joined with "
            "junction {}",
            now_ms, supply.latest_extraction(), supply.substance(), supply.latest_component());
}

struct Extremes {
    double least = HUGE_VAL, largest = -HUGE_VAL;
    void add(double x) { least = std::min(least, x), largest = std::max(largest, x); }
};

// What is counted from window to window.
struct Course {
    Extremes means;
    double worst_imbalance = 0;
    double solves = 0;
    double solved_ms = 0;
    bool steady = true;

    std::vector<double> numbers() const {
        return {means.least, means.largest, worst_imbalance, solves, solved_ms, steady ? 1.0 : 0.0};
    }
    void set(std::span<const double> n) { *this = {{n[0], n[1]}, n[2], n[3], n[4], n[5] != 0}; }
    static constexpr std::size_t size = 6;
};

void run(Participant& self, const Config& scenario) {
    set_log_name(self.name(), self.rank());
    const bool speak = self.rank() == 0;
    const auto config = scenario["participants"]["flow"];
    const auto options = options_from(config);
    auto [population, vessels] =
        read_sonata(self.comm(), scenario.path("circuit"), config.has("population") ? config.text("population") : "");
    FlowModel model(self.comm(), std::move(vessels), options);
    if (speak) log_network(model, population);

    self.add(vessel_set(model.graph().vessels()));
    const Field& radius = self.input({"endfoot_radius", "vessels", Kind::state, "um"});
    const Field& glucose = self.input({"glucose_consumed", "vessels", Kind::amount, "mol"});
    const Field& oxygen = self.input({"O2_consumed", "vessels", Kind::amount, "mol"});
    Field& perfusion = self.output({"perfusion", "vessels", Kind::state, "1/s"});
    Field& blood = self.output({"blood_volume_fraction", "vessels", Kind::state, "1"});
    const Field& coverage = self.input({"endfoot_coverage", "vessels", Kind::state, "1"});
    std::vector<std::pair<Field*, std::function<std::span<const double>()>>> offered;
    std::optional<CarriedBlood> carried;
    std::vector<double> pressure_mmHg;
    const auto offer = [&](const char* name, const char* unit, std::function<std::span<const double>()> values) {
        offered.emplace_back(&self.output({name, "vessels", Kind::state, unit}), std::move(values));
    };
    offer("flow", "um3/s", [&] { return model.flow(); });
    offer("pressure", "mmHg", [&]() -> std::span<const double> {
        pressure_mmHg.assign(model.pressure().begin(), model.pressure().end());
        for (auto& p : pressure_mmHg) p /= pascal_per_mmHg;
        return pressure_mmHg;
    });
    offer("radius", "um", [&] { return model.radius(); });
    offer("hematocrit", "1", [&] { return model.hematocrit(); });
    if (options.transport) {
        offer("glucose", "mM", [&] { return carried->glucose(); });
        offer("O2", "mM", [&] { return carried->O2(); });
    }
    // Set below; the calls come after start().
    std::function<void(const std::filesystem::path&)> save, load;
    self.keep_state([&](const auto& file) { save(file); }, [&](const auto& file) { load(file); });
    self.start();

    SupplyAccount glucose_supply("glucose", options.arterial_glucose, model.graph());
    SupplyAccount oxygen_supply("O2", options.arterial_O2, model.graph());
    Course course;
    const auto solve = [&](double time_ms) {
        const auto info = model.solve(time_ms);
        if (options.transport && !carried)
            carried.emplace(model, options);
        else if (carried && time_ms > course.solved_ms)
            carried->step(1e-3 * (time_ms - course.solved_ms), glucose.in(), oxygen.in());
        course.solved_ms = time_ms;
        if (speak && course.steady && !model.hematocrit_info().converged) report_hematocrit(model);
        course.steady = model.hematocrit_info().converged;
        course.worst_imbalance = std::max(course.worst_imbalance, info.imbalance);
        ++course.solves;
        course.means.add(model.territories().mean_perfusion());
        std::ranges::copy(model.perfusion(), perfusion.out().begin());
        std::ranges::copy(model.blood_volume_fraction(), blood.out().begin());
        for (const auto& [field, values] : offered)
            if (field->connected()) std::ranges::copy(values(), field->out().begin());
    };
    if (speak && !radius.connected()) log_info("no endfeet in this run: every vessel keeps its own radius");
    solve(0.0);
    const double perfusion_at_rest = model.territories().mean_perfusion();
    if (speak)
        log_info("at rest: inflow {:.4g} um3/s, perfusion {:.4g} 1/s, capillary blood {:.3g} of the tissue",
                 model.total_flow(), perfusion_at_rest, model.territories().mean_blood_volume_fraction());

    std::vector<double> inflow(model.graph().num_vessels());  // into the component of each vessel
    const auto kept = [&] {
        Checkpoint state;
        model.keep(state.vessels);
        if (carried) carried->keep(state.vessels);
        for (std::size_t i = 0; i < inflow.size(); ++i)
            inflow[i] = model.component_inflow()[model.graph().component_of_vessel(i)];
        state.vessels["component_inflow"] = inflow;
        state.numbers = course.numbers();
        for (const auto* supply : {&glucose_supply, &oxygen_supply})
            for (const double x : supply->counted()) state.numbers.push_back(x);
        state.start = model.pressures().start();
        return state;
    };
    const auto& ids = model.graph().vessels().id;
    save = [&](const auto& file) { write_checkpoint(self.comm(), file, ids, kept()); };
    load = [&](const auto& file) {
        auto state = kept();
        read_checkpoint(self.comm(), file, ids, state);
        course.set(state.numbers);
        const double* n = state.numbers.data() + Course::size;
        for (auto* supply : {&glucose_supply, &oxygen_supply}) {
            std::array<double, 5> counted;
            std::copy_n(n, counted.size(), counted.begin());
            supply->go_on_from(counted);
            n += counted.size();
        }
        model.restored(course.solved_ms, inflow, state.start);
    };

    std::optional<VesselOutput> output;
    double frame_ms = 0, next_frame_ms = 0;
    while (const auto window = self.next_window()) {
        account(glucose_supply, glucose, model, window->begin_ms(), speak);
        account(oxygen_supply, oxygen, model, window->begin_ms(), speak);
        model.set_endfoot_radius(radius.in(), radius.covered(),
                                 coverage.connected() ? coverage.in() : std::span<const double>());
        solve(window->begin_ms());
        if (!config.flag("reports")) continue;
        if (!output) {
            frame_ms = window->length_ms();
            const Tick frame = window->end - window->begin;
            next_frame_ms = to_ms((self.begin() + frame - 1) / frame * frame);
            output.emplace(self.comm(), self.results(), population, model, carried ? &*carried : nullptr, frame_ms,
                           next_frame_ms);
        }
        // Frames are equally spaced; where windows are not, a frame holds the last values before its time.
        for (; next_frame_ms <= window->begin_ms(); next_frame_ms += frame_ms) output->write(next_frame_ms);
    }
    account(glucose_supply, glucose, model, to_ms(self.duration()), speak);
    account(oxygen_supply, oxygen, model, to_ms(self.duration()), speak);
    if (output) output->close();
    write_statistics(self.results() / "statistics.csv", model, options.boundary.axis);

    const auto& network = model.summary();
    const auto& boundary = model.boundary().summary();
    self.summary("vessels", static_cast<double>(network.vessels));
    self.summary("vessels_without_boundary_condition", static_cast<double>(boundary.unsolved_vessels));
    self.summary("loops", static_cast<double>(network.loops));
    self.summary("tissue_volume_um3", model.territories().tissue_volume());
    self.summary("inflow_um3_per_s", model.total_flow());
    self.summary("perfusion_at_rest_per_s", perfusion_at_rest);
    self.summary("perfusion_least_per_s", course.means.least);
    self.summary("perfusion_largest_per_s", course.means.largest);
    self.summary("perfusion_at_end_per_s", model.territories().mean_perfusion());
    self.summary("flow_imbalance", course.worst_imbalance);
    self.summary("solves", course.solves);
    if (carried) {
        self.summary("glucose_owed_mol", carried->glucose_owed_mol());
        self.summary("O2_owed_mol", carried->O2_owed_mol());
    }
    for (const auto& supply : {glucose_supply, oxygen_supply}) {
        self.summary(supply.substance() + "_consumed_mol", supply.consumed());
        self.summary(supply.substance() + "_delivered_mol", supply.delivered());
        self.summary(supply.substance() + "_extraction", supply.extraction());
        if (supply.consumed_without_flow() != 0)
            self.summary(supply.substance() + "_consumed_without_flow_mol", supply.consumed_without_flow());
    }
}

}  // namespace

int run_coupled(int argc, char** argv, const std::filesystem::path& scenario_file) {
    const auto scenario = Config::load(scenario_file, "scenario");
    return run_participant(argc, argv, "flow", scenario.digest(), [&](Participant& self) { run(self, scenario); });
}

}  // namespace ngv::flow
