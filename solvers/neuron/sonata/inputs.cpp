// The inputs of a simulation that are not spikes, each with its keys, its units and its random stream.
#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/sonata/input_block.hpp"
#include "solvers/neuron/sonata/uniform_field.hpp"

namespace ngv::neuron {

namespace {

/// Running numbers of noisy inputs: parts of their seeds.
struct Counters {
    std::uint32_t noise = 0, ornstein_uhlenbeck = 0, shot_noise = 0;
};

std::uint32_t legacy(const LocalCell& cell) {
    return static_cast<std::uint32_t>(cell.population->legacy_gid(cell.node_id));
}

void linear(Input& in, const std::function<std::pair<double, double>(const LocalCell&)>& amplitude) {
    for (const auto& place : in.places()) {
        const auto [first, last] = amplitude(*place.cell);
        in.inject(place, ramp(in.delay, in.duration, first, last));
    }
}

void apply_noise(Input& in, std::uint32_t number) {
    in.keys({"mean", "mean_percent", "variance", "dt"});
    const auto& config = in.network().config();
    const double step = in.positive("dt", 0.5), variance = in.positive("variance");
    const bool absolute = in.block().has("mean");
    LocalCell* cell = nullptr;
    for (const auto& place : in.places()) {
        if (place.cell == cell)
            throw in.block().error("noise on several compartments of a cell is not supported",
                                   "use ornstein_uhlenbeck");
        cell = place.cell;
        const double threshold = absolute ? 0 : in.threshold(*cell);
        const double mean = absolute ? in.number("mean") : threshold * in.number("mean_percent") / 100;
        const double var = absolute ? variance : threshold * variance / 100;
        const NeuronRandom random(number + 100, config.stimulus_seed + 500, legacy(*cell) + 300, config.random_seed);
        in.inject(place, noise(in.delay, in.duration, mean, var, step, random, config.dt));
    }
}

void apply_ornstein_uhlenbeck(Input& in, std::uint32_t number, bool relative) {
    in.keys({"tau", "mean", "sigma", "mean_percent", "sd_percent", "dt", "reversal", "random_seed"});
    const auto& config = in.network().config();
    const double step = in.positive("dt", 0.25), tau = in.number("tau"), reversal = in.number("reversal", 0);
    for (const auto& place : in.places()) {
        const double unit = relative ? in.reference(*place.cell) / 100 : 1;
        const double sigma = in.positive(relative ? "sd_percent" : "sigma") * unit,
                     mean = in.number(relative ? "mean_percent" : "mean") * unit;
        const auto third = in.block().has("random_seed")
                               ? static_cast<std::uint32_t>(in.block()["random_seed"].integer())
                               : legacy(*place.cell) + 123;
        const NeuronRandom random(number + 2997, config.stimulus_seed + 291204, third, config.random_seed);
        in.noisy(place, ornstein_uhlenbeck(in.delay, in.duration, tau, sigma, mean, step, random), reversal);
    }
}

enum class ShotKind { plain, absolute, relative };

void apply_shot_noise(Input& in, std::uint32_t number, ShotKind kind) {
    in.keys({"rise_time", "decay_time", "rate", "amp_mean", "amp_var", "mean", "sigma", "mean_percent", "sd_percent",
             "relative_skew", "dt", "reversal", "random_seed"});
    const auto& config = in.network().config();
    const double step = in.positive("dt", 0.25), reversal = in.number("reversal", 0),
                 skew = in.number("relative_skew", 0.5);
    const double rise = in.positive("rise_time"), decay = in.positive("decay_time");
    if (!(rise < decay))
        throw in.block()["rise_time"].error(fmt::format("rise_time {} ms is not below decay_time {} ms", rise, decay));
    if (!(skew >= 0 && skew <= 1))
        throw in.block()["relative_skew"].error(fmt::format("relative_skew is {}, expected 0 to 1", skew));
    for (const auto& place : in.places()) {
        ShotNoise shots{rise, decay, 0, 0, 0};
        if (kind == ShotKind::plain) {
            shots.rate = in.number("rate");
            shots.mean = in.number("amp_mean");
            shots.variance = in.positive("amp_var");
            if (shots.mean == 0) throw in.block()["amp_mean"].error("amp_mean is 0, expected another number");
            if (!(shots.rate > 0)) return;
        } else {
            const double unit = kind == ShotKind::relative ? in.reference(*place.cell) / 100 : 1;
            const double mean = in.number(kind == ShotKind::relative ? "mean_percent" : "mean") * unit;
            if (mean == 0) return;
            shots = shot_noise_of(rise, decay, mean,
                                  in.positive(kind == ShotKind::relative ? "sd_percent" : "sigma") * unit, skew);
        }
        const auto third = in.block().has("random_seed")
                               ? static_cast<std::uint32_t>(in.block()["random_seed"].integer())
                               : legacy(*place.cell) + 123;
        const NeuronRandom random(number + 2997, config.stimulus_seed + 19216, third, config.random_seed);
        in.noisy(place, shot_noise(in.delay, in.duration, shots, step, random), reversal);
    }
}

void apply_seclamp(Input& in) {
    in.keys({"voltage", "duration_levels", "voltage_levels", "series_resistance"});
    VoltageClamp clamp;
    clamp.rs = in.positive("series_resistance", 0.01);
    if (in.block().has("duration_levels") || in.block().has("voltage_levels")) {
        for (const auto& d : in.block()["duration_levels"].list()) clamp.durations.push_back(d.number());
        if (in.block().has("voltage")) clamp.levels.push_back(in.number("voltage"));
        for (const auto& v : in.block()["voltage_levels"].list()) clamp.levels.push_back(v.number());
        if (clamp.levels.size() == clamp.durations.size() + 1) clamp.durations.push_back(in.duration);
        if (clamp.levels.size() != clamp.durations.size())
            throw in.block().error(
                fmt::format("{} voltages and {} durations", clamp.levels.size(), clamp.durations.size()),
                "give as many of both");
    } else {
        clamp.levels = {in.number("voltage")};
        clamp.durations = {in.duration};
    }
    if (in.delay > 0) log_warning("{}: a voltage clamp begins at t = 0, whatever its delay", in.block().where());
    for (const auto& place : in.places()) in.network().builder().add_voltage_clamp(place.cell->gid, place.node, clamp);
}

void apply(Network& network, const NamedBlock& input, Counters& counters) {
    const std::string module = input.block["module"].text();
    Input in(network, input);
    if (module == "linear") {
        in.keys({"amp_start", "amp_end"});
        const double first = in.number("amp_start"), last = in.number("amp_end", first);
        linear(in, [&](const LocalCell&) { return std::pair(first, last); });
    } else if (module == "relative_linear") {
        in.keys({"percent_start", "percent_end"});
        const double first = in.number("percent_start"), last = in.number("percent_end", first);
        linear(in, [&](const LocalCell& cell) {
            const double threshold = in.threshold(cell);
            return std::pair(threshold * (first / 100), threshold * (last / 100));
        });
    } else if (module == "subthreshold") {
        in.keys({"percent_less"});
        const double less = in.number("percent_less");
        linear(in, [&](const LocalCell& cell) {
            const double amplitude = in.threshold(cell) * (100 - less) / 100;
            return std::pair(amplitude, amplitude);
        });
    } else if (module == "hyperpolarizing") {
        in.keys({});
        linear(in, [&](const LocalCell& cell) {
            const double amplitude = in.attribute(cell, "holding_current");
            return std::pair(amplitude, amplitude);
        });
    } else if (module == "pulse") {
        in.keys({"amp_start", "width", "frequency", "amp_end"});
        const double amplitude = in.number("amp_start"), width = in.positive("width"),
                     frequency = in.positive("frequency");
        if (width > 1000 / frequency)
            throw input.block["width"].error(
                fmt::format("{} ms is longer than the period {} ms", width, 1000 / frequency));
        for (const auto& place : in.places())
            in.inject(place, pulses(in.delay, in.duration, amplitude, width, frequency));
    } else if (module == "sinusoidal") {
        in.keys({"amp_start", "frequency", "dt"});
        const double amplitude = in.number("amp_start"), frequency = in.positive("frequency"),
                     step = in.positive("dt", 0.025);
        for (const auto& place : in.places()) in.inject(place, sine(in.delay, in.duration, amplitude, frequency, step));
    } else if (module == "noise") {
        apply_noise(in, counters.noise++);
    } else if (module == "ornstein_uhlenbeck" || module == "relative_ornstein_uhlenbeck") {
        apply_ornstein_uhlenbeck(in, counters.ornstein_uhlenbeck++, module.starts_with("relative"));
    } else if (module == "shot_noise" || module == "absolute_shot_noise" || module == "relative_shot_noise") {
        apply_shot_noise(in, counters.shot_noise++,
                         module == "shot_noise"           ? ShotKind::plain
                         : module.starts_with("absolute") ? ShotKind::absolute
                                                          : ShotKind::relative);
    } else if (module == "seclamp") {
        apply_seclamp(in);
    } else if (module == "IClamp") {  // Allen
        in.keys({"amp", "section_name", "section_index", "section_dist"});
        if (input.block.has("section_name") && input.block["section_name"].text() != "soma")
            throw input.block["section_name"].error("IClamp on other sections than the soma is not supported",
                                                    "use a compartment_set");
        for (const auto& place : in.places()) {
            const Waveform box = Waveform::box(in.delay, in.duration, in.number("amp"));
            network.builder().add_current_clamp(place.cell->gid, place.node, box, true);
            place.cell->points.push_back(
                {Point{}, "IClamp", place.node, static_cast<std::int64_t>(network.clamps().size())});
            network.clamps().push_back(box);
        }
    } else if (module == "spatially_uniform_e_field") {
        apply_uniform_field(in);
    } else if (module != "synapse_replay" && module != "h5" && module != "sonata" && module != "csv" &&
               module != "poisson") {
        throw input.block["module"].error(
            "input '" + input.name + "' has the module '" + module + "', which neuron-solver does not know",
            did_you_mean(module, {"linear", "relative_linear", "pulse", "sinusoidal", "subthreshold", "hyperpolarizing",
                                  "noise", "shot_noise", "absolute_shot_noise", "relative_shot_noise",
                                  "ornstein_uhlenbeck", "relative_ornstein_uhlenbeck", "synapse_replay", "seclamp",
                                  "poisson", "spatially_uniform_e_field"}));
    }
}

}  // namespace

void apply_inputs(Network& network) {
    Counters counters;
    for (const auto& input : network.config().inputs) apply(network, input, counters);
}

}  // namespace ngv::neuron
