// SBML files as libsbml reads them, checked.
//
// Refused by name: algebraic rules, fast reactions, packages that a model requires.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

class SBMLDocument;

namespace ngv::sbml {

/// Of Level 2 or 3; Level 1 is converted. Throws UserError with every problem that libsbml finds, or the first feature that
/// is not supported.
std::shared_ptr<SBMLDocument> load(const std::filesystem::path& file);
std::shared_ptr<SBMLDocument> parse(const std::string& text, const std::string& name);

}  // namespace ngv::sbml
