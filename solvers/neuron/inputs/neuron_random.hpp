// NEURON's Random123 streams, number for number: what a circuit built for NEURON draws its noise from.
//
//     NeuronRandom r(1, 2, 3, seed);         // ids of the stream, global index
//     double u = r.uniform();                // nrnran123_dblpick
//     NormalPairs n;  double x = n(r);       // hoc's Random.normal(0, 1)
//
// Philox4x32-10 (Salmon et al., SC11): counter {sequence, id3, id1, id2}, key {global index, 0}; the four outputs are used in
// order, then the sequence goes on by one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace ngv::neuron {

class NeuronRandom {
  public:
    NeuronRandom(std::uint32_t id1, std::uint32_t id2, std::uint32_t id3, std::uint32_t global_index = 0)
        : id1_(id1), id2_(id2), id3_(id3), key_(global_index) {}
    std::uint32_t bits();
    double uniform();      ///< (bits + 1) / (2^32 + 1), in (0, 1)
    double exponential();  ///< mean 1: -log(uniform)

  private:
    std::uint32_t id1_, id2_, id3_, key_, sequence_ = 0;
    int next_ = 4;
    std::array<std::uint32_t, 4> buffer_{};
};

/// Normal numbers in pairs by the polar method, the second one kept for the next call (hoc's Random.normal; setting the distribution
/// anew drops it).
class NormalPairs {
  public:
    double operator()(NeuronRandom& random);

  private:
    bool kept_ = false;
    double value_ = 0;
};

/// The first number of each polar pair: nrnran123_normal of .mod files.
double polar_normal(NeuronRandom& random);

/// n numbers of a gamma distribution with this shape (> 0) and scale (Marsaglia and Tsang, ACM TOMS 26:363, 2000; for shape < 1 all
/// n factors U^(1/shape) are drawn first).
std::vector<double> gamma_numbers(NeuronRandom& random, double shape, double scale, std::size_t n);

}  // namespace ngv::neuron
