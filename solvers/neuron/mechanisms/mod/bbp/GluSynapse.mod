TITLE Glutamatergic synapse with long-term plasticity

COMMENT
Chindemi et al. 2022, Nat Commun 13:3038. Release as in ProbAMPANMDA_EMS (Fuhrmann et al. 2002), its state kept with the connection; Use and
the AMPA peak follow rho, the efficacy of Graupner & Brunel 2012, PNAS 109:3991, which moves while the filtered calcium of the spine is above
its thresholds. A release is an event (net_event) for who listens to the synapse. Calcium enters through NMDA receptors (share of the current: Schneggenburger, Zhou, Konnerth & Neher 1993, Neuron 11:133;
reversal 40 mV: Jahr & Stevens 1993, PNAS 90:11573; block: Vargas-Caballero & Robinson 2003, J Neurophysiol 89:2778) and through R-type
channels of the spine head (Magee & Johnston 1995, J Physiol 487:67; density: Sabatini & Svoboda 2000, Nature 408:589; removal: Sabatini,
Oertner & Svoboda 2002, Neuron 33:439). The connection's weight only switches it on. Modulators act on use_factor, times the utilisation of
the moment.
ENDCOMMENT

NEURON {
    POINT_PROCESS GluSynapse
    NONSPECIFIC_CURRENT i
    RANGE tau_d_AMPA, gmax0_AMPA, gmax_d_AMPA, gmax_p_AMPA, g_AMPA
    RANGE gmax_NMDA, g_NMDA, ica_NMDA, ica_VDCC, volume_CR
    RANGE Use0_TM, Dep_TM, Fac_TM, Nrrp_TM, Use_d_TM, Use_p_TM
    RANGE theta_d_GB, theta_p_GB, rho0_GB, dep_GB, pot_GB
    RANGE use_factor
    RANGE i, vsyn, conductance, synapseID, verbose, selected_for_report
    GLOBAL tau_r_AMPA, E_AMPA, tau_r_NMDA, tau_d_NMDA, E_NMDA, mgo_NMDA, scale_NMDA, slope_NMDA
    GLOBAL gca_bar_VDCC, ljp_VDCC, vhm_VDCC, km_VDCC, mtau_VDCC, vhh_VDCC, kh_VDCC, htau_VDCC
    GLOBAL gamma_ca_CR, tau_ca_CR, min_ca_CR, cao_CR
    GLOBAL rho_star_GB, tau_ind_GB, tau_exp_GB, tau_effca_GB, gamma_d_GB, gamma_p_GB
    GLOBAL nc_type_param, minis_single_vesicle, init_depleted
    RANDOM rng_TM
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (uS) = (microsiemens)
    (nS) = (nanosiemens)
    (um) = (micron)
    (mM) = (milli/liter)
    FARADAY = (faraday) (coulomb)
    R = (k-mole) (joule/degC)
    PI = (pi) (1)
}

