// A SONATA circuit of three cells whose answers are known: spheres of passive membrane, R = 1 / (g A), tau = cm / g.
//
//     PassiveCircuit circuit("inputs");
//     auto v = circuit.soma_voltage(R"("a": {"module": "linear", "node_set": "Balls", "amp_start": 0.01, ...})");
//     v[frame][cell]                      // mV, every dt from t = 0
//
// Cells 0, 1, 2 differ in threshold_current, holding_current and input_resistance.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ngv::neuron {

class PassiveCircuit {
  public:
    explicit PassiveCircuit(const std::string& name);
    /// The same with another shape, SWC text, or another cell `ball`, YAML text.
    PassiveCircuit(const std::string& name, const std::string& swc, const std::string& cells = "");
    ~PassiveCircuit();

    static constexpr double dt = 0.1, tstop = 40;                                 ///< ms
    static constexpr double rest = -70, g_pas = 1e-4, cm = 1;                     ///< mV, S/cm2, uF/cm2
    static constexpr double diameter = 20;                                        ///< um, and length
    static constexpr double tau = cm / g_pas * 1e-3;                              ///< ms
    static constexpr double area = 3.14159265358979323846 * diameter * diameter;  ///< um2
    static constexpr double resistance = 1e2 / (g_pas * area);                    ///< MOhm
    static constexpr double threshold[3] = {0.01, 0.02, 0.04};                    ///< nA
    static constexpr double holding[3] = {-0.001, -0.002, -0.003};                ///< nA
    static constexpr double input_resistance[3] = {800, 400, 200};                ///< MOhm

    std::string run_keys = {}, conditions = {};          ///< more of `run` and of `conditions`, JSON text
    std::vector<std::filesystem::path> mechanisms = {};  ///< .mod files beside the project's own
    const std::filesystem::path& folder() const { return folder_; }
    /// Runs a simulation config; `parts` are further keys of it, JSON text. Returns the folder of results.
    std::filesystem::path run(const std::string& inputs, const std::string& parts = "") const;
    /// Of all cells, frame by frame.
    std::vector<std::vector<double>> soma_voltage(const std::string& inputs) const;
    /// What a UserError of such a run says; empty if there was none.
    std::string problem(const std::string& inputs, const std::string& parts = "") const;

  private:
    std::filesystem::path folder_;
};

/// A report file's values of population `balls`, frame by frame.
std::vector<std::vector<double>> report_frames(const std::filesystem::path& file);

}  // namespace ngv::neuron
