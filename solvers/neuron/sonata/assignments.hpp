// Assignments in configs, parsed and never executed: "%s.NMDA_ratio = 0.4; %s.tau *= 2", "apical.gbar_NaTg = 0", "apic[10].cm = 1".
//
//     statement = [scope "."] name operator number        scope: "%s", a section list, or a section with its index
//     operator  = "=" | "*=" | "/=" | "+=" | "-="          statements are separated by ";", line ends or blanks
#pragma once

#include <string>
#include <vector>

namespace ngv::neuron {

struct Assignment {
    std::string scope;  ///< "%s", "apical", "apic", ... ; empty: none
    int index = -1;     ///< of scope[index]
    std::string name;
    char op = '=';  ///< = * / + -
    double number = 0;
    double apply(double present) const;
};

/// UserError (`where`) with the statement that is not understood.
std::vector<Assignment> parse_assignments(const std::string& text, const std::string& where);

}  // namespace ngv::neuron
