TITLE High-threshold calcium channel (L type) of thalamic cells

COMMENT
McCormick & Huguenard 1992, J Neurophysiol 68:1384, and their errata, with the activation of Amarillo, Zagha, Mato, Rudy & Nadal 2014,
J Neurophysiol 112:393; Goldman-Hodgkin-Katz current. Rates at 23.5 C, q10 = 3. The gate starts shut.
ENDCOMMENT

NEURON {
    SUFFIX TC_iL
    USEION ca READ cai, cao WRITE ica
    RANGE pcabar, m_inf, tau_m, ica, i_rec
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (mM) = (milli/liter)
    FARADAY = (faraday) (coulomb)
    R = 8.314 (volt-coul/degC)
}

PARAMETER {
    pcabar = 1e-4 (cm/s) <0, 1e9>
}

ASSIGNED {
    v (mV)
    celsius (degC)
    cai (mM)
    cao (mM)
    ica (mA/cm2)
    i_rec (mA/cm2)
    m_inf
    tau_m (ms)
}

STATE {
    m
}

INITIAL {
    rates(v)
    m = 0
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    ica = pcabar*m*m*ghk(v, cai, cao)
    i_rec = ica
}

DERIVATIVE states {
    rates(v)
    m' = (m_inf - m)/tau_m
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

: x/(1 - exp(-x/y)), by its limit near x = 0.
FUNCTION vtrap(x, y) {
    if (fabs(x/y) < 1e-6) {
        vtrap = y + x/2
    } else {
        vtrap = x/(1 - exp(-x/y))
    }
}

PROCEDURE rates(v (mV)) {
    LOCAL a, b, tcorr
    tcorr = 3^((celsius - 23.5)/10)
    a = 1.6/(1 + exp(-0.072*(v - 5)))
    b = 0.02*vtrap(-(v - 1.31), 5.36)
    tau_m = 1/(a + b)/tcorr
    m_inf = 1/(1 + exp((v + 10)/(-10)))
}
UNITSON
