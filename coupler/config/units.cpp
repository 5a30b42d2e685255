#include "coupler/config/units.hpp"

#include <udunits2.h>

#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>

#include "ngv/error.hpp"

namespace ngv {

namespace {

struct FreeUnit {
    void operator()(ut_unit* unit) const { ut_free(unit); }
};
using Unit = std::unique_ptr<ut_unit, FreeUnit>;

// UDUNITS keeps one database; reading it takes milliseconds, so the process does it once. It is not thread-safe.
class Database {
  public:
    Database() {
        ut_set_error_message_handler(ut_ignore);
        system_ = ut_read_xml(nullptr);
        NGV_ASSERT(system_ != nullptr);
        Unit molar{ut_parse(system_, "mol/L", UT_UTF8)};
        ut_map_symbol_to_unit("M", UT_UTF8, molar.get());
        for (const char* power : {"2", "3"})
            for (const char* length : {"um", "mm", "cm", "m", "nm"}) {
                Unit unit{ut_parse(system_, (std::string(length) + "^" + power).c_str(), UT_UTF8)};
                const std::string name = std::string(length) + power;
                if (Unit known{ut_parse(system_, name.c_str(), UT_UTF8)};
                    !known || ut_compare(known.get(), unit.get()) != 0)
                    ut_map_name_to_unit(name.c_str(), UT_UTF8, unit.get());
            }
    }
    ~Database() {
        units_.clear();  // a unit may not outlive its system
        ut_free_system(system_);
    }

    ut_unit* find(std::string_view text) {
        auto [it, is_new] = units_.try_emplace(std::string(text));
        if (is_new) it->second.reset(ut_parse(system_, it->first.c_str(), UT_UTF8));
        if (!it->second)
            throw UserError({"unit '" + std::string(text) + "'", "unknown unit",
                             "units are written as in 'ms', 'mM', 'um2/ms', 'mA/cm2', '1/s'; '1' is dimensionless"});
        return it->second.get();
    }

  private:
    ut_system* system_;
    std::map<std::string, Unit, std::less<>> units_;
};

std::mutex mutex;

Database& database() {
    static Database instance;
    return instance;
}

struct NumberAndUnit {
    double number;
    std::string unit;
    std::string digits;
};

NumberAndUnit split(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        throw UserError({"value ''", "expected a number with a unit, such as '3 mM'", ""});
    text.remove_prefix(begin);
    if (text.front() == '+') text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number))
        throw UserError({"value '" + std::string(text) + "'", "expected a number with a unit, such as '3 mM'", ""});
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    while (!unit.empty() && (unit.front() == ' ' || unit.front() == '\t')) unit.remove_prefix(1);
    while (!unit.empty() && (unit.back() == ' ' || unit.back() == '\t')) unit.remove_suffix(1);
    return {number, std::string(unit), std::string(text.data(), end)};
}

// A decimal number ("0.025", "2.5e-2") as digits * 10^exponent, exactly.
std::pair<std::int64_t, int> decimal(const std::string& text) {
    std::int64_t digits = 0;
    int exponent = 0;
    bool after_point = false;
    const bool negative = text[0] == '-';
    std::size_t i = negative;
    for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
        if (text[i] == '.') {
            after_point = true;
            continue;
        }
        if (digits > (INT64_MAX - 9) / 10)
            throw UserError({"value '" + text + "'", "has more digits than a time can hold", ""});
        digits = digits * 10 + (text[i] - '0');
        exponent -= after_point;
    }
    if (i < text.size()) exponent += std::stoi(text.substr(i + 1));
    return {negative ? -digits : digits, exponent};
}

}  // namespace

double unit_factor(std::string_view from, std::string_view to) {
    std::lock_guard lock(mutex);
    ut_unit* a = database().find(from);
    ut_unit* b = database().find(to);
    std::unique_ptr<cv_converter, void (*)(cv_converter*)> converter(ut_get_converter(a, b), cv_free);
    if (!converter)
        throw UserError({"unit '" + std::string(from) + "'",
                         "has another dimension than '" + std::string(to) + "', which is expected here",
                         "give the value in a unit that converts to '" + std::string(to) + "'"});
    // UDUNITS multiplies factors one by one; a whole number or power of ten, or one over it, that comes out 1e-15
    // beside itself is put right, so that 1 mM is 1 mol/m3 and not 0.9999999999999999.
    const double factor = cv_convert_double(converter.get(), 1.0) - cv_convert_double(converter.get(), 0.0);
    const double large = std::max(factor, 1.0 / factor);
    const double power_of_ten = std::pow(10.0, std::round(std::log10(large)));
    const double whole = large < 9e15 ? std::round(large) : power_of_ten;  // above 9e15 every double is whole
    if (std::abs(large / whole - 1.0) < 1e-14) return factor >= 1.0 ? whole : 1.0 / whole;
    return factor;
}

bool same_dimension(std::string_view a, std::string_view b) {
    std::lock_guard lock(mutex);
    try {
        return ut_are_convertible(database().find(a), database().find(b)) != 0;
    } catch (const UserError&) {
        return false;
    }
}

double parse_quantity(std::string_view text, std::string_view unit) {
    const auto value = split(text);
    if (value.unit.empty()) {
        if (unit == "1") return value.number;
        throw UserError({"value '" + std::string(text) + "'",
                         "has no unit; expected one that converts to '" + std::string(unit) + "'",
                         "write '" + std::string(text) + " " + std::string(unit) + "' if that is what you mean"});
    }
    const double factor = unit_factor(value.unit, unit);
    // 0.025 ms in s: dividing by the exact inverse rounds once.
    return factor < 1.0 && 1.0 / factor == std::round(1.0 / factor) ? value.number / std::round(1.0 / factor)
                                                                    : value.number * factor;
}

Tick parse_ticks(std::string_view text) {
    const auto value = split(text);
    if (value.unit.empty())
        throw UserError({"value '" + std::string(text) + "'", "has no unit; expected a time",
                         "write '" + std::string(text) + " ms' if that is what you mean"});
    const double unit_in_ns = unit_factor(value.unit, "ns");
    auto [digits, exponent] = decimal(value.digits);
    const double power = std::round(std::log10(unit_in_ns));
    const bool is_power_of_ten = unit_in_ns == (power >= 0 ? std::pow(10.0, power) : 1.0 / std::pow(10.0, -power));
    if (is_power_of_ten) exponent += static_cast<int>(power);
    auto whole = [&](bool ok) {
        if (!ok)
            throw UserError({"value '" + std::string(text) + "'",
                             "is not a whole number of nanoseconds, the smallest step of time", ""});
    };
    for (; exponent < 0; ++exponent) {
        whole(digits % 10 == 0);
        digits /= 10;
    }
    const double factor = is_power_of_ten ? 1.0 : unit_in_ns;  // minutes and hours are whole numbers of ns
    whole(factor == std::round(factor));
    double limit = static_cast<double>(std::abs(digits)) * factor * std::pow(10.0, exponent);
    if (limit > 9e18)
        throw UserError(
            {"value '" + std::string(text) + "'", "is longer than 292 years, the longest time of a run", ""});
    Tick ticks = digits * static_cast<Tick>(factor);
    for (; exponent > 0; --exponent) ticks *= 10;
    return ticks;
}

}  // namespace ngv
