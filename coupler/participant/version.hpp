// Which ngv is this?
#pragma once

#include <string>

namespace ngv {

/// Version and compiler of this build.
inline std::string build_version() {
    return std::string(NGV_VERSION) + " (" + __VERSION__ + ")";
}

}  // namespace ngv
