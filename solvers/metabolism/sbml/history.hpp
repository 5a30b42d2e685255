// What the variables of a model were, for the csymbol delay: points of a solution, cubic between them (Hermite, by the
// rates at both ends). Before the first point the variables have its values, beyond the last one they go straight on: a
// delay of nearly 0 looks there.
#pragma once

#include <vector>

namespace ngv::metabolism {

class History {
  public:
    struct Point {
        double time;
        std::vector<double> values, inputs,
            rates;  ///< of the integrated values; the inputs of the stretch that ends here
    };

    /// Times must not fall; two points at one time are a jump.
    void add(Point point) { points_.push_back(std::move(point)); }
    /// After a jump: as it is after it.
    Point at(double time) const;
    /// The first time after `time` at which there was a jump, or where the history begins; infinite if there is none.
    double next_jump(double time) const;

  private:
    std::vector<Point> points_;
};

}  // namespace ngv::metabolism
