// The frame around every control message: 16 bytes that say what follows, and in which version of the protocol.
//
//     std::string bytes = protocol::pack(protocol::Type::hello, hello);
//     protocol::unpack(bytes, protocol::Type::hello, hello, "rd");      // throws UserError if the other side is of
//     another version
#pragma once

#include <google/protobuf/message_lite.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace ngv::protocol {

/// A change of the major number means: cannot talk to each other. The minor number grows with every optional field.
inline constexpr std::uint16_t version_major = 1;
inline constexpr std::uint16_t version_minor = 1;

enum class Type : std::uint32_t {
    hello = 1,
    welcome = 2,
    refuse = 3,
    advance = 4,
    goodbye = 5,
    farewell = 6,
    abort = 7,
    kept = 8
};

struct Frame {
    std::uint16_t major, minor;
    Type type;
    std::string_view payload;
};

std::string pack(Type type, const google::protobuf::MessageLite& message);

/// Reads the frame. Throws UserError naming `peer` if it is no frame of ours or of another major version.
Frame open(std::string_view bytes, std::string_view peer);

/// Reads the payload of a frame. Throws UserError if it cannot be read.
void parse(const Frame& frame, google::protobuf::MessageLite& message, std::string_view peer);

/// Both; throws UserError if another type was sent.
void unpack(std::string_view bytes, Type type, google::protobuf::MessageLite& message, std::string_view peer);

}  // namespace ngv::protocol
