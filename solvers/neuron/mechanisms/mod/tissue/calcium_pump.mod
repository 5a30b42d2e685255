TITLE Plasma-membrane Ca2+-ATPase

COMMENT
ica = imax [Ca]i/(km + [Ca]i) [ATP]/(km_atp + [ATP]): Michaelis-Menten, one Ca2+ out and 1 ATP a cycle (stoichiometry: Brini & Carafoli
2009, Physiol Rev 89:1341). The use of ATP, iatp = ica/2 (one ATP for two charges), moves no charge: see na_k_pump.
ENDCOMMENT

NEURON {
    SUFFIX calcium_pump
    USEION ca READ cai WRITE ica
    USEION atp READ atpi WRITE iatp VALENCE 1
    USEION adp WRITE iadp VALENCE 1
    RANGE imax
    GLOBAL km, km_atp
    THREADSAFE
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
}

PARAMETER {
    imax = 2e-4 (mA/cm2) <0, 1e9>
    km = 2e-4 (mM) <1e-12, 1e9>
    km_atp = 0.5 (mM) <1e-9, 1e9>
}

ASSIGNED {
    cai (mM)
    atpi (mM)
    ica (mA/cm2)
    iatp (mA/cm2)
    iadp (mA/cm2)
}

BREAKPOINT {
    ica = imax*cai/(km + cai)*atpi/(km_atp + atpi)
    iatp = 0.5*ica
    iadp = -0.5*ica
}
