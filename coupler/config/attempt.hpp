// Mistakes that are collected, so that all of them are told at once.
#pragma once

#include <vector>

#include "ngv/error.hpp"

namespace ngv {

/// Runs `part`; the problems of its UserError join the list. False if there was one.
template <class Part>
bool attempt(std::vector<Problem>& problems, Part&& part) {
    try {
        part();
        return true;
    } catch (const UserError& error) {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        return false;
    }
}

}  // namespace ngv
