TITLE Na/K-ATPase

COMMENT
A cycle takes 3 Na+ out, 2 K+ in and turns 1 ATP into ADP:

    cycle = imax (1 + km_na/[Na]i)^-3 (1 + km_k/[K]o)^-2 [ATP]/(km_atp + [ATP]),    ina = 3 cycle,  ik = -2 cycle

Saturation in Na and K: Kager, Wadman & Somjen 2000, J Neurophysiol 84:495; in ATP: Jolivet et al. 2015, PLoS Comput Biol 11:e1004036.
The use of ATP is the "current" iatp = cycle, that of ADP its opposite: their sum is zero, so they move no charge, and iatp/F is moles of
ATP per area and time.
ENDCOMMENT

NEURON {
    SUFFIX na_k_pump
    USEION na READ nai WRITE ina
    USEION k READ ko WRITE ik
    USEION atp READ atpi WRITE iatp VALENCE 1
    USEION adp WRITE iadp VALENCE 1
    RANGE imax
    GLOBAL km_na, km_k, km_atp
    THREADSAFE
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
}

PARAMETER {
    imax = 3e-3 (mA/cm2) <0, 1e9>
    km_na = 10 (mM) <1e-9, 1e9>
    km_k = 1.5 (mM) <1e-9, 1e9>
    km_atp = 0.5 (mM) <1e-9, 1e9>
}

ASSIGNED {
    nai (mM)
    ko (mM)
    atpi (mM)
    ina (mA/cm2)
    ik (mA/cm2)
    iatp (mA/cm2)
    iadp (mA/cm2)
}

BREAKPOINT {
    LOCAL a, b, cycle
    a = 1/(1 + km_na/nai)
    b = 1/(1 + km_k/ko)
    cycle = imax*a*a*a*b*b*atpi/(km_atp + atpi)
    ina = 3*cycle
    ik = -2*cycle
    iatp = cycle
    iadp = -cycle
}
