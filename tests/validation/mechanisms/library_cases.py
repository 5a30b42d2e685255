"""One case for each mechanism of the library: what library_test.py runs in the project's engine and in Debian's NEURON."""

from cases import PAS, case, clamp, density

V34 = {"celsius": 34.0, "v_init": -70.0}
NA = {"ion": "na", "e": 50.0}
K = {"ion": "k", "e": -85.0}
CA = {"ion": "ca", "in": 5e-5, "out": 2.0}
PULSE = [clamp(0.1), clamp(-0.05, 38.0, 8.0)]
TIMES = [3.0, 5.5, 7.0, 12.0, 20.0, 21.0, 33.0]


def gated(mechanism, gates, ions=(), **values):
    """A channel in a cell that is pulsed up and down; its gates are compared too."""
    return case(
        mechanism,
        options=V34,
        densities=[PAS, density(mechanism, **values)],
        ions=list(ions),
        clamps=PULSE,
        record=["v"] + [f"{g}_{mechanism}" for g in gates],
    )


SPIKING = [density("NaTg", gNaTgbar=0.1), density("SKv3_1", gSKv3_1bar=0.1)]

BBP = [
    gated("NaTa_t", "mh", [NA], gNaTa_tbar=0.02),
    gated("NaTs2_t", "mh", [NA], gNaTs2_tbar=0.02),
    gated("NaTg", "mh", [NA], gNaTgbar=0.02, vshiftm=5.0, vshifth=3.0, slopem=7.0),
    gated("Nap_Et2", "mh", [NA], gNap_Et2bar=0.001),
    gated("K_Pst", "mh", [K], gK_Pstbar=0.01),
    gated("K_Tst", "mh", [K], gK_Tstbar=0.01),
    gated("SKv3_1", "m", [K], gSKv3_1bar=0.1),
    gated("Im", "m", [K], gImbar=0.001),
    gated("KdShu2007", "mh", [], gkbar=0.001),
    gated("Ih", "m", [], gIhbar=1e-4),
    gated("Ca", "mh", [CA], gCabar=1e-4),
    gated("Ca_HVA", "mh", [CA], gCa_HVAbar=1e-4),
    gated("Ca_HVA2", "mh", [CA], gCa_HVAbar=1e-4),
    gated("Ca_LVAst", "mh", [CA], gCa_LVAstbar=1e-3),
    case(
        "SK_E2",
        options=V34,
        densities=[PAS, density("Ca_HVA", gCa_HVAbar=1e-3), density("CaDynamics_E2", gamma=0.01, decay=100.0), density("SK_E2", gSK_E2bar=0.01)],
        ions=[CA, K],
        clamps=PULSE,
        record=["v", "cai", "z_SK_E2"],
    ),
    case(
        "CaDynamics_DC0",
        options=V34,
        densities=[PAS, density("Ca_HVA2", gCa_HVAbar=1e-3), density("CaDynamics_DC0", gamma=0.02, decay=50.0)],
        ions=[CA],
        clamps=PULSE,
        record=["v", "cai", "eca"],
    ),
    case(
        "TTXDynamicsSwitch",
        options=V34,
        densities=[PAS, *SPIKING, density("TTXDynamicsSwitch", ttxo_level=1.0)],
        ions=[NA, K],
        clamps=PULSE,
        record=["v", "m_NaTg", "h_NaTg"],
    ),
    case("without_TTX", options=V34, densities=[PAS, *SPIKING, density("TTXDynamicsSwitch")], ions=[NA, K], clamps=PULSE, record=["v", "m_NaTg"]),
    case(
        "StochKv",
        options=V34,
        densities=[PAS, {"mechanism": "StochKv", "values": {"gkbar": 4000.0}, "random": {"rng": [1, 2, 3]}}],
        ions=[K],
        clamps=PULSE,
        record=["v", "N1_StochKv", "n_StochKv"],
    ),
    case(
        "StochKv3",
        options=V34,
        densities=[PAS, {"mechanism": "StochKv3", "values": {"gkbar": 0.05, "gamma": 30.0}, "random": {"rng": [1, 2, 3]}}],
        ions=[K],
        clamps=PULSE,
        record=["v", "n_StochKv3", "l_StochKv3", "gk_StochKv3"],
    ),
    case(
        "StochKv2",
        options=V34,
        densities=[PAS, {"mechanism": "StochKv2", "values": {"gkbar": 0.003, "deterministic": 1.0}, "random": {"rng": [1, 2, 3]}}],
        ions=[K],
        clamps=PULSE,
        record=["v", "n_StochKv2", "l_StochKv2"],
    ),
    case(
        "ProbAMPANMDA_EMS",
        options=V34,
        densities=[PAS],
        points=[{"mechanism": "ProbAMPANMDA_EMS", "values": {"Use": 0.5, "Dep": 20.0, "Fac": 30.0, "Nrrp": 4.0}, "random": {"rng": [251, 100, 300]}}],
        connections=[{"weights": [2.0, 0, 0, 0, 0], "times": TIMES}, {"weights": [0.7, 0, 0, 0, 1], "times": [9.0, 15.5]}],
        record=["v", "point0.g_AMPA", "point0.g_NMDA", "point0.occupied", "point0.u"],
    ),
    case(
        "NeuroModulation",
        options=V34,
        densities=[PAS, density("hh")],
        points=[{"mechanism": "NeuroModulation", "values": {"use0": 0.12}, "pointers": {"use": [0, "gnabar_hh"]}}],
        connections=[{"weights": [1.0, 2.0, 10.0], "times": TIMES}],
        clamps=PULSE,
        record=["v", "gnabar_hh", "point0.concentration"],
    ),
    case(
        "ProbGABAAB_EMS",
        options=V34,
        densities=[PAS],
        points=[
            {
                "mechanism": "ProbGABAAB_EMS",
                "values": {"Use": 0.3, "Dep": 100.0, "Fac": 0.0, "Nrrp": 3.0, "GABAB_ratio": 0.5},
                "random": {"rng": [251, 101, 300]},
            }
        ],
        connections=[{"weights": [4.0, 0, 0, 0, 0], "times": TIMES}],
        record=["v", "point0.g_GABAA", "point0.g_GABAB", "point0.occupied"],
    ),
    case(
        "GluSynapse",
        options=V34,
        densities=[PAS],
        points=[
            {
                "mechanism": "GluSynapse",
                "values": {"Use0_TM": 0.7, "Nrrp_TM": 3.0, "gmax0_AMPA": 2.0, "theta_d_GB": 0.002, "theta_p_GB": 0.004},
                "random": {"rng_TM": [1, 100000, 200]},
            }
        ],
        connections=[{"weights": [1.0, 0, 0, 0, 0, 0], "times": TIMES}],
        clamps=PULSE,
        record=["v", "point0.cai_CR", "point0.effcai_GB", "point0.rho_GB", "point0.Use_TM", "point0.dep_GB", "point0.pot_GB"],
    ),
    case(
        "MembraneCurrentSource",
        densities=[PAS],
        points=[{"mechanism": "MembraneCurrentSource", "values": {"dur": 20.0, "amp": 0.05}}],
        record=["v", "point0.i"],
    ),
    case(
        "ConductanceSource",
        densities=[PAS],
        points=[{"mechanism": "ConductanceSource", "values": {"rs": 200.0, "dur1": 20.0, "amp1": -20.0, "dur2": 10.0, "amp2": -80.0}}],
        record=["v", "point0.i", "point0.vc"],
    ),
    case(
        "InhPoissonStim",
        densities=[PAS],
        points=[
            {
                "mechanism": "InhPoissonStim",
                "segment": -1,
                "values": {"rate": 150.0, "rmax": 400.0, "duration": 45.0},
                "random": {"exp_rng": [200, 251, 300], "uniform_rng": [200, 251, 350]},
            }
        ],
        fired=[0],
    ),
    case("Gap", densities=[PAS], points=[{"mechanism": "Gap", "values": {"g": 2.0, "vgap": -40.0}}], record=["v", "point0.i"]),
]

