// Expressions of the C in VERBATIM, and what its names stand for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "solvers/neuron/nmodl/verbatim_c.hpp"
#include "solvers/neuron/nmodl/verbatim_tokens.hpp"

namespace ngv::nmodl {

/// What an expression of C stands for.
struct CValue {
    enum class What { number, vector, elements, stream, reference, null };
    What what = What::number;
    Expression number = {};
    bool whole = false;  ///< a number of an integer type
    std::string name = {};
};

/// A variable that the C declares.
struct CVariable {
    bool whole = false, pointer = false, known = true;
    CValue value = {};  ///< of a pointer
};

class CExpressions {
  public:
    CExpressions(CCursor& at, CNames& names) : at_(at), names_(names) {}

    CValue expression() { return binary(0); }
    CValue primary();

    /// A node of NMODL's tree at this place.
    Expression node(Expression::Kind kind, const std::string& text, std::vector<Expression> operands = {}) const {
        return {kind, at_.here().at, text, "", std::move(operands)};
    }
    Expression as_number(const CValue& v) const;
    /// Converted to an integer as C does.
    Expression as_whole(const CValue& v) const;
    static CValue number(Expression e, bool whole = false) { return {CValue::What::number, std::move(e), whole, ""}; }
    CValue number(const char* text) const { return number(node(Expression::Kind::number, text), true); }

    CVariable* find(const std::string& name);
    std::vector<std::map<std::string, CVariable>> scopes;

    /// The name that NEURON's translator makes into `written`.
    static std::string plain_name(const std::string& written) {
        return written.starts_with("_l") ? written.substr(2) : written;
    }

  private:
    CValue binary(int level);
    CValue unary();
    CValue call(const std::string& f);
    CValue object(const std::string& name);

    CCursor& at_;
    CNames& names_;
};

}  // namespace ngv::nmodl
