// Headers that generated mechanisms include, embedded at build time, by their path as included.
#pragma once

#include <map>
#include <string>

namespace ngv::nmodl {

const std::map<std::string, std::string>& runtime_headers();

}  // namespace ngv::nmodl
