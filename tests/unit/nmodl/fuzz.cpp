// libFuzzer target: nmodl-fuzz -max_len=20000 CORPUS solvers/neuron/mechanisms/mod/*
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
