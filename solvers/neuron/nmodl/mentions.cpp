#include "solvers/neuron/nmodl/mentions.hpp"

#include <regex>

namespace ngv::nmodl {

/// C as it stands: every word may be a variable.
void Mentions::operator()(const Verbatim& s) {
    const std::regex word("\\w+");
    for (auto it = std::sregex_iterator(s.text.begin(), s.text.end(), word); it != std::sregex_iterator(); ++it)
        names_.insert(it->str());
}

std::set<std::string> names_in(const Model& model, const Block& block, Mentions::What what) {
    std::set<std::string> names;
    Mentions(model, names, what).block(block);
    return names;
}

}  // namespace ngv::nmodl
