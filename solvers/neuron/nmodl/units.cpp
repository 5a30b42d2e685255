#include "solvers/neuron/nmodl/units.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace ngv::nmodl {
namespace {

/// Base units and what is built of them; physical constants are in `constant`.
const std::map<std::string, std::string>& definitions() {
    static const std::map<std::string, std::string> table{{"second", "sec"},
                                                          {"s", "sec"},
                                                          {"minute", "60 sec"},
                                                          {"min", "minute"},
                                                          {"hour", "60 min"},
                                                          {"hr", "hour"},
                                                          {"day", "24 hr"},
                                                          {"ms", "millisec"},
                                                          {"us", "microsec"},
                                                          {"ns", "nanosec"},
                                                          {"gram", "1-3 kg"},
                                                          {"gm", "gram"},
                                                          {"g", "gram"},
                                                          {"mg", "milligram"},
                                                          {"meter", "m"},
                                                          {"cm", "centimeter"},
                                                          {"mm", "millimeter"},
                                                          {"km", "kilometer"},
                                                          {"nm", "nanometer"},
                                                          {"um", "micrometer"},
                                                          {"micron", "micrometer"},
                                                          {"angstrom", "1-10 m"},
                                                          {"cc", "cm3"},
                                                          {"liter", "1-3 m3"},
                                                          {"l", "liter"},
                                                          {"L", "liter"},
                                                          {"ml", "milliliter"},
                                                          {"newton", "kg-m/sec2"},
                                                          {"nt", "newton"},
                                                          {"N", "newton"},
                                                          {"joule", "nt-m"},
                                                          {"J", "joule"},
                                                          {"coulomb", "coul"},
                                                          {"C", "coul"},
                                                          {"ampere", "coul/sec"},
                                                          {"amp", "coul/sec"},
                                                          {"A", "coul/sec"},
                                                          {"watt", "joule/sec"},
                                                          {"W", "watt"},
                                                          {"volt", "watt/amp"},
                                                          {"V", "volt"},
                                                          {"ohm", "volt/amp"},
                                                          {"mho", "amp/volt"},
                                                          {"siemens", "amp/volt"},
                                                          {"S", "siemens"},
                                                          {"farad", "coul/volt"},
                                                          {"F", "farad"},
                                                          {"hertz", "/sec"},
                                                          {"Hz", "/sec"},
                                                          {"hz", "/sec"},
                                                          {"pascal", "newton/m2"},
                                                          {"Pa", "pascal"},
                                                          {"mercury", "1.33322+5 kg/m2-sec2"},
                                                          {"hg", "mercury"},
                                                          {"degC", "K"},
                                                          {"degK", "K"},
                                                          {"kelvin", "K"},
                                                          {"radian", "1"},
                                                          {"rad", "1"},
                                                          {"degree", "0.017453292519943295"},
                                                          {"percent", "1-2"},
                                                          {"%", "1-2"},
                                                          {"molar", "mole/liter"},
                                                          {"M", "mole/liter"},
                                                          {"R", "k-mole"},
                                                          {"electronvolt", "e-volt"},
                                                          {"ev", "e-volt"},
                                                          {"boltzmann", "k"}};
    return table;
}

std::optional<Unit> base(const std::string& name) {
    static const std::array<const char*, 6> names{"m", "kg", "sec", "coul", "K", "candela"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (name == names[i]) {
            Unit u;
            u.powers[i] = 1;
            return u;
        }
    return std::nullopt;
}

/// CODATA 2018 (exact by the SI of 2019), and the older values of NEURON.
std::optional<Unit> constant(const std::string& name, Constants set) {
    const bool legacy = set == Constants::legacy;
    if (name == "pi") return Unit{3.14159265358979323846, {}};
    if (name == "e") return Unit{legacy ? 1.6021917e-19 : 1.602176634e-19, {0, 0, 0, 1, 0, 0}};
    if (name == "k") return Unit{1.380649e-23, {2, 1, -2, 0, -1, 0}};
    if (name == "mole" || name == "avogadro") return Unit{legacy ? 6.022169e23 : 6.02214076e23, {}};
    if (name == "faraday") return Unit{legacy ? 96485.309 : 1.602176634e-19 * 6.02214076e23, {0, 0, 0, 1, 0, 0}};
    if (name == "planck") return Unit{6.62607015e-34, {2, 1, -1, 0, 0, 0}};
    if (name == "c") return Unit{2.99792458e8, {1, 0, -1, 0, 0, 0}};
    return std::nullopt;
}

struct Prefix {
    const char* name;
    double factor;
};
constexpr Prefix prefixes[]{{"yotta", 1e24}, {"zetta", 1e21},  {"exa", 1e18},   {"peta", 1e15},  {"tera", 1e12},
                            {"giga", 1e9},   {"mega", 1e6},    {"kilo", 1e3},   {"hecto", 1e2},  {"deka", 1e1},
                            {"deci", 1e-1},  {"centi", 1e-2},  {"milli", 1e-3}, {"micro", 1e-6}, {"nano", 1e-9},
                            {"pico", 1e-12}, {"femto", 1e-15}, {"atto", 1e-18}, {"G", 1e9},      {"M", 1e6},
                            {"k", 1e3},      {"d", 1e-1},      {"c", 1e-2},     {"m", 1e-3},     {"u", 1e-6},
                            {"n", 1e-9},     {"p", 1e-12},     {"f", 1e-15}};

bool starts_number(const std::string& t, std::size_t i) {
    return (t[i] >= '0' && t[i] <= '9') || (t[i] == '.' && i + 1 < t.size() && t[i + 1] >= '0' && t[i + 1] <= '9');
}

/// 1.5, 1+8 (1e8), 1-10, 1|3, 1e4
double take_number(const std::string& t, std::size_t& i) {
    const auto digits = [&](bool point) {
        std::string s;
        while (i < t.size() && ((t[i] >= '0' && t[i] <= '9') || (point && t[i] == '.'))) s += t[i++];
        return s;
    };
    auto text = digits(true);
    const auto digit_at = [&](std::size_t n) { return n < t.size() && t[n] >= '0' && t[n] <= '9'; };
    if (i < t.size() && (t[i] == '+' || t[i] == '-') && digit_at(i + 1)) {
        text += std::string("e") + t[i++];
        text += digits(false);
    } else if (i < t.size() && (t[i] == 'e' || t[i] == 'E') &&
               (digit_at(i + 1) || (i + 1 < t.size() && (t[i + 1] == '+' || t[i + 1] == '-') && digit_at(i + 2)))) {
        text += t[i++];
        if (!digit_at(i)) text += t[i++];
        text += digits(false);
    }
    double value = std::strtod(text.c_str(), nullptr);
    if (i < t.size() && t[i] == '|' && digit_at(i + 1)) {
        ++i;
        value /= std::strtod(digits(true).c_str(), nullptr);
    }
    return value;
}

}  // namespace

std::optional<Unit> Units::name(const std::string& text, int depth) const {
    if (depth > 30) return std::nullopt;
    if (auto own = own_.find(text); own != own_.end()) {
        Units outer = *this;  // (mV) = (mV) means the one that was there before
        outer.own_.erase(text);
        return outer.evaluate(own->second, depth + 1);
    }
    if (auto u = base(text)) return u;
    if (auto u = constant(text, constants_)) return u;
    if (auto d = definitions().find(text); d != definitions().end()) return evaluate(d->second, depth + 1);
    for (const auto& p : prefixes) {
        const std::string prefix = p.name;
        if (text == prefix && prefix.size() > 2) return Unit{p.factor, {}};
        if (text.size() <= prefix.size() || !text.starts_with(prefix)) continue;
        if (auto u = name(text.substr(prefix.size()), depth + 1)) {
            u->factor *= p.factor;
            return u;
        }
    }
    if (text.size() > 2 && text.back() == 's') return name(text.substr(0, text.size() - 1), depth + 1);
    return std::nullopt;
}

std::optional<Unit> Units::evaluate(const std::string& t, int depth) const {
    Unit result;
    int sign = 1;
    for (std::size_t i = 0; i < t.size();) {
        if (t[i] == ' ' || t[i] == '\t' || t[i] == '-' || t[i] == '*') {
            ++i;
        } else if (t[i] == '/') {
            sign = -1;
            ++i;
        } else if (starts_number(t, i)) {
            const double value = take_number(t, i);
            result.factor = sign > 0 ? result.factor * value : result.factor / value;
        } else {
            std::string word;
            while (i < t.size() && t[i] != ' ' && t[i] != '\t' && t[i] != '-' && t[i] != '/' && t[i] != '*' &&
                   t[i] != '^' && !(t[i] >= '0' && t[i] <= '9'))
                word += t[i++];
            if (i < t.size() && t[i] == '^') ++i;
            int power = 1;
            if (i < t.size() && t[i] >= '0' && t[i] <= '9') {
                power = 0;
                while (i < t.size() && t[i] >= '0' && t[i] <= '9' && power < 100) power = 10 * power + (t[i++] - '0');
            }
            const auto unit = name(word, depth);
            if (!unit) return std::nullopt;
            result.factor *= std::pow(unit->factor, sign * power);
            for (std::size_t k = 0; k < result.powers.size(); ++k) result.powers[k] += sign * power * unit->powers[k];
        }
    }
    return result;
}

std::optional<double> Units::convert(const std::string& from, const std::string& to) const {
    const auto a = evaluate(from), b = evaluate(to);
    if (!a || !b || a->powers != b->powers) return std::nullopt;
    const double value = a->factor / b->factor;
    if (constants_ == Constants::codata_2018) return value;
    char six[32];
    std::snprintf(six, sizeof six, "%g", value);
    return std::strtod(six, nullptr);
}

}  // namespace ngv::nmodl
