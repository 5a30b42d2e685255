"""Steady states and time constants of the library's gates, from the papers: what rates_test.py compares the .mod files with.

CURVES[folder][mechanism][gate] = (x_inf(v), tau(v) in ms), at 34 C unless the entry says otherwise.
"""

from math import exp, pow

Q21 = pow(2.3, 1.3)  # 21 -> 34 C


def ratio(x, k):
    """x / (1 - exp(-x/k))"""
    return k if abs(x) < 1e-9 else x / (1 - exp(-x / k))


def from_rates(alpha, beta, q=1.0):
    return (lambda v: alpha(v) / (alpha(v) + beta(v)), lambda v: 1 / (alpha(v) + beta(v)) / q)


def sigmoid(half, slope):
    return lambda v: 1 / (1 + exp((half - v) / slope))


def sodium(half_m, half_h, q=Q21, k_m=6.0, k_h=6.0):
    """Colbert & Pan 2002"""
    return {
        "m": from_rates(lambda v: 0.182 * ratio(v - half_m, k_m), lambda v: 0.124 * ratio(half_m - v, k_m), q),
        "h": from_rates(lambda v: 0.015 * ratio(half_h - v, k_h), lambda v: 0.015 * ratio(v - half_h, k_h), q),
    }


def persistent_sodium(inf_m, inf_h):
    """Magistretti & Alonso 1999; activation six times slower than Colbert & Pan's"""
    tau = sodium(-38, 0)["m"][1]
    return {
        "m": (inf_m, lambda v: 6 * tau(v)),
        "h": (inf_h, lambda v: 1 / (2.88e-6 * ratio(-(v + 17), 4.63) + 6.94e-6 * ratio(v + 64.4, 2.63)) / Q21),
    }


def slow_potassium(v):
    """Time constant of activation, Korngreen & Sakmann 2000, at the measured voltage"""
    return (1.25 + 175.03 * exp(0.026 * v) if v < -50 else 1.25 + 13 * exp(-0.026 * v)) / Q21


K_P = {
    "m": (sigmoid(-11, 12), lambda v: slow_potassium(v + 10)),
    "h": (sigmoid(-64, -11), lambda v: (360 + (1010 + 24 * (v + 65)) * exp(-(((v + 85) / 48) ** 2))) / Q21),
}
K_T = {
    "m": (sigmoid(-10, 19), lambda v: (0.34 + 0.92 * exp(-(((v + 81) / 59) ** 2))) / Q21),
    "h": (sigmoid(-76, -10), lambda v: (8 + 49 * exp(-(((v + 83) / 23) ** 2))) / Q21),
}
KV3 = {"m": (sigmoid(18.7, 9.7), lambda v: 4 / (1 + exp(-(v + 46.56) / 44.14)))}
IM = {"m": from_rates(lambda v: 3.3e-3 * exp(0.1 * (v + 35)), lambda v: 3.3e-3 * exp(-0.1 * (v + 35)), Q21)}
IH = {"m": from_rates(lambda v: 6.43e-3 * 11.9 * ((v + 154.9) / 11.9) / (exp((v + 154.9) / 11.9) - 1), lambda v: 0.193 * exp(v / 33.1))}
HVA_M = from_rates(lambda v: 0.055 * ratio(v + 27, 3.8), lambda v: 0.94 * exp(-(v + 75) / 17))
HVA_H = from_rates(lambda v: 4.57e-4 * exp(-(v + 13) / 50), lambda v: 6.5e-3 / (1 + exp(-(v + 15) / 28)))
HVA = {"m": HVA_M, "h": HVA_H}
HVA2 = {"m": HVA_M, "h": tuple((lambda f: lambda v: f(v + 12.3))(f) for f in HVA_H)}
LVA = {
    "m": (sigmoid(-40, 6), lambda v: (5 + 20 / (1 + exp((v + 35) / 5))) / Q21),
    "h": (sigmoid(-90, -6.4), lambda v: (20 + 50 / (1 + exp((v + 50) / 7))) / Q21),
}
KD = (sigmoid(-43, 8), sigmoid(-67, -7.3))


def iA(scale):
    """Huguenard & McCormick 1992"""
    fast = lambda v: 1 / (exp((v + 46) / 5) + exp(-(v + 238) / 37.5))  # noqa: E731
    tau_m = lambda v: (0.37 + 1 / (exp((v + 35.8) / 19.7) + exp(-(v + 79.7) / 12.7))) / scale  # noqa: E731
    h = sigmoid(-78, -6)
    return {
        "m1": (sigmoid(-60, 8.5), tau_m),
        "m2": (sigmoid(-36, 20), tau_m),
        "h1": (h, lambda v: (fast(v) if v < -63 else 19) / scale),
        "h2": (h, lambda v: (fast(v) if v < -73 else 60) / scale),
    }


