// The models of the stochastic benchmarks, as a user would write them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

inline Model parsed_model(const std::string& head, const std::string& text, double step_ms) {
    return model_from(ngv::Config::parse(
        fmt::format("duration: 1 s\nmesh: none\nengine: stochastic\nstep: {:.0f} ns\n{}{}", step_ms * 1e6, head, text),
        "rd_standalone", "benchmark"));
}

/// Ten species, four reversible reactions (Hepburn et al. 2016; Chen & De Schutter 2017).
inline Model simple_model(double factor, double step_ms, const std::string& head) {
    std::string species, contents;
    for (int s = 0; s < 10; ++s) {
        const char name = static_cast<char>('A' + s);
        species += fmt::format("  {}: {{diffusion: {} um2/s}}\n", name, 100 - 10 * s);
        contents += fmt::format("    {}: {:.0f}\n", name, factor * 1000.0 * (s + 1));
    }
    return parsed_model(head, "compartments: {box: {}}\nspecies:\n" + species + R"(
reactions:
  box:
  - A + B <-> C : 1000 1/(uM s), 100 1/s
  - C + D <-> E : 100 1/(uM s), 10 1/s
  - F + G <-> H : 10 1/(uM s), 1 1/s
  - H + I <-> J : 1 1/(uM s), 1 1/s
contents:
  box:
)" + contents,
                        step_ms);
}

/// Background calcium of a Purkinje dendrite: buffers and pumps (Anwar et al., J. Neurosci. 33, 2013).
inline Model calcium_model(double factor, double step_ms, const std::string& head) {
    std::string species = "  Ca: {diffusion: 223 um2/s}\n  Mg: {diffusion: 223 um2/s}\n";
    std::string reactions = "  - 0 -> Ca : 0 M/s\n", contents;
    for (const char* kind : {"", "i"}) {  // calbindin that diffuses, and the same that is bound
        const std::string d = *kind ? "0" : "28";
        const auto cb = [&](const char* form) { return std::string(kind) + "CB" + form; };
        for (const char* form : {"sf", "sCa", "Caf", "CaCa"})
            species += fmt::format("  {}: {{diffusion: {} um2/s}}\n", cb(form), d);
        const auto bind = [&](const char* from, const char* to, const char* rates) {
            reactions += fmt::format("  - {} + Ca <-> {} : {}\n", cb(from), cb(to), rates);
        };
        bind("sf", "Caf", "43.5 1/(uM s), 35.8 1/s");
        bind("sCa", "CaCa", "43.5 1/(uM s), 35.8 1/s");
        bind("sf", "sCa", "5.5 1/(uM s), 2.6 1/s");
        bind("Caf", "CaCa", "5.5 1/(uM s), 2.6 1/s");
    }
    for (const char* form : {"PV", "PVCa", "PVMg"}) species += fmt::format("  {}: {{diffusion: 43 um2/s}}\n", form);
    species += "  Pump: {diffusion: 0 um2/s}\n  CaPump: {diffusion: 0 um2/s}\n";
    const std::pair<const char*, double> micromolar[] = {
        {"Ca", 0.045},       {"Mg", 590},      {"iCBsf", 27.704}, {"iCBCaf", 2.6372}, {"iCBsCa", 1.5148},
        {"iCBCaCa", 0.1442}, {"CBsf", 110.82}, {"CBCaf", 10.549}, {"CBsCa", 6.0595},  {"CBCaCa", 0.57682},
        {"PV", 3.2066},      {"PVCa", 16.252}, {"PVMg", 60.541}};
    for (const auto& [name, value] : micromolar) contents += fmt::format("    {}: {} uM\n", name, factor * value);
    return parsed_model(head,
                        "compartments: {cytosol: {}}\npatches: {membrane: {inside: cytosol}}\nspecies:\n" + species +
                            "reactions:\n  cytosol:\n" + reactions + R"(
  - PV + Ca <-> PVCa : 107 1/(uM s), 0.95 1/s
  - PV + Mg <-> PVMg : 0.8 1/(uM s), 25 1/s
  membrane:
  - Pump + Ca.in <-> CaPump : 3e9 1/(M s), 1.75e4 1/s
  - CaPump -> Pump : 7.255e4 1/s
contents:
  membrane: {Pump: 6.022141e12 1/m2}
  cytosol:
)" + contents,
                        step_ms);
}

}  // namespace ngv::rd
