#include "tools/circuit/grow.hpp"

#include <numbers>

namespace ngv::circuit {

namespace {

constexpr double step_length = 7;  // um between points

/// How the neurites of one kind grow. Lengths and diameters in um.
struct Habit {
    int type;
    int stems_min, stems_max;
    double diameter;  ///< at the soma
    double min_diameter;
    double taper;           ///< relative loss of diameter per um
    double section_length;  ///< mean
    double total_length;    ///< of all neurites of this kind
    int max_order;
    double wiggle;      ///< random turns, relative to going straight
    double fork_angle;  ///< rad, of each daughter from the mother
    Vec3 bias;          ///< pull, e.g. downwards
    double domain;      ///< how far from the soma they get
};

const std::vector<Habit>& habits(NeuronType type) {
    static const std::vector<Habit> pyramidal{
        {swc_axon, 1, 1, 1.3, 0.35, 2e-4, 75, 2400, 30, 0.28, 0.7, {0, -0.03, 0}, 170},
        {swc_basal, 4, 6, 2.4, 0.6, 3e-3, 38, 1000, 6, 0.25, 0.55, {0, -0.02, 0}, 110},
    };
    static const std::vector<Habit> interneuron{
        {swc_axon, 1, 1, 1.1, 0.35, 2e-4, 65, 2700, 30, 0.4, 0.8, {0, 0, 0}, 130},
        {swc_basal, 4, 6, 2.0, 0.5, 3e-3, 42, 1250, 5, 0.3, 0.5, {0, 0, 0}, 120},
    };
    return type == NeuronType::pyramidal ? pyramidal : interneuron;
}

constexpr Habit apical{swc_apical, 1, 1, 4.0, 0.6, 2.5e-3, 38, 800, 9, 0.16, 0.6, {0, 0.12, 0}, 200};
constexpr Habit process{swc_process, 5, 7, 2.4, 0.25, 6e-3, 16, 750, 7, 0.4, 0.6, {0, 0, 0}, 42};

/// The end of a growing neurite.
struct Tip {
    int parent;  ///< section number
    Vec3 p;
    Vec3 direction;
    double diameter;
    int order;
    bool trunk = false;  ///< the apical dendrite's main stem
};

class Grower {
  public:
    Grower(Shape& shape, const Place& place, const Habitat& habitat, Stream& random)
        : shape_(shape), place_(place), habitat_(habitat), random_(random) {}

    void grow(const Habit& habit, const std::vector<Vec3>& stems) {
        std::vector<Tip> tips;
        for (const Vec3 d : stems)
            tips.push_back({0, shape_.soma_radius * d, d, habit.diameter, 0, habit.type == swc_apical});
        double left = habit.total_length;
        for (std::size_t i = 0; i < tips.size(); ++i) {
            const Tip tip = tips[i];
            const double wanted = habit.section_length * (tip.order == 0 ? 0.7 : 0.45 + 0.55 * random_.exponential());
            const Tip end = grow_section(habit, tip, std::min(wanted, 2.5 * habit.section_length));
            left -= shape_.sections.back().length();
            const double pending = static_cast<double>(tips.size() - i - 1) * habit.section_length;
            if (left - pending > 2 * habit.section_length && end.order < habit.max_order) fork(habit, end, tips);
        }
    }

    // A process that ends on a point: noise that dies out towards it.
    void grow_towards(int type, Vec3 target, double diameter, double end_diameter) {
        ShapeSection section{type, 0};
        Vec3 p = shape_.soma_radius * unit(target);
        const double total = distance(p, target);
        const int n = std::max(3, static_cast<int>(std::lround(total / step_length)));
        const Vec3 straight = (target - p) * (1.0 / n);
        const Vec3 side1 = perpendicular(straight, 0), side2 = perpendicular(straight, std::numbers::pi / 2);
        const double bow1 = 0.08 * total * random_.normal(), bow2 = 0.08 * total * random_.normal();
        for (int i = 0; i <= n; ++i) {
            const double t = static_cast<double>(i) / n, arch = std::sin(std::numbers::pi * t);
            Vec3 q = p + i * straight + arch * (bow1 * side1 + bow2 * side2);
            if (i > 0 && i < n) q = local(habitat_.inside.clamp(place_(q + 0.5 * random_.normal3())));
            add_point(section, q, diameter + t * (end_diameter - diameter));
        }
        shape_.sections.push_back(std::move(section));
    }

  private:
    static double wall(double p, double low, double high) {
        constexpr double width = 25;
        const double from_low = std::max(0.0, 1 - (p - low) / width), from_high = std::max(0.0, 1 - (high - p) / width);
        return from_low * from_low - from_high * from_high;
    }

    Vec3 local(Vec3 world) const { return Place{{}, -place_.angle}(world - place_.soma); }

    static void add_point(ShapeSection& section, Vec3 p, double diameter) {
        p = rounded(p, 1000);
        section.points.push_back({static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.z),
                                  static_cast<float>(std::round(diameter * 5000) / 5000)});
    }

