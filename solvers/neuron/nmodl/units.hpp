// Units as NMODL writes them, for constants such as
//
//     FARADAY = (faraday) (coulomb)        R = (k-mole) (joule/degC)        (mM) = (milli/liter)
//
// Blanks and '-' multiply, everything behind '/' divides, a digit behind a name is its power, 1+8 is 1e8 and 1|3 a third.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

namespace ngv::nmodl {

/// A factor to SI and the powers of m, kg, s, coulomb, K, candela.
struct Unit {
    double factor = 1;
    std::array<int, 6> powers{};
};

/// The physical constants that NEURON knows by name.
enum class Constants {
    codata_2018,  ///< NEURON 8 and later
    legacy        ///< before: six digits, as nrnunit_use_legacy(1) gives them
};

class Units {
  public:
    explicit Units(Constants constants) : constants_(constants) {}
    /// (name) = (definition) of a UNITS block.
    void define(const std::string& name, const std::string& definition) { own_[name] = definition; }
    /// The value of `from` in `to`; nothing when a name is unknown or the two are of different kinds.
    std::optional<double> convert(const std::string& from, const std::string& to) const;
    /// nothing when a name in it is unknown.
    std::optional<Unit> evaluate(const std::string& text, int depth = 0) const;

  private:
    std::optional<Unit> name(const std::string& text, int depth) const;
    Constants constants_;
    std::map<std::string, std::string> own_;
};

}  // namespace ngv::nmodl
