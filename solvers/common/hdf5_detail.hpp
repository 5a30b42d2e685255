// What the parts of hdf5.hpp share: HDF5's own words in errors, the types of C++ in HDF5, texts. Private to hdf5*.cpp.
#pragma once

#include <fmt/format.h>

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"

namespace ngv::h5 {

/// The innermost message of HDF5's error stack: the one that names the cause.
inline std::string reason() {
    std::string text = "no reason given";
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_DOWNWARD,
        [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
            if (error->desc && *error->desc) *static_cast<std::string*>(out) = error->desc;
            return 0;
        },
        &text);
    return text;
}

/// A failed call of HDF5 as a UserError that says where, what was tried and why.
template <class R>
R check(R result, const std::string& where, const char* action) {
    if (result < 0)
        throw UserError(Problem{where, fmt::format("cannot {}: {}", action, reason()),
                                "the file may be damaged; make or copy it again"});
    return result;
}

/// X(T) for every type of number that hdf5.hpp names.
#define NGV_H5_NUMBERS(X) \
    X(double) X(float) X(std::int32_t) X(std::int64_t) X(std::uint8_t) X(std::uint32_t) X(std::uint64_t)

template <class T>
hid_t native() {
    if constexpr (std::is_same_v<T, double>)
        return H5T_NATIVE_DOUBLE;
    else if constexpr (std::is_same_v<T, float>)
        return H5T_NATIVE_FLOAT;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return H5T_NATIVE_INT32;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return H5T_NATIVE_INT64;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return H5T_NATIVE_UINT8;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return H5T_NATIVE_UINT32;
    else {
        static_assert(std::is_same_v<T, std::uint64_t>);
        return H5T_NATIVE_UINT64;
    }
}

/// The number of values of a shape, or of one of its rows (`from` 1).
inline std::size_t product(const std::vector<std::int64_t>& shape, std::size_t from = 0) {
    std::size_t n = 1;
    for (std::size_t i = from; i < shape.size(); ++i) n *= static_cast<std::size_t>(shape[i]);
    return n;
}

/// n texts of the stored type (of fixed or variable length), as `read` puts them into memory.
inline std::vector<std::string> texts_from(hid_t type, std::size_t n, const std::string& where, auto&& read) {
    std::vector<std::string> texts(n);
    if (n == 0) return texts;
    if (H5Tget_class(type) != H5T_STRING) throw UserError(Problem{where, "expected text, found numbers", {}});
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> pointers(n, nullptr);
        check(read(pointers.data()), where, "read");
        for (std::size_t i = 0; i < n; ++i) {
            if (pointers[i]) texts[i] = pointers[i];
            H5free_memory(pointers[i]);
        }
        return texts;
    }
    const std::size_t size = H5Tget_size(type);
    std::vector<char> data(n * size);
    check(read(data.data()), where, "read");
    for (std::size_t i = 0; i < n; ++i) {
        texts[i] = std::string(&data[i * size], strnlen(&data[i * size], size));
        if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) texts[i].erase(texts[i].find_last_not_of(' ') + 1);
    }
    return texts;
}

inline Handle variable_text_type() {
    Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

}  // namespace ngv::h5
