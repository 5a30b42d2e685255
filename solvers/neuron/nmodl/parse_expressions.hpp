// Expressions: precedence climbing, as in NEURON's translator:  || && < > <= >= == != + - * / % unary ^
#pragma once

#include <map>
#include <set>

#include "solvers/neuron/nmodl/cursor.hpp"
#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

class ExpressionParser {
  public:
    explicit ExpressionParser(Cursor& cursor) : at_(cursor) {}

    Expression expression();
    Expression primary();
    /// A call whose name stands here.
    Expression call();
    /// An integer: digits or a name of DEFINE.
    int integer(std::string_view context);
    /// A number with its sign, or a name of DEFINE.
    double number(std::string_view context);
    /// name, name[i], name', name'[i]: what may be assigned to.
    Expression target();
    std::vector<std::string> names(std::string_view context);

    std::map<std::string, std::string> defined;  ///< DEFINE: name -> number
    /// Within DISCRETE: states whose value before the step (x@1) is asked for; it is the local x_before.
    std::set<std::string>* states_before = nullptr;

    /// Guards against nesting that would exhaust the stack.
    class Deeper {
      public:
        explicit Deeper(ExpressionParser& p);
        ~Deeper() { --p_.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;

      private:
        ExpressionParser& p_;
    };

  private:
    Expression binary(int level);
    Expression unary();
    Expression power();
    Expression before(Expression state);
    Cursor& at_;
    int depth_ = 0;
};

/// The value of a number as written; throws through the cursor when it does not fit.
double number_value(const std::string& text);

}  // namespace ngv::nmodl
