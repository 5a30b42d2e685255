TITLE Fast sodium and potassium channels of thalamic cells

COMMENT
Traub & Miles 1991, Neuronal Networks of the Hippocampus, with thresholds shifted by vtraub (Na) and vtraub2 (K) as in Iavarone et al. 2023,
Cell Reports 42:112200. Rates at 36 C, q10 = 3. All gates start shut.
ENDCOMMENT

NEURON {
    SUFFIX TC_HH
    USEION na READ ena WRITE ina
    USEION k READ ek WRITE ik
    RANGE gna_max, gk_max, vtraub, vtraub2, ina, ik, i_rec
    RANGE m_inf, h_inf, n_inf, tau_m, tau_h, tau_n
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gna_max = 0.1 (S/cm2) <0, 1e9>
    gk_max = 0.1 (S/cm2) <0, 1e9>
    vtraub = -55.5 (mV)
    vtraub2 = -45.5 (mV)
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ena (mV)
    ek (mV)
    ina (mA/cm2)
    ik (mA/cm2)
    i_rec (mA/cm2)
    m_inf
    h_inf
    n_inf
    tau_m (ms)
    tau_h (ms)
    tau_n (ms)
    tcorr
}

STATE {
    m
    h
    n
}

INITIAL {
    m = 0
    h = 0
    n = 0
    UNITSOFF
    tcorr = 3^((celsius - 36)/10)
    UNITSON
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    ina = gna_max*m*m*m*h*(v - ena)
    ik = gk_max*n*n*n*n*(v - ek)
    i_rec = ina + ik
}

DERIVATIVE states {
    rates(v)
    m' = (m_inf - m)/tau_m
    h' = (h_inf - h)/tau_h
    n' = (n_inf - n)/tau_n
}

: x/(exp(x/y) - 1), by its limit near x = 0.
FUNCTION vtrap(x, y) {
    if (fabs(x/y) < 1e-6) {
        vtrap = y*(1 - x/y/2)
    } else {
        vtrap = x/(exp(x/y) - 1)
    }
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL a, b, u, w
    u = v - vtraub
    w = v - vtraub2
    a = 0.32*vtrap(13 - u, 4)
    b = 0.28*vtrap(u - 40, 5)
    tau_m = 1/(a + b)/tcorr
    m_inf = a/(a + b)
    a = 0.128*exp((17 - u)/18)
    b = 4/(1 + exp((40 - u)/5))
    tau_h = 1/(a + b)/tcorr
    h_inf = a/(a + b)
    a = 0.032*vtrap(15 - w, 5)
    b = 0.5*exp((10 - w)/40)
    tau_n = 1/(a + b)/tcorr
    n_inf = a/(a + b)
}
UNITSON