PARAMETER {
    tau_r_AMPA = 0.2 (ms) <1e-9, 1e9>
    tau_d_AMPA = 1.7 (ms) <1e-9, 1e9>
    E_AMPA = 0 (mV)
    gmax0_AMPA = 1 (nS)
    gmax_d_AMPA = 1 (nS)
    gmax_p_AMPA = 2 (nS)
    tau_r_NMDA = 0.29 (ms) <1e-9, 1e9>
    tau_d_NMDA = 70 (ms) <1e-9, 1e9>
    E_NMDA = -3 (mV)
    gmax_NMDA = 0.55 (nS)
    mgo_NMDA = 1 (mM)
    scale_NMDA = 2.552 (mM)
    slope_NMDA = 0.072 (/mV)
    Use0_TM = 0.5 <0, 1>
    Dep_TM = 100 (ms)
    Fac_TM = 10 (ms)
    Nrrp_TM = 1
    use_factor = 1 <0, 1e9>
    Use_d_TM = 0.2
    Use_p_TM = 0.8
    volume_CR = 0.087 (um3) <1e-9, 1e9>
    gca_bar_VDCC = 0.0744 (nS/um2)
    ljp_VDCC = 0 (mV)
    vhm_VDCC = -5.9 (mV)
    km_VDCC = 9.5 (mV)
    mtau_VDCC = 1 (ms)
    vhh_VDCC = -39 (mV)
    kh_VDCC = -9.2 (mV)
    htau_VDCC = 27 (ms)
    gamma_ca_CR = 0.04
    tau_ca_CR = 12 (ms)
    min_ca_CR = 70e-6 (mM)
    cao_CR = 2 (mM)
    rho_star_GB = 0.5
    tau_ind_GB = 70 (s)
    tau_exp_GB = 100 (s)
    tau_effca_GB = 200 (ms)
    gamma_d_GB = 100
    gamma_p_GB = 450
    theta_d_GB = 0.006 (us/liter)
    theta_p_GB = 0.001 (us/liter)
    rho0_GB = 0
    conductance = 0
    nc_type_param = 5
    minis_single_vesicle = 0 <0, 1>
    init_depleted = 0 <0, 1>
    synapseID = 0
    verbose = 0
    selected_for_report = 0
}

ASSIGNED {
    v (mV)
    celsius (degC)
    i (nA)
    vsyn (mV)
    g_AMPA (uS)
    g_NMDA (uS)
    ica_NMDA (nA)
    ica_VDCC (nA)
    dep_GB
    pot_GB
}

STATE {
    A_AMPA
    B_AMPA
    gmax_AMPA (nS)
    A_NMDA
    B_NMDA
    Use_TM
    m_VDCC
    h_VDCC
    cai_CR (mM)
    rho_GB
    effcai_GB (us/liter)
}

INITIAL {
    random_setseq(rng_TM, 0)
    A_AMPA = 0
    B_AMPA = 0
    gmax_AMPA = gmax0_AMPA
    A_NMDA = 0
    B_NMDA = 0
    Use_TM = Use0_TM
    m_VDCC = 0
    h_VDCC = 0
    cai_CR = min_ca_CR
    rho_GB = rho0_GB
    effcai_GB = 0
    dep_GB = 0
    pot_GB = 0
    net_send(0, 1)
}

BREAKPOINT {
    LOCAL i_AMPA, i_NMDA, Pf_NMDA, area_CR, gca, e_ca
    SOLVE states METHOD euler
    g_AMPA = (1e-3)*gmax_AMPA*(B_AMPA - A_AMPA)
    i_AMPA = g_AMPA*(v - E_AMPA)
    g_NMDA = (1e-3)*gmax_NMDA*(B_NMDA - A_NMDA)/(1 + exp(-slope_NMDA*v)*(mgo_NMDA/scale_NMDA))
    i_NMDA = g_NMDA*(v - E_NMDA)
    Pf_NMDA = (4*cao_CR)/(4*cao_CR + (1/1.38)*120(mM))*0.6
    ica_NMDA = Pf_NMDA*g_NMDA*(v - 40(mV))
    : the spine head as a sphere
    area_CR = 4*PI*(3/4*volume_CR/1(um3)/PI)^(2/3)*1(um2)
    gca = (1e-3)*gca_bar_VDCC*area_CR*m_VDCC*m_VDCC*h_VDCC
    e_ca = nernst(cai_CR, cao_CR, 2)
    ica_VDCC = gca*(v - e_ca)
    vsyn = v
    i = i_AMPA + i_NMDA + ica_VDCC
}

