#include "solvers/flow/network/vessels.hpp"

#include <array>

namespace ngv::flow {

namespace {

constexpr std::array<const char*, num_vessel_types> names{
    "unknown", "vein", "artery", "venule", "arteriole", "venous_capillary", "arterial_capillary", "transitional"};

}  // namespace

const char* name_of(VesselType type) {
    return names.at(static_cast<std::size_t>(type));
}

std::vector<VesselType> types_named(std::string_view word) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (word == names[i]) return {static_cast<VesselType>(i)};
    if (word == "capillary")
        return {VesselType::venous_capillary, VesselType::arterial_capillary, VesselType::transitional};
    if (word == "arterial") return {VesselType::artery, VesselType::arteriole};
    if (word == "venous") return {VesselType::vein, VesselType::venule};
    return {};
}

std::vector<std::string> type_words() {
    std::vector<std::string> words(names.begin(), names.end());
    words.insert(words.end(), {"capillary", "arterial", "venous"});
    return words;
}

}  // namespace ngv::flow
