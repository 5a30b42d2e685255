// Messages of a solver on stderr, one line each, with who says it: `[rd 0] mesh of 20480 tetrahedra`.
//
//     ngv::set_log_name("rd", rank);
//     ngv::log_info("mesh of {} tetrahedra", n);
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace ngv {

/// Name and rank that stand before every message of this thread (two participants may live in one process).
void set_log_name(std::string_view name, int rank);

/// One line to stderr, in one piece. `level` is "" or "warning".
void log_line(std::string_view level, std::string_view text);

template <class... A>
void log_info(fmt::format_string<A...> format, A&&... arguments) {
    log_line("", fmt::format(format, std::forward<A>(arguments)...));
}

template <class... A>
void log_warning(fmt::format_string<A...> format, A&&... arguments) {
    log_line("warning", fmt::format(format, std::forward<A>(arguments)...));
}

}  // namespace ngv
