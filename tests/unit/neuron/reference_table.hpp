// Tables made with NEURON, outside the repository (tests/unit/reference.hpp). Tests that need one are skipped without it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/reference.hpp"

namespace ngv::neuron {

/// A CSV of texts and numbers.
class ReferenceTable {
  public:
    explicit ReferenceTable(const std::string& file) {
        std::ifstream in(ngv::test::reference_folder() / "neuron/traces" / file);
        std::string line;
        if (!std::getline(in, line)) return;
        const auto names = split(line);
        while (std::getline(in, line)) {
            const auto values = split(line);
            for (std::size_t c = 0; c < names.size() && c < values.size(); ++c) columns_[names[c]].push_back(values[c]);
            ++size_;
        }
    }
    std::size_t size() const { return size_; }
    const std::string& text(const std::string& column, std::size_t row) const { return columns_.at(column).at(row); }
    double number(const std::string& column, std::size_t row) const { return std::stod(text(column, row)); }

  private:
    static std::vector<std::string> split(const std::string& line) {
        std::vector<std::string> result(1);
        bool quoted = false;
        for (char c : line) {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                result.emplace_back();
            else if (c != '\r')
                result.back() += c;
        }
        return result;
    }
    std::map<std::string, std::vector<std::string>> columns_;
    std::size_t size_ = 0;
};

#define NEED_REFERENCE_TABLE(rows, file)          \
    const ngv::neuron::ReferenceTable rows(file); \
    if (rows.size() == 0) GTEST_SKIP() << file << " is not there"

}  // namespace ngv::neuron
