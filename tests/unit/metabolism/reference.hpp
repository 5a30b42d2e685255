// Reference data of the metabolic models (tests/unit/reference.hpp).
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/reference.hpp"

namespace ngv::metabolism {

/// Rows of a CSV file, by the names of its first line; lines that start with # are left out.
struct Csv {
    std::vector<std::string> names;
    std::vector<std::map<std::string, std::string>> rows;

    explicit Csv(const std::filesystem::path& file) {
        std::ifstream in(file);
        std::string line, word;
        while (std::getline(in, line)) {
            if (line.ends_with('\r')) line.pop_back();
            if (line.empty() || line.starts_with('#')) continue;
            std::istringstream words(line);
            if (names.empty()) {
                while (std::getline(words, word, ',')) names.push_back(word);
                continue;
            }
            rows.emplace_back();
            for (std::size_t k = 0; k < names.size() && std::getline(words, word, ','); ++k)
                rows.back()[names[k]] = word;
        }
    }
};

}  // namespace ngv::metabolism