THALAMUS = [
    gated("TC_HH", "mhn", [NA, K], gna_max=0.05, gk_max=0.01),
    gated("TC_Nap_Et2", "mh", [NA], gNap_Et2bar=0.001),
    gated("TC_ih_Bud97", "m", [], gh_max=1e-4),
    gated("TC_iA", ["m1", "m2", "h1", "h2"], [K], gk_max=0.01),
    gated("TC_iT_Des98", "mh", [CA], pcabar=1e-4),
    gated("TC_iL", "m", [CA], pcabar=1e-4),
    case(
        "TC_cad",
        options=V34,
        densities=[PAS, density("TC_iT_Des98", pcabar=1e-4), density("TC_cad", gamma=0.01, taur=20.0)],
        ions=[CA],
        clamps=PULSE,
        record=["v", "cai", "h_TC_iT_Des98"],
    ),
]

ALLEN = [
    gated("NaTs", "mh", [NA], gbar=0.02),
    gated("NaTa", "mh", [NA], gbar=0.02),
    gated("Nap", "mh", [NA], gbar=0.001),
    gated("K_P", "mh", [K], gbar=0.01),
    gated("K_T", "mh", [K], gbar=0.01),
    gated("Kd", "mh", [K], gbar=0.001),
    gated("Kv3_1", "m", [K], gbar=0.1),
    gated("Kv2like", ["m", "h1", "h2"], [K], gbar=0.01),
    gated("Im", "m", [K], gbar=0.001),
    gated("Im_v2", "m", [K], gbar=0.001),
    gated("Ih", "m", [], gbar=1e-4),
    gated("Ca_HVA", "mh", [CA], gbar=1e-4),
    gated("Ca_LVA", "mh", [CA], gbar=1e-3),
    gated("NaV", ["C1", "C5", "O", "I1", "I6"], [NA], gbar=0.02),
    case(
        "SK",
        options=V34,
        densities=[PAS, density("Ca_HVA", gbar=1e-3), density("CaDynamics", gamma=0.01, decay=100.0), density("SK", gbar=0.01)],
        ions=[CA, K],
        clamps=PULSE,
        record=["v", "cai", "z_SK"],
    ),
]

