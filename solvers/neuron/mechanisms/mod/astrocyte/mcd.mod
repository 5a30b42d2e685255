TITLE Calcium in rings of an astrocyte's soma, with store and membrane pump

COMMENT
Fink, Slepchenko, Moraru, Watras, Schaff & Loew 2000, Biophys J 79:163, on four rings (Carnevale & Hines 2006, The NEURON Book, chapter 9):
radial and longitudinal diffusion, a stationary and a mobile buffer (the dye), SERCA, IP3 channels and a leak that balances them at rest.
Each new release that glu2 counts lifts calcium under the membrane to 60 uM.
ENDCOMMENT

DEFINE Nannuli 4

NEURON {
    SUFFIX mcd
    USEION ca READ ica WRITE cai
    POINTER glu2
    RANGE cai0, fluo, fluoNew, alpha, perimFactor, ip3i
    GLOBAL TBufs, TBufm, BufferAlpha
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
    ip3i0 = 1e-6 (mM)
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
    BufferAlpha = 100
    perimFactor = 1
}

ASSIGNED {
    diam (um)
    ica (mA/cm2)
    cai (mM)
    glu2
    received
    ip3i (mM)
    fluo (mM)
    fluoNew
    bufs_rest (mM)
    bufm_rest (mM)
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
}

INITIAL {
    received = 0
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
    cai = cai0
}

BREAKPOINT {
    SOLVE listen
    SOLVE state METHOD sparse
    fluo = cabufm[0]
    fluoNew = (BufferAlpha*cabufm[0] + ca[0] - BufferAlpha*(TBufm - bufm_rest) - cai0)/(BufferAlpha*(TBufm - bufm_rest) + cai0)
}

PROCEDURE listen() {
    if (glu2 > received) {
        ca[0] = 60e-3
        received = glu2
    }
}

KINETIC state {
    COMPARTMENT i, diam*diam*vrat[i] {ca bufs cabufs bufm cabufm}
    LONGITUDINAL_DIFFUSION i, DCa*diam*diam*vrat[i] {ca}
    LONGITUDINAL_DIFFUSION i, DBufm*diam*diam*vrat[i] {bufm cabufm}
    ~ ca[0] << (-ica*PI*diam/(2*FARADAY))
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
    cai = ca[0]
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