CURVES = {
    "bbp": {
        "NaTa_t": sodium(-38, -66),
        "NaTs2_t": sodium(-32, -60),
        "NaTg": sodium(-38, -66),
        "Nap_Et2": persistent_sodium(sigmoid(-52.6, 4.6), sigmoid(-48.8, -10)),
        "K_Pst": K_P,
        "K_Tst": K_T,
        "SKv3_1": KV3,
        "Im": IM,
        "Ih": IH,
        "Ca": HVA,
        "Ca_HVA": HVA,
        "Ca_HVA2": HVA2,
        "Ca_LVAst": LVA,
        "KdShu2007": {"m": (KD[0], lambda v: 0.6), "h": (KD[1], lambda v: 1500.0)},
    },
    "thalamus": {
        "TC_Nap_Et2": persistent_sodium(sigmoid(-56.93, 9.09), sigmoid(-58.7, -14.2)),
        "TC_ih_Bud97": {"m": (sigmoid(-86.4, -11.2), lambda v: 1 / (exp(-14.59 - 0.086 * v) + exp(-1.87 + 0.0701 * v)))},
        "TC_iA": iA(pow(2.8, 1.1)),
        "TC_iT_Des98": {
            "m": (
                sigmoid(-59, 6.2),
                lambda v: (0.612 + 1 / (exp(-(v + 134) / 16.7) + exp((v + 18.8) / 18.2))) / 2.5,
            ),
            "h": (sigmoid(-83, -4), lambda v: (exp((v + 469) / 66.6) if v < -82 else 28 + exp(-(v + 24) / 10.5)) / 2.5),
        },
        # These gates start shut: only the state that they approach is compared.
        "TC_HH": {
            "m": from_rates(lambda v: 0.32 * ratio(v + 42.5, 4), lambda v: 0.28 * ratio(-(v + 15.5), 5), pow(3, -0.2)),
            "h": from_rates(lambda v: 0.128 * exp(-(v + 38.5) / 18), lambda v: 4 / (1 + exp(-(v + 15.5) / 5)), pow(3, -0.2)),
            "n": from_rates(lambda v: 0.032 * ratio(v + 30.5, 5), lambda v: 0.5 * exp(-(v + 35.5) / 40), pow(3, -0.2)),
        },
        "TC_iL": {
            "m": (
                sigmoid(-10, 10),
                lambda v: 1 / (1.6 / (1 + exp(-0.072 * (v - 5))) + 0.02 * ratio(-(v - 1.31), 5.36)) / pow(3, 1.05),
            )
        },
    },
    "allen": {
        "NaTs": sodium(-40, -66, pow(2.3, 1.1)),
        "NaTa": sodium(-48, -69, pow(2.3, 1.1)),
        "Nap": persistent_sodium(sigmoid(-52.6, 4.6), sigmoid(-48.8, -10)),
        "K_P": K_P,
        "K_T": K_T,
        "Kd": {"m": (KD[0], lambda v: 1.0), "h": (KD[1], lambda v: 1500.0)},
        "Kv3_1": KV3,
        "Im": IM,
        "Im_v2": {
            "m": (
                lambda v: 1 / (1 + exp(-6 * (v + 48) / 26.12)),
                lambda v: (15 + 1 / (0.007 * exp(2.4 * (v + 48) / 26.12) + 0.007 * exp(-3.6 * (v + 48) / 26.12))) / pow(2.3, 0.4),
            )
        },
        "Ih": IH,
        "Ca_HVA": HVA,
        "Ca_LVA": LVA,
        "Kv2like": {
            "m": (
                lambda v: 0.12 * ratio(v - 43, 11) / (0.12 * ratio(v - 43, 11) + 0.02 * exp(-(v + 1.27) / 120)),
                lambda v: 2.5 / Q21 / (0.12 * ratio(v - 43, 11) + 0.02 * exp(-(v + 1.27) / 120)),
            ),
            "h1": (sigmoid(-58, -11), lambda v: (360 + (1010 + 23.7 * (v + 54)) * exp(-(((v + 75) / 48) ** 2))) / Q21),
            "h2": (sigmoid(-58, -11), lambda v: max((2350 + 1380 * exp(-0.011 * v) - 210 * exp(-0.03 * v)) / Q21, 0) or 1e-3),
        },
    },
    "tissue": {
        # Pospischil et al. 2008, rates at 36 C, VT = -56.2 mV
        "hh_cortical": {
            "m": from_rates(lambda v: 0.32 * ratio(v + 43.2, 4), lambda v: 0.28 * ratio(-(v + 16.2), 5), pow(3, -0.2)),
            "h": from_rates(lambda v: 0.128 * exp(-(v + 39.2) / 18), lambda v: 4 / (1 + exp(-(v + 16.2) / 5)), pow(3, -0.2)),
            "n": from_rates(lambda v: 0.032 * ratio(v + 41.2, 5), lambda v: 0.5 * exp(-(v + 46.2) / 40), pow(3, -0.2)),
        },
        "calcium_hva": {
            "q": from_rates(lambda v: 0.055 * ratio(v + 27, 3.8), lambda v: 0.94 * exp(-(v + 75) / 17), pow(3, -0.2)),
            "r": from_rates(lambda v: 4.57e-4 * exp(-(v + 13) / 50), lambda v: 6.5e-3 / (1 + exp(-(v + 15) / 28)), pow(3, -0.2)),
        },
    },
}

START_SHUT = ("TC_HH", "TC_iL")