METABOLIC_IONS = [
    {"ion": "na", "in": 10.0, "out": 140.0},
    {"ion": "k", "in": 140.0, "out": 5.0},
    {"ion": "ca", "in": 5e-5, "out": 1.5},
    {"ion": "cl", "in": 6.0, "out": 130.0},
]
METABOLIC = [
    case(
        "metabolic",
        options={"celsius": 34.0, "v_init": -80.89},
        sections=[{"L": 60.0, "diam": 10.0, "nseg": 3}],
        densities=[
            *SPIKING,
            density("internal_ions"),
            density("kcc2", gKCC=1e-4),
            density("leak", g=1e-4),
            density("nakcc", gNKCC=1e-4),
            density("nakpump", totalpump=2e-13),
        ],
        ions=METABOLIC_IONS + [{"ion": "atp", "in": 1.384637}, {"ion": "adp", "in": 0.057741}, {"ion": "p", "in": 2.18}],
        clamps=PULSE,
        record=["v", "nai", "ki", "cli", "cai", "atpi", "adpi", "pi", "eatp_nakpump", "atpact_nakpump", "rate_kcc2", "ek", "ena"],
        tolerance=2e-3,
        why="NEURON stops iterating a nonlinear scheme at a change of 1e-6 in sum, which the pump's 1e-13 mol/cm2 never reach",
    )
]

