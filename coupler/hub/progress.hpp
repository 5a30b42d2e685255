// One line on stderr that says how far the run is: rewritten in place on a terminal, every few seconds elsewhere.
#pragma once

#include "ngv/window.hpp"

namespace ngv::hub {

class Progress {
  public:
    /// A run from `begin` to `duration`.
    Progress(Tick begin, Tick duration);
    /// As often as one likes.
    void show(Tick now);
    /// Ends the line, so that other messages start on one of their own.
    void end();

  private:
    Tick begin_, duration_;
    bool terminal_;
    bool line_open_ = false;
    double begin_s_, last_s_;
};

}  // namespace ngv::hub
