// Arrays whose rows of eight doubles start on cache lines, as kernels expect.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace ngv::neuron {

template <class T>
struct CacheLineAllocator {
    using value_type = T;
    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64})); }
    void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
    template <class U>
    bool operator==(const CacheLineAllocator<U>&) const {
        return true;
    }
};

template <class T>
using Aligned = std::vector<T, CacheLineAllocator<T>>;

}  // namespace ngv::neuron