TISSUE_IONS = [
    {"ion": "na", "in": 10.0, "out": 140.0},
    {"ion": "k", "in": 130.0, "out": 3.0},
    {"ion": "ca", "in": 5e-5, "out": 1.5},
    {"ion": "atp", "in": 2.2},
    {"ion": "adp", "in": 0.03},
]
TISSUE_MEMBRANE = [
    density("calcium_hva", gcabar=3e-4),
    density("calcium_pump"),
    density("hh_cortical", gnabar=0.05, gkbar=0.01, vt=-60.0),
    density("ion_leak", gna=2.9e-6, gk=9.1e-6, gca=1.6e-7),
    density("ion_pools", per_in=0.2, per_out_na=2.0, per_out_k=2.0, per_out_ca=1.0, per_in_energy=0.2),
    density("na_k_pump"),
]
PLASTIC = [5.0, 0.5, 100.0, 20.0, 3.0, 0, 0, 0]
TISSUE = [
    case(
        "tissue",
        options=V34,
        densities=TISSUE_MEMBRANE,
        ions=TISSUE_IONS,
        points=[{"mechanism": "AmpaNmda"}, {"mechanism": "Gaba"}],
        connections=[
            {"point": 0, "weights": PLASTIC, "times": TIMES},
            {"point": 0, "weights": [1.0, 0.3, 0.0, 0.0, 1.0, 0, 0, 0], "times": [4.0, 8.0]},
            {"point": 1, "weights": PLASTIC, "times": [15.0, 30.0]},
        ],
        clamps=PULSE,
        record=["v", "nai", "ki", "cai", "ko", "nao", "atpi", "adpi", "ek", "point0.glutamate_released", "point0.atp_used", "point1.gaba_released"],
    ),
    case(
        "kir",
        options={"celsius": 34.0, "v_init": -88.0},
        densities=[density("ion_leak", gk=1e-5, ecl=-88.0), density("kir")],
        ions=TISSUE_IONS[:3],
        clamps=PULSE,
        record=["v"],
    ),
    case(
        "astrocyte",
        options={"celsius": 34.0, "v_init": -88.0},
        sections=[{"L": 60.0, "diam": 3.0, "nseg": 3}],
        densities=[PAS, density("glia_calcium")],
        ions=[{"ion": "glu", "out": 0.0}],
        points=[
            {"mechanism": "GliaContact", "segment": 0, "pointers": {"level": [0, "contact_glia_calcium"]}},
            {"mechanism": "VesselWall", "segment": 2, "values": {"resting_radius": 4.0}, "pointers": {"calcium": [2, "ca_glia_calcium"]}},
        ],
        connections=[{"weights": [1.0, 0.5, 100.0, 20.0, 3.0, 0, 0, 0], "times": TIMES}],
        record=["v", "ip3_glia_calcium", "ca_glia_calcium", "h_glia_calcium", "contact_glia_calcium", "point1.radius", "point1.r0", "point1.attached"],
        tolerance=2e-6,
        why="a flux that depends on states is implicit here, explicit in NEURON's linear schemes",
    ),
]

