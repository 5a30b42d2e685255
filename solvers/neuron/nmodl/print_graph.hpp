// A kernel's graph as C++: one constant for each node.
#pragma once

#include <map>
#include <set>
#include <string>

#include "solvers/neuron/nmodl/kernel.hpp"

namespace ngv::nmodl {

enum class Width {
    one,   ///< doubles of an Instance q
    eight  ///< V8 of a Row row, what all instances share as doubles before the loop
};

class GraphPrinter {
  public:
    GraphPrinter(const Model& model, const Kernel& kernel, Width width);

    /// Pointers to columns, ions and node arrays (Width::eight).
    std::string addresses() const;
    /// What is the same for all instances (Width::eight).
    std::string shared() const { return shared_; }
    /// What each block (or the instance) computes.
    std::string body() const { return body_; }
    /// A node of the kernel's roots, as an expression behind body().
    std::string value(Node n) const;
    /// The same as one double, if it is the same for all instances; else "".
    std::string shared_value(Node n) const;
    /// Whether an iteration may not converge: body() sets `failed`.
    bool can_fail() const { return !done_.empty(); }
    /// FUNCTION_TABLEs that body() or shared() read, as "table_<name>".
    const std::set<std::string>& function_tables() const { return function_tables_; }

    /// Column whose pointer and stride addresses() has to give, beyond those that are loaded.
    void need_column(int column) { columns_.insert(column); }
    void need_ion(int ion_variable) { ions_.insert(ion_variable); }
    /// A column that the kernel reads and writes: no stride, each instance has its own value.
    bool is_own(int column) const;
    static std::string ion_array(const IonVariable& v);

  private:
    void classify();
    void find_fused();
    void print();
    void print(Node n);
    void iteration(std::size_t k);
    std::string line(Node n, bool shared);
    std::string operation(Node n, bool shared);
    std::string operand(Node n, bool shared);
    std::string condition(Node n, bool shared);
    std::string load(Node n, bool shared);
    std::string fused(Node n);
    bool can_fuse(Node n) const;

    const Model& m_;
    const Kernel& k_;
    const Graph& g_;
    Width width_;
    std::vector<Node> order_;
    std::vector<char> is_shared_, fuses_, printed_;
    std::vector<int> region_, uses_, divisions_;
    std::set<int> columns_, ions_, loaded_;  ///< loaded_: columns
    std::set<std::string> function_tables_;
    std::set<Node> widened_, inverted_;
    std::set<std::size_t> done_;
    std::map<std::pair<Node, int>, std::string> places_, reciprocals_;
    std::string shared_, body_, indent_ = "        ";
    bool uses_v_ = false, uses_diam_ = false, uses_area_ = false;
};

/// A number as C++ reads it back exactly.
std::string number_text(double x);

}  // namespace ngv::nmodl
