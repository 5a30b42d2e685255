TITLE Concentrations of Na+, K+, Ca2+, ATP and ADP

COMMENT
What crosses the membrane leaves one side and arrives on the other:

    d[X]i/dt = -i_X per_in / (z F),    d[X]o/dt = +i_X per_out_X / (z F),    [Ca]i times ca_free, the share that buffers leave free

per_in is membrane area over volume inside, per_out_X over the segment's share of extracellular volume; 0 holds that side. ATP and ADP
change by their "currents" (see na_k_pump). The right-hand sides do not depend on the states, so a step adds dt times the rate exactly and
the amounts that leave and arrive are equal to round-off.
ENDCOMMENT

NEURON {
    SUFFIX ion_pools
    USEION na READ ina WRITE nai, nao
    USEION k READ ik WRITE ki, ko
    USEION ca READ ica WRITE cai, cao
    USEION atp READ iatp WRITE atpi VALENCE 1
    USEION adp READ iadp WRITE adpi VALENCE 1
    RANGE per_in, per_out_na, per_out_k, per_out_ca, per_in_energy, ca_free
    THREADSAFE
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
    (um) = (micron)
    FARADAY = (faraday) (coulomb)
}

PARAMETER {
    per_in = 0 (/um) <0, 1e9>
    per_out_na = 0 (/um) <0, 1e9>
    per_out_k = 0 (/um) <0, 1e9>
    per_out_ca = 0 (/um) <0, 1e9>
    per_in_energy = 0 (/um) <0, 1e9>
    ca_free = 0.02 <0, 1>
}

ASSIGNED {
    ina (mA/cm2)
    ik (mA/cm2)
    ica (mA/cm2)
    iatp (mA/cm2)
    iadp (mA/cm2)
}

STATE {
    nai (mM)
    nao (mM)
    ki (mM)
    ko (mM)
    cai (mM)
    cao (mM)
    atpi (mM)
    adpi (mM)
}

BREAKPOINT {
    SOLVE pools METHOD cnexp
}

DERIVATIVE pools {
    nai' = -ina*per_in/FARADAY*(1e4)
    nao' = ina*per_out_na/FARADAY*(1e4)
    ki' = -ik*per_in/FARADAY*(1e4)
    ko' = ik*per_out_k/FARADAY*(1e4)
    cai' = -ica*per_in*ca_free/(2*FARADAY)*(1e4)
    cao' = ica*per_out_ca/(2*FARADAY)*(1e4)
    atpi' = -iatp*per_in_energy/FARADAY*(1e4)
    adpi' = -iadp*per_in_energy/FARADAY*(1e4)
}
