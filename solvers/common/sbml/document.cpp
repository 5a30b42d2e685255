#include "solvers/common/sbml/document.hpp"

#include <fmt/format.h>
#include <sbml/SBMLTypes.h>
#include <sbml/extension/SBasePlugin.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <vector>

#include "ngv/error.hpp"

namespace ngv::sbml {

static void check(SBMLDocument& document, const std::string& file) {
    std::vector<Problem> problems;
    for (unsigned i = 0; i < document.getNumErrors(); ++i) {
        const auto* error = document.getError(i);
        if (error->getSeverity() < LIBSBML_SEV_ERROR) continue;
        auto text = error->getMessage();
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
        problems.push_back({fmt::format("{}:{}", file, error->getLine()), text, ""});
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    if (!document.getModel()) throw UserError({file, "has no model", ""});
    // Everything of Level 1 is in Level 2.
    if (document.getLevel() < 2 && !document.setLevelAndVersion(2, 4, false))
        throw UserError({file, "is SBML Level 1 that cannot be read as Level 2", "have it converted by another tool"});
    for (unsigned i = 0; document.getLevel() > 2 && i < document.getNumPlugins(); ++i) {
        const auto name = document.getPlugin(i)->getPackageName();
        if (document.isSetPackageRequired(name) && document.getPackageRequired(name) && name != "l3v2extendedmath")
            throw UserError({file, fmt::format("requires the package '{}', which is not supported", name),
                             "SBML core is; convert the model (for comp: flatten it)"});
    }
    if (document.getNumUnknownPackages() > 0)
        throw UserError({file,
                         fmt::format("uses the package '{}', which is not known", document.getUnknownPackagePrefix(0)),
                         "SBML core is supported"});
    const Model& model = *document.getModel();
    for (unsigned i = 0; i < model.getNumRules(); ++i)
        if (model.getRule(i)->isAlgebraic() && model.getRule(i)->isSetMath())  // Level 3 Version 2: none without
            throw UserError({file, fmt::format("rule {} is algebraic, which is not supported", i + 1),
                             "solve it for a variable and write an assignment rule"});
    for (unsigned i = 0; i < model.getNumReactions(); ++i)
        if (model.getReaction(i)->isSetFast() && model.getReaction(i)->getFast())
            throw UserError(
                {file, fmt::format("reaction '{}' is fast, which is not supported", model.getReaction(i)->getId()),
                 "give it a large rate, or replace it by its equilibrium"});
}

std::shared_ptr<SBMLDocument> parse(const std::string& text, const std::string& name) {
    std::shared_ptr<SBMLDocument> document(readSBMLFromString(text.c_str()));
    check(*document, name);
    return document;
}

std::shared_ptr<SBMLDocument> load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        throw UserError({file.string(), "no such SBML file", "give the path of a model (.xml, .sbml)"});
    return parse({std::istreambuf_iterator<char>(in), {}}, file.string());
}

}  // namespace ngv::sbml