    // One step; turns until the new point is inside the box and outside vessels.
    Vec3 next(const Habit& habit, Vec3 p, Vec3& direction, double step, double diameter, double wiggle) {
        const Box& box = habitat_.inside;
        const Vec3 world = place_(p);
        const Vec3 walls =
            Place{{}, -place_.angle}(Vec3{wall(world.x, box.low.x, box.high.x), wall(world.y, box.low.y, box.high.y),
                                          wall(world.z, box.low.z, box.high.z)});
        const double beyond = std::max(0.0, norm(p) / habit.domain - 1);
        Vec3 turned, q;
        for (int attempt = 0; attempt < 24; ++attempt) {
            const double restless = wiggle * (1 + 0.3 * attempt);
            turned = unit(direction + restless * random_.normal3() + habit.bias + 0.9 * walls - 2 * beyond * unit(p),
                          direction);
            q = p + step * turned;
            const Vec3 there = place_(q);
            if (!box.contains(there)) continue;
            const double room = 0.5 + diameter / 2;
            if (habitat_.vessels != nullptr && habitat_.vessels->clearance(there, room) < room) continue;
            direction = turned;
            return q;
        }
        // Boxed in: slide along the wall. A thin neurite may graze a vessel here.
        q = local(box.clamp(place_(q)));
        direction = unit(q - p, direction);
        return q;
    }

    Tip grow_section(const Habit& habit, const Tip& tip, double length) {
        ShapeSection section{habit.type, tip.parent};
        const int n = std::max(2, static_cast<int>(std::lround(length / step_length)));
        const double step = length / n;
        Vec3 p = tip.p, direction = tip.direction;
        double diameter = tip.diameter;
        add_point(section, p, diameter);
        for (int i = 0; i < n; ++i) {
            p = next(habit, p, direction, step, diameter, tip.trunk ? 0.5 * habit.wiggle : habit.wiggle);
            diameter = std::max(habit.min_diameter, diameter * std::exp(-habit.taper * step));
            add_point(section, p, diameter);
        }
        shape_.sections.push_back(std::move(section));
        return {static_cast<int>(shape_.sections.size()), p, direction, diameter, tip.order + 1, tip.trunk};
    }

    void fork(const Habit& habit, const Tip& end, std::vector<Tip>& tips) {
        // The apical stem goes on, nearly straight and thick, and gives off an oblique branch; below the surface it
        // splits.
        const double room_above = habitat_.inside.high.y - place_(end.p).y;
        const bool stem_goes_on = end.trunk && room_above > 45 && end.order < 6;
        const double share = stem_goes_on ? 0.78 : random_.uniform(0.35, 0.65);
        const double turn = random_.angle();
        for (int side = 0; side < 2; ++side) {
            const bool stem = stem_goes_on && side == 0;
            const double angle = (stem ? 0.12 : stem_goes_on ? 1.0 : habit.fork_angle) * random_.uniform(0.7, 1.3);
            const Vec3 across = perpendicular(end.direction, turn + side * std::numbers::pi);
            Tip tip = end;
            tip.direction = unit(std::cos(angle) * end.direction + std::sin(angle) * across);
            tip.diameter =
                std::max(habit.min_diameter, end.diameter * std::pow(side == 0 ? share : 1 - share, 2.0 / 3));
            tip.trunk = stem;
            tips.push_back(tip);
        }
    }

    Shape& shape_;
    const Place& place_;
    const Habitat& habitat_;
    Stream& random_;
};

// Directions spread over the sphere, or over the part of it below the horizon, well apart.
std::vector<Vec3> stems(int n, double highest_y, Stream& random) {
    std::vector<Vec3> directions;
    for (int i = 0; i < n; ++i) {
        Vec3 best;
        double best_gap = -1;
        for (int attempt = 0; attempt < 30; ++attempt) {
            const Vec3 d = random.direction();
            if (d.y > highest_y) continue;
            double gap = 2;
            for (const Vec3 other : directions) gap = std::min(gap, distance(d, other));
            if (gap > best_gap) best_gap = gap, best = d;
        }
        directions.push_back(best_gap < 0 ? Vec3{1, 0, 0} : best);
    }
    return directions;
}

int num_stems(const Habit& habit, Stream& random) {
    return habit.stems_min + static_cast<int>(random.integer(habit.stems_max - habit.stems_min + 1));
}

}  // namespace

double soma_radius(NeuronType type, Stream random) {
    const double r = type == NeuronType::pyramidal ? random.normal(7.5, 0.7) : random.normal(6.0, 0.5);
    return std::round(std::clamp(r, 4.5, 9.5) * 1000) / 1000;
}

Shape grow_neuron(NeuronType type, double soma_radius, const Place& place, const Habitat& habitat, Stream random) {
    Shape shape{soma_radius};
    Grower grower(shape, place, habitat, random);
    for (const auto& habit : habits(type)) {
        const bool axon_below = type == NeuronType::pyramidal && habit.type == swc_axon;
        const double highest = type == NeuronType::pyramidal ? 0.2 : 1;
        grower.grow(habit, axon_below ? std::vector{unit(Vec3{random.normal(0, 0.15), -1, random.normal(0, 0.15)})}
                                      : stems(num_stems(habit, random), highest, random));
    }
    if (type == NeuronType::pyramidal)
        grower.grow(apical, {unit(Vec3{random.normal(0, 0.08), 1, random.normal(0, 0.08)})});
    sort_sections(shape);
    return shape;
}

Shape grow_astrocyte(double soma_radius, const Place& place, const std::vector<EndfootTarget>& targets,
                     const Habitat& habitat, Stream random) {
    Shape shape{soma_radius};
    Grower grower(shape, place, habitat, random);
    for (const auto& target : targets)
        grower.grow_towards(swc_endfoot, Place{{}, -place.angle}(target.surface - place.soma), 2.6, 1.6);
    grower.grow(process, stems(num_stems(process, random), 1, random));
    sort_sections(shape);
    return shape;
}

}  // namespace ngv::circuit
