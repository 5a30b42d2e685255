TITLE Concentrations inside of Na+, K+, Cl- and Ca2+

COMMENT
Na+, K+ and Cl- fill the cylinder, Ca2+ a shell of 0.1 um of which a share gamma is free and which decays to cai_base (as CaDynamics_E2);
all spread along the section. D in um2/ms: 1.33, 1.96, 2.03 and 0.53 (Hille 2001, Ion Channels of Excitable Membranes, table 10.1; Allbritton,
Meyer & Stryer 1992, Science 258:1812). Sodium is kept above 0.01 mM. Volumes are those of each segment.
ENDCOMMENT

NEURON {
    SUFFIX internal_ions
    USEION na READ ina WRITE nai
    USEION k READ ik WRITE ki
    USEION ca READ ica WRITE cai
    USEION cl READ icl WRITE cli VALENCE -1
    RANGE gamma, decay, depth, i_Tot
    GLOBAL DNa, DK, DCl, DCa, cai_base
    THREADSAFE
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
    (um) = (micron)
    FARADAY = (faraday) (coulomb)
    PI = (pi) (1)
}

PARAMETER {
    DCa = 0.53 (um2/ms)
    DNa = 1.33 (um2/ms)
    DK = 1.96 (um2/ms)
    DCl = 2.03 (um2/ms)
    gamma = 0.05
    decay = 80 (ms) <1e-9, 1e9>
    cai_base = 5e-5 (mM)
}

ASSIGNED {
    diam (um)
    ina (mA/cm2)
    ik (mA/cm2)
    ica (mA/cm2)
    icl (mA/cm2)
    i_Tot (mA/cm2)
    depth (um)
    volin (um2)
    volshell (um2)
    per_charge (1/cm/coulomb)
    per_calcium (1/cm/coulomb)
}

STATE {
    nai (mM)
    ki (mM)
    cai (mM)
    cli (mM)
}

INITIAL {
    depth = 0.1
    volin = PI*diam*diam/4
    volshell = PI*(diam*diam - (diam - depth)*(diam - depth))/4
    per_charge = (1e4)*4/diam/FARADAY
    per_calcium = gamma*(1e4)/(2*FARADAY*depth)
}

BREAKPOINT {
    SOLVE state METHOD sparse
    if (nai <= 0) {
        nai = 0.01
    }
    i_Tot = ina + ik + ica + icl
}

KINETIC state {
    COMPARTMENT volin {nai ki cli}
    COMPARTMENT volshell {cai}
    LONGITUDINAL_DIFFUSION DNa*volin {nai}
    LONGITUDINAL_DIFFUSION DK*volin {ki}
    LONGITUDINAL_DIFFUSION DCl*volin {cli}
    LONGITUDINAL_DIFFUSION DCa*volshell {cai}
    ~ nai << (-ina*per_charge*volin)
    ~ ki << (-ik*per_charge*volin)
    ~ cli << (icl*per_charge*volin)
    ~ cai << ((-ica*per_calcium - (cai - cai_base)/decay)*volshell)
}
