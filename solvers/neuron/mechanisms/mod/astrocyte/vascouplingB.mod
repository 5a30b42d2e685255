TITLE From an endfoot's calcium to the radius of its vessel

COMMENT
Endfoot: BK channels open with calcium and EET and let K+ into the perivascular space; there KIR channels of the muscle hyperpolarize it
(Farr & David 2011, J Theor Biol 286:13; Gonzalez-Fernandez & Ermentrout 1994, Math Biosci 119:127, for v4 to v6, Ca3 and Ca4). Muscle: L-type
channels set its calcium (Bennett, Farnell & Gibson 2008, J Theor Biol 250:172), cross bridges in four states (Hai & Murphy 1988, Am J Physiol
254:C99), visco-elastic wall (Dormanns, van Disseldorp, Brown & David 2015, J Theor Biol 364:49). The chain begins at rest at the calcium and
voltage of the start, and what the wall would do then is subtracted, so that a vessel stays at its initial radius Rad0. bk_share: the part of the endfoot's K+ flux that reaches the space.
ENDCOMMENT

NEURON {
    SUFFIX vascouplingB
    USEION ca READ cai
    RANGE eete, j_KIR, I_KIR, vKIR, gKIR, Cam, Frm, ICam, jCam, pCam, iCam, th, Rad0, R0pas, I_BK, j_BK, phi_n, neq, v3
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mM) = (milli/liter)
    (um) = (micron)
    (Pa) = (pascal)
}

PARAMETER {
    eete = 0 (mM)
    Rad0 = 14.7 (um)
    R0pas = 20 (um)
    th0pas = 3 (um)
    Pt = 4000 (Pa)
    Epas = 66000 (Pa)
    Eact = 233000 (Pa)
    alphar = 0.6
    visc = 1e7 (Pa ms)
    VRpa = 0.0005
    bk_share = 1e-4
    VRps = 0.1
    Rdecay = 0.05 (/ms)
    kpmin = 3 (mM)
    relax = 0.04 (/ms)
    Vh = 6.2 (mV)
    kCam = 9.5 (mV)
    Vbar = 1.44 (mV)
    Cam0 = 0.00005 (mM)
    Caminit = 0.0003 (mM)
    Cmu = 0.000084
    K2 = 0.0005 (/ms)
    K3 = 0.0004 (/ms)
    K4 = 0.0001 (/ms)
    K5 = 0.0005 (/ms)
    K7 = 0.0001 (/ms)
    cross = 17
    gBK = 0.013854
    Ebk = -95 (mV)
    eet_shift = 2000
    gamma_n = 0.002664 (/ms)
    v4 = 14.5 (mV)
    v5 = 8 (mV)
    v6 = -15 (mV)
    Ca3 = 0.0004 (mM)
    Ca4 = 0.00015 (mM)
    Vcyt = 11
    kappa = 4.1e-12
    Ntot = 10000
}

ASSIGNED {
    v (mV)
    cai (mM)
    j_KIR
    I_KIR
    vKIR (mV)
    gKIR
    pCam
    iCam
    ICam
    jCam
    Cam (mM)
    K1 (/ms)
    Frm
    th (um)
    j_BK
    I_BK
    neq
    v3 (mV)
    phi_n (/ms)
    init0 (Pa)
}

STATE {
    kp (mM)
    Vi (mV)
    M
    Mp
    AMp
    AM
    Rad (um)
    n
}

INITIAL {
    Rad = Rad0
    rest()
    init0 = stress()
}

BREAKPOINT {
    SOLVE states METHOD euler
}

UNITSOFF
DERIVATIVE states {
    rates(v)
    kp' = j_BK*bk_share/VRpa + j_KIR/VRps - Rdecay*(kp - kpmin)
    Vi' = I_KIR*1e7/Cmu - relax*(Vi + 30)
    M' = -K1*M + K2*Mp + K7*AM
    Mp' = K4*AMp + K1*M - (K2 + K3)*Mp
    AMp' = K3*Mp + K1*AM - (K4 + K5)*AMp
    AM' = K5*AMp - (K7 + K1)*AM
    Rad' = R0pas/visc*(stress() - init0)
    n' = phi_n*(neq - n)
}

: Pressure of the blood less that of the wall, Pa.
FUNCTION stress() (Pa) {
    LOCAL E, R0
    E = Epas + Frm*(Eact - Epas)
    R0 = R0pas + Frm*(alphar - 1)*R0pas
    stress = Rad*Pt/th - E*(Rad - R0)/R0
}

: Where all states stay as they are: K+ and the muscle's voltage after 2 s in steps of 0.5 ms, then the bridges' balance.
PROCEDURE rest() {
    LOCAL am, mp, m
    kp = kpmin
    Vi = -30
    AMp = 0
    AM = 0
    n = 0
    rates(v)
    n = neq
    FROM j = 1 TO 4000 {
        rates(v)
        kp = kp + 0.5*(j_BK*bk_share/VRpa + j_KIR/VRps - Rdecay*(kp - kpmin))
        Vi = Vi + 0.5*(I_KIR*1e7/Cmu - relax*(Vi + 30))
    }
    rates(v)
    am = K5/(K7 + K1)
    mp = (K4 + K5 - K1*am)/K3
    m = (K2*mp + K7*am)/K1
    AMp = 1/(1 + am + mp + m)
    AM = am*AMp
    Mp = mp*AMp
    M = m*AMp
    rates(v)
}

FUNCTION unitary(Vm) {
    unitary = kappa*(Vm - Vbar)/(1 - exp(0.075*(Vm - Vbar)))/(1 + exp((Vh - Vm)/kCam))
}

PROCEDURE rates(v (mV)) {
    : KIR channels of the muscle: mV, 1/(uM/s mV), mM/ms, mA
    vKIR = 4.5*kp - 112
    gKIR = exp(-0.074*Vi + 0.42*kp - 12.6)
    j_KIR = -666e-6*gKIR*750/1970*(Vi - vKIR)
    I_KIR = j_KIR*96485.33289*Vcyt*1e-12
    : L-type channels of the muscle
    pCam = 1/(1 + exp((Vh - Vi)/kCam))
    iCam = kappa*(Vi - Vbar)/(1 - exp(0.075*(Vi - Vbar)))
    ICam = Ntot*pCam*iCam
    jCam = ICam*1e-6/96485.33289/(Vcyt*1e-18)
    Cam = Cam0 + (Caminit - Cam0)*unitary(Vi)/unitary(-30)
    : cross bridges and wall
    K1 = cross*1e6*Cam*Cam*Cam
    Frm = AMp + AM
    th = -Rad + sqrt(Rad*Rad + 2*R0pas*th0pas + th0pas*th0pas)
    : BK channels of the endfoot
    v3 = -v5/2*tanh((cai - Ca3)/Ca4) + v6
    neq = 0.5*(1 + tanh((v + eet_shift*eete - v3)/v4))
    phi_n = gamma_n*0.5*(exp((v - v3)/(2*v4)) + exp(-(v - v3)/(2*v4)))
    I_BK = gBK*n*(v - Ebk)*1e-6
    j_BK = I_BK*1e-6/96485.33289/(Vcyt*1e-18)
}
UNITSON
