// The bytes of a Gmsh file and a place in them. Every read is checked against the end, so a truncated file is an error with
// its place.
//
//     MshCursor in("mesh.msh", bytes);
//     in.line();                          // of the text
//     in.number<double>();                // of a text file
//     in.raw<std::int32_t>();             // of a binary one
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "ngv/error.hpp"

namespace ngv::rd {

class MshCursor {
  public:
    MshCursor(std::string name, std::string bytes) : name_(std::move(name)), bytes_(std::move(bytes)) {}

    [[noreturn]] void fail(std::string what, std::string fix = {}) const {
        throw UserError(Problem{name_, fmt::format("byte {}: {}", position_, what), std::move(fix)});
    }

    bool at_end() const { return position_ >= bytes_.size(); }

    std::string_view line() {
        if (at_end()) truncated();
        const auto end = std::min(bytes_.find('\n', position_), bytes_.size());
        std::string_view text(bytes_.data() + position_, end - position_);
        position_ = end + 1;
        while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
        return text;
    }

    /// The next number of a text file.
    template <class T>
    T number() {
        const char* end = bytes_.data() + bytes_.size();
        const char* begin = bytes_.data() + std::min(position_, bytes_.size());
        while (begin < end && (*begin == ' ' || *begin == '\n' || *begin == '\r' || *begin == '\t')) ++begin;
        if (begin < end && *begin == '+') ++begin;
        if (begin == end) truncated();
        T value{};
        const auto [stop, error] = std::from_chars(begin, end, value);
        position_ = static_cast<std::size_t>(begin - bytes_.data());
        if (error != std::errc()) fail(fmt::format("expected a number, found '{}'", word_at(position_)), repair);
        position_ = static_cast<std::size_t>(stop - bytes_.data());
        return value;
    }

    /// The next number of a binary file, stored as a Stored.
    template <class Stored, class T = Stored>
    T raw() {
        if (bytes_.size() - std::min(position_, bytes_.size()) < sizeof(Stored)) truncated();
        Stored value;
        std::memcpy(&value, bytes_.data() + position_, sizeof(Stored));
        position_ += sizeof(Stored);
        return static_cast<T>(value);
    }

    void skip_bytes(std::uint64_t n) {
        if (n > bytes_.size() - std::min(position_, bytes_.size())) truncated();
        position_ += n;
    }

    /// Moves behind the line "$End..." of a section.
    void skip_to(std::string_view marker) {
        const auto found = bytes_.find(marker, position_);
        if (found == std::string::npos) truncated();
        position_ = found;
        line();
    }

    [[noreturn]] void truncated() const {
        fail("the file ends too early", "it was truncated, or is still being written: make it again");
    }

    static constexpr const char* repair = "the file is damaged: make it again with gmsh";

  private:
    std::string_view word_at(std::size_t i) const {
        const auto end = std::min(bytes_.find_first_of(" \r\n\t", i), bytes_.size());
        return std::string_view(bytes_).substr(i, std::min<std::size_t>(end - i, 40));
    }

    std::string name_;
    std::string bytes_;
    std::size_t position_ = 0;
};

}  // namespace ngv::rd
