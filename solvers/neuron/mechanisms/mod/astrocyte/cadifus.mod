TITLE Calcium and IP3 in rings of an astrocyte's process

COMMENT
Calcium as in mcd: Fink, Slepchenko, Moraru, Watras, Schaff & Loew 2000, Biophys J 79:163, on four rings. IP3 is the same in all rings, spreads
along the process and is made and broken down as in De Pitta, Goldberg, Volman, Berry & Ben-Jacob 2009, J Biol Phys 35:383, eqs. 10-15 (what
happens at rest is balanced). A release that glu2 counts lifts glutamate at the receptors by glutamate_step (Clements, Lester, Tong, Jahr &
Westbrook 1992, Science 258:1498: 1.1 mM), which is taken up with glutamate_decay.
ENDCOMMENT

DEFINE Nannuli 4

NEURON {
    SUFFIX cadifus
    POINTER glu2
    RANGE cai, cai0, fluo, alpha, perimFactor, glutamate
    GLOBAL TBufs, TBufm, DIP3, glutamate_step, glutamate_decay, v_bar_beta
    THREADSAFE
}

UNITS {
    (mM) = (milli/liter)
    (uM) = (micro/liter)
    (um) = (micron)
    (mA) = (milliamp)
    (mV) = (millivolt)
    FARADAY = (faraday) (10000 coulomb)
    PI = (pi) (1)
}

PARAMETER {
    cai0 = 50e-6 (mM)
    ip3i0 = 1e-5 (mM)
    DCa = 0.22 (um2/ms)
    TBufs = 0.45 (mM)
    kfs = 1000 (/mM-ms)
    KDs = 10 (uM)
    TBufm = 0.075 (mM)
    kfm = 1000 (/mM-ms)
    KDm = 0.24 (uM)
    DBufm = 0.05 (um2/ms)
    cath = 0.2e-3 (mM)
    gamma = 8 (um/s)
    alpha = 1
    vmax = 3.75e-6 (mM/ms)
    Kp = 0.27e-3 (mM)
    jmax = 3.5e-3 (mM/ms)
    caer = 0.4 (mM)
    Kip3 = 0.8e-3 (mM)
    Kact = 0.3e-3 (mM)
    kon = 2.7 (/mM-ms)
    Kinh = 0.2e-3 (mM)
    perimFactor = 1
    DIP3 = 0.283 (um2/ms)
    glutamate_step = 1.1 (mM)
    glutamate_decay = 1.2 (ms) <1e-9, 1e9>
    v_bar_beta = 0.2e-6 (mM/ms)
    v_bar_delta = 0.02e-6 (mM/ms)
    v_bar_3K = 2e-6 (mM/ms)
    r_bar_5P = 0.04e-3 (/ms)
    kappa_delta = 1.5e-3 (mM)
    K_PLCdelta = 0.1e-3 (mM)
    K_R = 1.3e-3 (mM)
    K_p = 10e-3 (mM)
    K_pi = 0.6e-3 (mM)
    K_D = 0.7e-3 (mM)
    K_3 = 1e-3 (mM)
}

ASSIGNED {
    diam (um)
    dt (ms)
    glu2
    received
    cai (mM)
    fluo (mM)
    bufs_rest (mM)
    bufm_rest (mM)
    rest (mM/ms)
    vrat[Nannuli]
    frat[Nannuli]
    LL[Nannuli] (mM/ms)
}

STATE {
    ca[Nannuli] (mM)
    bufs[Nannuli] (mM)
    cabufs[Nannuli] (mM)
    bufm[Nannuli] (mM)
    cabufm[Nannuli] (mM)
    hc[Nannuli]
    ho[Nannuli]
    ip3i (mM)
    glutamate (mM)
}

INITIAL {
    received = 0
    glutamate = 0
    ip3i = ip3i0
    factors()
    bufs_rest = KDs*TBufs/(KDs + (1000)*cai0)
    bufm_rest = KDm*TBufm/(KDm + (1000)*cai0)
    FROM i = 0 TO Nannuli-1 {
        ca[i] = cai0
        bufs[i] = bufs_rest
        cabufs[i] = TBufs - bufs_rest
        bufm[i] = bufm_rest
        cabufm[i] = TBufm - bufm_rest
        ho[i] = Kinh/(cai0 + Kinh)
        hc[i] = 1 - ho[i]
        LL[i] = (uptake(cai0) - release(cai0, ip3i, ho[i]))/(1 - cai0/caer)
    }
    rest = ip3_made(0, cai0, ip3i0)
    cai = cai0
}

