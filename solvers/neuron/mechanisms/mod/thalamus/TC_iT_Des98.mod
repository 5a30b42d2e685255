TITLE Low-threshold calcium channel (T type) of thalamic cells

COMMENT
Huguenard & McCormick 1992, J Neurophysiol 68:1373, as in Destexhe, Neubig, Ulrich & Huguenard 1998, J Neurosci 18:3574: m2h kinetics with
the activation corrected for inactivation, Goldman-Hodgkin-Katz current, shift for the screening of surface charge. Rates at 24 C, q10 of
2.5 (Amarillo, Zagha, Mato, Rudy & Nadal 2014, J Neurophysiol 112:393).
ENDCOMMENT

NEURON {
    SUFFIX TC_iT_Des98
    USEION ca READ cai, cao WRITE ica
    RANGE pcabar, m_inf, tau_m, h_inf, tau_h, shift, actshift, ica
    GLOBAL qm, qh
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (mM) = (milli/liter)
    FARADAY = (faraday) (coulomb)
    R = (k-mole) (joule/degC)
}

PARAMETER {
    pcabar = 0.2e-3 (cm/s) <0, 1e9>
    shift = 2 (mV)
    actshift = 0 (mV)
    qm = 2.5
    qh = 2.5
}

ASSIGNED {
    v (mV)
    celsius (degC)
    cai (mM)
    cao (mM)
    ica (mA/cm2)
    m_inf
    tau_m (ms)
    h_inf
    tau_h (ms)
}

STATE {
    m
    h
}

INITIAL {
    rates(v)
    m = m_inf
    h = h_inf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    ica = pcabar*m*m*h*ghk(v, cai, cao)
}

DERIVATIVE states {
    rates(v)
    m' = (m_inf - m)/tau_m
    h' = (h_inf - h)/tau_h
}

UNITSOFF
: Goldman-Hodgkin-Katz: charge density that a permeability of 1 cm/s lets through.
FUNCTION ghk(v (mV), ci (mM), co (mM)) (millicoul/cm3) {
    LOCAL z, eci, eco
    z = (1e-3)*2*FARADAY*v/(R*(celsius + 273.15))
    eco = co*efun(z)
    eci = ci*efun(-z)
    ghk = (1e-3)*2*FARADAY*(eci - eco)
}

: z/(exp(z) - 1), by its limit near z = 0.
FUNCTION efun(z) {
    if (fabs(z) < 1e-4) {
        efun = 1 - z/2
    } else {
        efun = z/(exp(z) - 1)
    }
}

PROCEDURE rates(v (mV)) {
    LOCAL phi_m, phi_h, u, w
    phi_m = qm^((celsius - 24)/10)
    phi_h = qh^((celsius - 24)/10)
    u = v + shift
    w = u + actshift
    m_inf = 1/(1 + exp(-(w + 57)/6.2))
    h_inf = 1/(1 + exp((u + 81)/4))
    tau_m = (0.612 + 1/(exp(-(w + 132)/16.7) + exp((w + 16.8)/18.2)))/phi_m
    if (u < -80) {
        tau_h = exp((u + 467)/66.6)/phi_h
    } else {
        tau_h = (28 + exp(-(u + 22)/10.5))/phi_h
    }
}
UNITSON