GENERAL = [
    case("hh", densities=[density("hh")], clamps=PULSE, record=["v", "m_hh", "h_hh", "n_hh"]),
    case("hh_rates", densities=[density("hh")], clamps=PULSE, globals=[["hh", "usetable", 0.0]], record=["v", "m_hh"]),
    case("pas", densities=[density("pas", g=2e-4, e=-60.0)], clamps=PULSE, record=["v"]),
    case(
        "ExpSyn",
        densities=[density("hh")],
        points=[{"mechanism": "ExpSyn", "values": {"tau": 2.0}}],
        connections=[{"weights": [0.01], "times": TIMES}],
        record=["v", "point0.g"],
    ),
    case(
        "Exp2Syn",
        densities=[density("hh")],
        points=[{"mechanism": "Exp2Syn", "values": {"tau1": 0.5, "tau2": 4.0}}],
        connections=[{"weights": [0.01], "times": TIMES}],
        record=["v", "point0.g"],
    ),
    case(
        "IntFire1",
        densities=[PAS],
        points=[{"mechanism": "IntFire1", "segment": -1}],
        connections=[{"weights": [0.45], "times": [1.0 + 0.7 * i for i in range(60)]}],
        fired=[0],
    ),
    case(
        "IntFire2",
        densities=[PAS],
        points=[{"mechanism": "IntFire2", "segment": -1, "values": {"ib": 0.8}}],
        connections=[{"weights": [0.6], "times": [2.0, 9.0, 16.5]}, {"weights": [-0.4], "times": [12.0]}],
        fired=[0],
    ),
    case(
        "IntFire4",
        densities=[PAS],
        points=[{"mechanism": "IntFire4", "segment": -1}],
        connections=[{"weights": [0.7], "times": [2.0, 3.0, 9.0, 16.5, 17.0]}, {"weights": [-0.5], "times": [12.0]}],
        fired=[0],
    ),
    case("NetStim", densities=[PAS], points=[{"mechanism": "NetStim", "segment": -1, "values": {"start": 3.0, "interval": 4.0}}], fired=[0]),
    case(
        "NetStim_random",
        densities=[PAS],
        points=[
            {
                "mechanism": "NetStim",
                "segment": -1,
                "values": {"start": 3.0, "interval": 4.0, "noise": 0.7, "number": 20.0},
                "random": {"rng": [4, 5, 6]},
            }
        ],
        fired=[0],
    ),
]

ASTROCYTE = [
    case(
        "UniformField",
        densities=[PAS],
        points=[
            {
                "mechanism": "UniformField",
                "values": {"amplitude": 0.1, "frequency": 60.0, "phase": 0.4, "delay": 3.0, "duration": 20.0, "ramp_up": 5.0, "ramp_down": 4.0},
            }
        ],
        record=["v", "point0.i"],
    ),
    # What they point at in a circuit is a synapse or another cell's calcium; here a channel of the same compartment.
    case(
        "GlioModulation",
        densities=[PAS, density("hh")],
        points=[{"mechanism": "GlioModulation", "values": {"use0": 0.12}, "pointers": {"use": [0, "gnabar_hh"]}}],
        connections=[{"weights": [1.0], "times": TIMES}],
        clamps=PULSE,
        record=["v", "gnabar_hh", "point0.gamma", "point0.glutamate", "point0.vesicles"],
    ),
    case(
        "Gliotransmission",
        densities=[PAS, density("hh")],
        points=[{"mechanism": "Gliotransmission", "pointers": {"calcium": [0, "m_hh"]}}],
        clamps=PULSE,
        record=["v", "point0.released"],
    ),
    case(
        "rings",
        options={"celsius": 34.0, "v_init": -80.0},
        sections=[{"L": 30.0, "diam": 3.0, "nseg": 3}],
        densities=[PAS, density("cadifus"), density("mcd"), density("vascouplingB")],
        points=[{"mechanism": "GlutReceive", "segment": 1}, {"mechanism": "GlutReceiveSoma", "segment": 1}],
        connections=[{"weights": [1.1], "times": TIMES, "delay": 0.05}, {"point": 1, "weights": [1.1, 0], "times": TIMES, "delay": 0.05}],
        density_pointers=[["cadifus", "glu2", 0, "glut"], ["mcd", "glu2", 0, "glut"]],
        at=1,
        record=["v", "ip3i_cadifus", "cai_cadifus", "glutamate_cadifus", "cai", "fluo_mcd", "Rad_vascouplingB", "kp_vascouplingB"]
        + ["Cam_vascouplingB", "point0.glut", "point1.glut"],
    )
]

FOLDERS = {"general": GENERAL, "bbp": BBP, "thalamus": THALAMUS, "allen": ALLEN, "metabolic": METABOLIC, "tissue": TISSUE, "astrocyte": ASTROCYTE}
