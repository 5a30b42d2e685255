// Statements and blocks of NMODL.
#pragma once

#include "solvers/neuron/nmodl/parse_expressions.hpp"

namespace ngv::nmodl {

class StatementParser {
  public:
    StatementParser(Cursor& cursor, ExpressionParser& expressions) : at_(cursor), e_(expressions) {}
    /// { ... }
    Block block(std::string_view context);
    /// Words that open a block of the file.
    static const std::vector<std::string>& blocks();
    std::vector<Argument> arguments(std::string_view context);
    std::vector<LocalName> local_names();

  private:
    void statement(Block& into);
    Statement if_statement();
    From from();
    Solve solve();
    Table table();
    std::vector<Term> sum(std::string_view context);
    Term term(std::string_view context);
    Statement tilde();
    Conserve conserve();
    template <class T>
    T indexed_list(std::string_view name, Expression T::*value);
    Watch watch();

    Cursor& at_;
    ExpressionParser& e_;
};

}  // namespace ngv::nmodl