BREAKPOINT {
    SOLVE listen
    SOLVE state METHOD sparse
    cai = ca[0]
    fluo = cabufm[0]
}

PROCEDURE listen() {
    glutamate = glutamate*exp(-dt/glutamate_decay)
    if (glu2 > received) {
        glutamate = glutamate + glutamate_step*(glu2 - received)
        received = glu2
    }
}

KINETIC state {
    COMPARTMENT i, diam*diam*vrat[i] {ca bufs cabufs bufm cabufm}
    COMPARTMENT PI*diam*diam/4 {ip3i}
    LONGITUDINAL_DIFFUSION i, DCa*diam*diam*vrat[i] {ca}
    LONGITUDINAL_DIFFUSION i, DBufm*diam*diam*vrat[i] {bufm cabufm}
    LONGITUDINAL_DIFFUSION DIP3*PI*diam*diam/4 {ip3i}
    ~ ip3i << (PI*diam*diam/4*(ip3_made(glutamate, ca[0], ip3i) - rest))
    : membrane pump: above its threshold calcium leaves at a fixed permeability
    ~ ca[0] << (-(0.001)*PI*diam*perimFactor*gamma*above(ca[0])*(ca[0] - cath))
    : radial diffusion
    FROM i = 0 TO Nannuli-2 {
        ~ ca[i] <-> ca[i+1] (DCa*frat[i+1], DCa*frat[i+1])
        ~ bufm[i] <-> bufm[i+1] (DBufm*frat[i+1], DBufm*frat[i+1])
        ~ cabufm[i] <-> cabufm[i+1] (DBufm*frat[i+1], DBufm*frat[i+1])
    }
    : buffers
    FROM i = 0 TO Nannuli-1 {
        ~ ca[i] + bufs[i] <-> cabufs[i] (kfs*diam*diam*vrat[i], (0.001)*KDs*kfs*diam*diam*vrat[i])
        ~ ca[i] + bufm[i] <-> cabufm[i] (kfm*diam*diam*vrat[i], (0.001)*KDm*kfm*diam*diam*vrat[i])
    }
    : the store: pump, channels with their inactivation, leak
    FROM i = 0 TO Nannuli-1 {
        ~ ca[i] << (-diam*diam*vrat[i]*alpha*uptake(ca[i]))
        ~ ca[i] << (diam*diam*vrat[i]*alpha*release(ca[i], ip3i, ho[i]))
        ~ ca[i] << (diam*diam*vrat[i]*alpha*LL[i]*(1 - ca[i]/caer))
        ~ hc[i] <-> ho[i] (kon*Kinh, kon*ca[i])
    }
}

: Production by PLC beta and delta less breakdown by 3-kinase and 5-phosphatase.
FUNCTION ip3_made(glu (mM), c (mM), ip3 (mM)) (mM/ms) {
    LOCAL half, x, y
    x = c*c/(c*c + K_PLCdelta*K_PLCdelta)
    y = (c/K_D)*(c/K_D)*(c/K_D)*(c/K_D)
    half = K_R + K_p*c/(c + K_pi)
    ip3_made = v_bar_delta/(1 + ip3/kappa_delta)*x - v_bar_3K*y/(1 + y)*ip3/(ip3 + K_3) - r_bar_5P*ip3
    if (glu > 0) {
        ip3_made = ip3_made + v_bar_beta/(1 + (half/glu)^0.7)
    }
}

FUNCTION above(c (mM)) {
    if (c > cath) {
        above = 1
    } else {
        above = 0
    }
}

: What the store takes up (SERCA) and releases (IP3 channels), at calcium c and an open share o.
FUNCTION uptake(c (mM)) (mM/ms) {
    uptake = vmax*c*c/(c*c + Kp*Kp)
}

FUNCTION release(c (mM), ip3 (mM), o) (mM/ms) {
    LOCAL x
    x = ip3/(ip3 + Kip3)*c/(c + Kact)*o
    release = jmax*(1 - c/caer)*x*x*x
}

: Volumes of the rings of a cylinder of 1 um, and area over distance between their middles.
PROCEDURE factors() {
    LOCAL r, dr2
    r = 1/2
    dr2 = r/(Nannuli - 1)/2
    vrat[0] = 0
    frat[0] = 2*r
    FROM j = 0 TO Nannuli-2 {
        vrat[j] = vrat[j] + PI*(r - dr2/2)*2*dr2
        r = r - dr2
        frat[j+1] = 2*PI*r/(2*dr2)
        r = r - dr2
        vrat[j+1] = PI*(r + dr2/2)*2*dr2
    }
}
