// configs/tissue.yaml, from which the circuit's own scenario is made.
#pragma once

namespace ngv::circuit {

extern const char* const scenario_text;

}  // namespace ngv::circuit