DERIVATIVE states {
    LOCAL minf, hinf
    minf = 1/(1 + exp((vhm_VDCC - ljp_VDCC - v)/km_VDCC))
    hinf = 1/(1 + exp((vhh_VDCC - ljp_VDCC - v)/kh_VDCC))
    A_AMPA' = -A_AMPA/tau_r_AMPA
    B_AMPA' = -B_AMPA/tau_d_AMPA
    gmax_AMPA' = (gmax_d_AMPA + rho_GB*(gmax_p_AMPA - gmax_d_AMPA) - gmax_AMPA)/((1e3)*tau_exp_GB)
    A_NMDA' = -A_NMDA/tau_r_NMDA
    B_NMDA' = -B_NMDA/tau_d_NMDA
    Use_TM' = (Use_d_TM + rho_GB*(Use_p_TM - Use_d_TM) - Use_TM)/((1e3)*tau_exp_GB)
    m_VDCC' = (minf - m_VDCC)/mtau_VDCC
    h_VDCC' = (hinf - h_VDCC)/htau_VDCC
    cai_CR' = -(1e-9)*(ica_NMDA + ica_VDCC)*gamma_ca_CR/((1e-15)*volume_CR*2*FARADAY) - (cai_CR - min_ca_CR)/tau_ca_CR
    effcai_GB' = -effcai_GB/tau_effca_GB + (cai_CR - min_ca_CR)
    rho_GB' = (-rho_GB*(1 - rho_GB)*(rho_star_GB - rho_GB) + pot_GB*gamma_p_GB*(1 - rho_GB) - dep_GB*gamma_d_GB*rho_GB)/((1e3)*tau_ind_GB)
}

FUNCTION nernst(ci (mM), co (mM), z) (mV) {
    nernst = (1000)*R*(celsius + 273.15)/(z*FARADAY)*log(co/ci)
}

: Makes 1 the peak of factor (exp(-t/decay) - exp(-t/rise)).
FUNCTION factor(rise (ms), decay (ms)) {
    LOCAL peak
    peak = rise*decay/(decay - rise)*log(decay/rise)
    factor = 1/(-exp(-peak/rise) + exp(-peak/decay))
}

: How many of n trials with the probability p succeed.
FUNCTION brand(n, p) {
    LOCAL hits
    hits = 0
    FROM trial = 1 TO n {
        if (random_uniform(rng_TM) < p) {
            hits = hits + 1
        }
    }
    brand = hits
}

UNITSOFF
: Flag 1 sets the watches; 2 to 5 are what they send.
NET_RECEIVE (weight, u, tsyn (ms), recovered, unrecovered, nc_type) {
    LOCAL released, share, candidates, use
    INITIAL {
        weight = 1
        u = 0
        tsyn = 0
        if (init_depleted) {
            recovered = 0
            unrecovered = Nrrp_TM
        } else {
            recovered = Nrrp_TM
            unrecovered = 0
        }
    }
    if (flag == 0) {
        if (weight > 0) {
            use = Use_TM*use_factor
            if (use > 1 && use_factor > 1) {
                use = 1
            }
            u = use + u*(1 - use)*exp(-(t - tsyn)/Fac_TM)
            recovered = recovered + brand(unrecovered, 1 - exp(-(t - tsyn)/Dep_TM))
            candidates = recovered
            if (candidates > 1 && minis_single_vesicle && nc_type == 1) {
                candidates = 1
            }
            released = brand(candidates, u)
            if (released > 0) {
                net_event(t)
            }
            share = released/Nrrp_TM
            A_AMPA = A_AMPA + share*factor(tau_r_AMPA, tau_d_AMPA)
            B_AMPA = B_AMPA + share*factor(tau_r_AMPA, tau_d_AMPA)
            A_NMDA = A_NMDA + share*factor(tau_r_NMDA, tau_d_NMDA)
            B_NMDA = B_NMDA + share*factor(tau_r_NMDA, tau_d_NMDA)
            recovered = recovered - released
            unrecovered = Nrrp_TM - recovered
            tsyn = t
        }
    } else if (flag == 1) {
        WATCH (effcai_GB > theta_d_GB) 2
        WATCH (effcai_GB < theta_d_GB) 3
        WATCH (effcai_GB > theta_p_GB) 4
        WATCH (effcai_GB < theta_p_GB) 5
    } else if (flag == 2) {
        dep_GB = 1
    } else if (flag == 3) {
        dep_GB = 0
    } else if (flag == 4) {
        pot_GB = 1
    } else if (flag == 5) {
        pot_GB = 0
    }
}
UNITSON
