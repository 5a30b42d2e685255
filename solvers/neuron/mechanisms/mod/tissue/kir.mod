TITLE Inwardly rectifying K+ channel of astrocytes (Kir4.1)

COMMENT
The uptake and release of K+ by which glia buffer it:

    i = gbar sqrt([K]o / 3 mM) (v - ek) / (1 + exp((v - ek - v2)/v3))

Form: Sibille, Duc, Holcman & Rouach 2015, PLoS Comput Biol 11:e1004137 (v2 = 34 mV, v3 = 19.23 mV), without the shift of its driving force,
so that the current reverses at ek and the outward side is weak.
ENDCOMMENT

NEURON {
    SUFFIX kir
    USEION k READ ek, ko WRITE ik
    RANGE gbar
    GLOBAL v2, v3
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (mM) = (milli/liter)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1.5e-4 (S/cm2) <0, 1e9>
    v2 = 34 (mV)
    v3 = 19.23 (mV)
}

ASSIGNED {
    v (mV)
    ek (mV)
    ko (mM)
    ik (mA/cm2)
}

BREAKPOINT {
    ik = gbar*sqrt(ko/3(mM))/(1 + exp((v - ek - v2)/v3))*(v - ek)
}
