#include "ngv/error.hpp"

#include <algorithm>
#include <numeric>

namespace ngv {

namespace {

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1, a change of case
// nothing.
int edit_distance(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    std::vector<int> before, above(b.size() + 1), row(b.size() + 1);
    std::iota(above.begin(), above.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int different = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + different});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = above;
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
    int best = static_cast<int>(std::max<std::size_t>(name.size() / 2, 1)) + 1;
    std::string nearest;
    for (const auto& candidate : candidates) {
        const int d = edit_distance(name, candidate);
        if (d < best) {
            best = d;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
    if (const auto nearest = nearest_name(name, candidates); !nearest.empty()) return "did you mean '" + nearest + "'?";
    if (candidates.empty()) return "there are none here";
    std::string text = "known names: ";
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i == 20) return text + ", ... (" + std::to_string(candidates.size()) + " in all)";
        text += (i ? ", " : "") + candidates[i];
    }
    return text;
}

ExitCode exit_code(const std::exception& error) {
    if (dynamic_cast<const UserError*>(&error)) return ExitCode::user_error;
    if (dynamic_cast<const PhysicsError*>(&error)) return ExitCode::physics_error;
    if (dynamic_cast<const LedgerError*>(&error)) return ExitCode::ledger_error;
    if (dynamic_cast<const PeerLost*>(&error)) return ExitCode::peer_lost;
    if (dynamic_cast<const Interrupted*>(&error)) return ExitCode::interrupted;
    return ExitCode::internal_error;
}

}  // namespace ngv
