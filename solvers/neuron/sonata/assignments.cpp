#include "solvers/neuron/sonata/assignments.hpp"

#include <regex>

#include "ngv/error.hpp"

namespace ngv::neuron {

double Assignment::apply(double present) const {
    switch (op) {
        case '*':
            return present * number;
        case '/':
            return present / number;
        case '+':
            return present + number;
        case '-':
            return present - number;
        default:
            return number;
    }
}

std::vector<Assignment> parse_assignments(const std::string& text, const std::string& where) {
    static const std::regex statement(
        R"(^[\s;]*(?:(%s|[A-Za-z_]\w*)(?:\[(\d+)\])?\.)?([A-Za-z_]\w*)\s*([*/+-]?)=\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?=[\s;]|$))");
    static const std::regex blank(R"(^[\s;]*$)");
    std::vector<Assignment> result;
    std::smatch m;
    for (auto at = text.cbegin(); !std::regex_search(at, text.cend(), blank);) {
        if (!std::regex_search(at, text.cend(), m, statement))
            throw UserError(Problem{
                where,
                "'" + std::string(at, text.cend()) + "' is not understood; statements are parsed, never executed",
                "expected 'target.name = number', with =, *=, /=, += or -=, separated by ';'"});
        Assignment a;
        a.scope = m[1];
        if (m[2].matched) a.index = std::stoi(m[2]);
        a.name = m[3];
        a.op = m[4].length() ? m[4].str()[0] : '=';
        a.number = std::stod(m[5]);
        result.push_back(a);
        at += m.length();
    }
    return result;
}

}  // namespace ngv::neuron
