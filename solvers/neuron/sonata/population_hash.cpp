// MD5 (RFC 1321) of a short text: what neurodamus numbers populations with in its random seeds.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

namespace {

std::array<std::uint8_t, 16> md5(const std::string& text) {
    static constexpr int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    std::string message = text;
    message.push_back(static_cast<char>(0x80));
    while (message.size() % 64 != 56) message.push_back(0);
    for (int i = 0; i < 8; ++i)
        message.push_back(static_cast<char>((static_cast<std::uint64_t>(text.size()) * 8) >> (8 * i)));
    std::array<std::uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    for (std::size_t block = 0; block < message.size(); block += 64) {
        std::array<std::uint32_t, 16> word{};
        for (std::size_t i = 0; i < 64; ++i)
            word[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(message[block + i])) << (8 * (i % 4));
        auto [a, b, c, d] = state;
        for (std::uint32_t i = 0; i < 64; ++i) {
            const std::uint32_t f = i < 16   ? (b & c) | (~b & d)
                                    : i < 32 ? (d & b) | (~d & c)
                                    : i < 48 ? b ^ c ^ d
                                             : c ^ (b | ~d);
            const std::uint32_t g = i < 16 ? i : i < 32 ? (5 * i + 1) % 16 : i < 48 ? (3 * i + 5) % 16 : (7 * i) % 16;
            const auto sine =
                static_cast<std::uint32_t>(std::floor(std::abs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
            const std::uint32_t sum = a + f + sine + word[g];
            a = d;
            d = c;
            c = b;
            b += std::rotl(sum, shifts[i / 16][i % 4]);
        }
        state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
    }
    std::array<std::uint8_t, 16> digest{};
    for (std::size_t i = 0; i < 16; ++i) digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)));
    return digest;
}

}  // namespace

std::uint32_t population_hash(const std::string& name) {
    const auto digest = md5(name);
    return ((digest[1] & 0x0fu) << 8) + digest[0];
}

}  // namespace ngv::neuron
