// libFuzzer target (CMakeLists.txt says how to run it): no text may do more than be translated or refused.
#include <cstdint>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        ngv::nmodl::translate_text("fuzz.mod", std::string(reinterpret_cast<const char*>(data), size), {});
    } catch (const ngv::UserError&) {
    }
    return 0;
}
