TITLE Na/K-ATPase as a cycle of six states

COMMENT
Chapman, Johnson & Kootsey 1983, J Membrane Biol 74:139 (voltage-dependent step 5 taken as constant). E: enzyme.

    E.ATP + 3 Na_i <-> Na3.E.ATP <-> Na3.E.P + ADP,   Na3.E.P <-> E.P + 3 Na_o,   E.P + 2 K_o <-> K2.E + P,   K2.E + ATP <-> K2.E.ATP <-> E.ATP + 2 K_i

The pump starts in its steady state at the given concentrations; the currents of that state are subtracted, and currents of the other sign
are not let through. ATP, ADP and phosphate change with the pump's flux in the segment's volume.
ENDCOMMENT

NEURON {
    SUFFIX nakpump
    USEION na READ nai, nao WRITE ina
    USEION k READ ki, ko WRITE ik
    USEION atp READ atpi WRITE atpi VALENCE 1
    USEION adp READ adpi WRITE adpi VALENCE 1
    USEION p READ pi WRITE pi VALENCE 1
    RANGE totalpump, inapump, ikpump, ina, ik, atpact, srcrate, atpi_clamp, adpi_clamp, pi_clamp
    GLOBAL f1, b1, f2, b2, f3, b3, f4, b4, f5, b5, f6, b6
    THREADSAFE
}

UNITS {
    (l) = (liter)
    (mol) = (1)
    (mmol) = (millimol)
    (mM) = (mmol/l)
    (uA) = (microamp)
    (mA) = (milliamp)
    (mV) = (millivolt)
    (um) = (micron)
    F = (faraday) (kilocoulombs)
    PI = (pi) (1)
}

PARAMETER {
    totalpump = 4e-13 (mol/cm2) <0, 1>
    f1 = 2.5e11 (l3/mol3-s)
    b1 = 1e5 (/s)
    f2 = 1e4 (/s)
    b2 = 1e5 (l/mol-s)
    f3 = 172 (/s)
    b3 = 1.72e4 (l3/mol3-s)
    f4 = 1.5e7 (l2/mol2-s)
    b4 = 2e5 (l/mol-s)
    f5 = 2e6 (l/mol-s)
    b5 = 30 (/s)
    f6 = 1.15e4 (/s)
    b6 = 6e8 (l2/mol2-s)
}

ASSIGNED {
    diam (um)
    ina (mA/cm2)
    ik (mA/cm2)
    nai (mM)
    nao (mM)
    ki (mM)
    ko (mM)
    inapump (mA/cm2)
    ikpump (mA/cm2)
    atpact (uA/cm2)
    srcrate (um2/ms)
    ina_init (mA/cm2)
    ik_init (mA/cm2)
    atpi_clamp (mM)
    adpi_clamp (mM)
    pi_clamp (mM)
    volin (um2)
    volout (um2)
    surf (um)
}

STATE {
    eatp (mol/cm2)
    na3eatp (mol/cm2)
    na3ep (mol/cm2)
    ep (mol/cm2)
    k2e (mol/cm2)
    k2eatp (mol/cm2)
    atpi (mM)
    adpi (mM)
    pi (mM)
}

INITIAL {
    atpi_clamp = atpi
    adpi_clamp = adpi
    pi_clamp = pi
    volin = PI*diam*diam/4
    volout = 1
    surf = PI*diam
    : a strong exchange with the clamp holds ATP, ADP and phosphate while the pump finds its steady state
    srcrate = 1e16
    SOLVE scheme STEADYSTATE sparse
    srcrate = 0
    SOLVE scheme METHOD sparse
    ina_init = 3*atpact*(1e-3)
    ik_init = -2*atpact*(1e-3)
}

BREAKPOINT {
    SOLVE scheme METHOD sparse
    inapump = 3*atpact*(1e-3)
    ikpump = -2*atpact*(1e-3)
    ina = inapump - ina_init
    if (ina < 0) {
        ina = 0
    }
    ik = ikpump - ik_init
    if (ik > 0) {
        ik = 0
    }
}

KINETIC scheme {
    LOCAL x
    x = F/surf*(1e2)
    COMPARTMENT volin {nai ki atpi adpi pi}
    COMPARTMENT volout {nao ko}
    COMPARTMENT surf*(1e10) {eatp na3eatp na3ep ep k2e k2eatp}
    ~ eatp + 3 nai <-> na3eatp (f1*surf*(1e-2), b1*surf*(1e7))
    ~ na3eatp <-> na3ep + adpi (f2*surf*(1e7), b2*surf*(1e4))
    ~ na3ep <-> ep + 3 nao (f3*surf*(1e7), b3*surf*(1e-2))
    ~ ep + 2 ko <-> k2e + pi (f4*surf*(1e1), b4*surf*(1e4))
    ~ k2e + atpi <-> k2eatp (f5*surf*(1e4), b5*surf*(1e7))
    ~ k2eatp <-> eatp + 2 ki (f6*surf*(1e7), b6*surf*(1e1))
    atpact = (f_flux - b_flux)*x
    CONSERVE eatp + na3eatp + na3ep + ep + k2e + k2eatp = totalpump*surf*(1e10)

    COMPARTMENT volin {atpi_clamp adpi_clamp pi_clamp}
    ~ atpi_clamp <-> atpi (srcrate, srcrate)
    ~ adpi_clamp <-> adpi (srcrate, srcrate)
    ~ pi_clamp <-> pi (srcrate, srcrate)
}
