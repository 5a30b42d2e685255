#include "coupler/protocol/frame.hpp"

#include <fmt/format.h>

#include <cstring>

#include "ngv/error.hpp"

namespace ngv::protocol {

namespace {

struct Header {
    std::uint32_t magic;
    std::uint16_t major, minor;
    std::uint32_t type;
    std::uint32_t length;
};
static_assert(sizeof(Header) == 16);
constexpr std::uint32_t magic = 0x4356474e;  // "NGVC"

UserError unreadable(std::string_view peer, const std::string& what) {
    return UserError(Problem{fmt::format("participant '{}'", peer), what,
                             "build all programs of the run from the same version of ngv"});
}

}  // namespace

std::string pack(Type type, const google::protobuf::MessageLite& message) {
    std::string payload = message.SerializeAsString();
    const Header header{magic, version_major, version_minor, static_cast<std::uint32_t>(type),
                        static_cast<std::uint32_t>(payload.size())};
    std::string bytes(sizeof header, '\0');
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes + payload;
}

Frame open(std::string_view bytes, std::string_view peer) {
    Header header;
    if (bytes.size() < sizeof header) throw unreadable(peer, "sent something that is no control message");
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.magic != magic) throw unreadable(peer, "sent something that is no control message");
    if (header.major != version_major) {
        throw unreadable(peer, fmt::format("speaks version {}.{} of the protocol, this side speaks {}.{}", header.major,
                                           header.minor, version_major, version_minor));
    }
    if (header.length != bytes.size() - sizeof header) throw unreadable(peer, "sent a control message that is cut off");
    return {header.major, header.minor, static_cast<Type>(header.type), bytes.substr(sizeof header)};
}

void parse(const Frame& frame, google::protobuf::MessageLite& message, std::string_view peer) {
    if (!message.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
        throw unreadable(peer, "sent a control message that cannot be read");
    }
}

void unpack(std::string_view bytes, Type type, google::protobuf::MessageLite& message, std::string_view peer) {
    const Frame frame = open(bytes, peer);
    if (frame.type != type) {
        throw unreadable(peer, fmt::format("sent a control message of type {} where {} was expected",
                                           static_cast<unsigned>(frame.type), static_cast<unsigned>(type)));
    }
    parse(frame, message, peer);
}

}  // namespace ngv::protocol
