TITLE AMPA and NMDA receptors with stochastic release

COMMENT
Release: Fuhrmann, Segev, Markram & Tsodyks 2002, J Neurophysiol 87:140, with Nrrp sites that are occupied or not. At a spike the utilisation u
facilitates; then each empty site recovers with 1 - exp(-dt/Dep) and each occupied one releases with u, one uniform number a site, in that
order. Events of weight 0 or before t = 0 draw nothing. nc_type of a connection: 0 spike, 1 mini, 2 replay.
A release is an event (net_event) for who listens to the synapse, as astrocytes do.
Decay per step is exact for the step at which the run was initialised.
Receptors: Markram et al. 2015, Cell 163:456; block of NMDA by Mg2+: Jahr & Stevens 1990, J Neurosci 10:3178 (slope_mg 0.062, scale_mg 3.57);
the values for cortex are 0.07207477 and 2.5522415 (Chindemi et al. 2022, Nat Commun 13:3038). Weights are in nS.
ENDCOMMENT

NEURON {
    POINT_PROCESS ProbAMPANMDA_EMS
    NONSPECIFIC_CURRENT i
    RANGE tau_d_AMPA, Use, Dep, Fac, u0, u, Nrrp, mg, NMDA_ratio, conductance, synapseID, verboseLevel, selected_for_report
    RANGE i, i_AMPA, i_NMDA, g, g_AMPA, g_NMDA, tsyn, occupied, unoccupied, Ustate
    RANGE A_AMPA_step, B_AMPA_step, A_NMDA_step, B_NMDA_step
    GLOBAL tau_r_AMPA, tau_r_NMDA, tau_d_NMDA, slope_mg, scale_mg, e, gmax
    GLOBAL nc_type_param, minis_single_vesicle, init_depleted
    RANDOM rng
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (uS) = (microsiemens)
    (mM) = (milli/liter)
}

PARAMETER {
    tau_r_AMPA = 0.2 (ms) <1e-9, 1e9>
    tau_d_AMPA = 1.7 (ms) <1e-9, 1e9>
    tau_r_NMDA = 0.29 (ms) <1e-9, 1e9>
    tau_d_NMDA = 43 (ms) <1e-9, 1e9>
    Use = 1 <0, 1>
    Dep = 100 (ms)
    Fac = 10 (ms)
    Nrrp = 1
    e = 0 (mV)
    mg = 1 (mM)
    slope_mg = 0.062 (/mV)
    scale_mg = 3.57 (mM)
    NMDA_ratio = 0.71
    gmax = 0.001 (uS)
    u0 = 0
    conductance = 0
    nc_type_param = 4
    minis_single_vesicle = 0 <0, 1>
    init_depleted = 0 <0, 1>
    synapseID = 0
    verboseLevel = 0
    selected_for_report = 0
}

ASSIGNED {
    v (mV)
    dt (ms)
    i (nA)
    i_AMPA (nA)
    i_NMDA (nA)
    g (uS)
    g_AMPA (uS)
    g_NMDA (uS)
    factor_AMPA
    factor_NMDA
    A_AMPA_step
    B_AMPA_step
    A_NMDA_step
    B_NMDA_step
    u
    tsyn (ms)
    occupied
    unoccupied
    Ustate
}

STATE {
    A_AMPA
    B_AMPA
    A_NMDA
    B_NMDA
}

INITIAL {
    random_setseq(rng, 0)
    tsyn = 0
    u = u0
    Ustate = -1
    if (init_depleted) {
        occupied = 0
    } else {
        occupied = Nrrp
    }
    unoccupied = Nrrp - occupied
    A_AMPA = 0
    B_AMPA = 0
    A_NMDA = 0
    B_NMDA = 0
    factor_AMPA = factor(tau_r_AMPA, tau_d_AMPA)
    factor_NMDA = factor(tau_r_NMDA, tau_d_NMDA)
    A_AMPA_step = exp(-dt/tau_r_AMPA)
    B_AMPA_step = exp(-dt/tau_d_AMPA)
    A_NMDA_step = exp(-dt/tau_r_NMDA)
    B_NMDA_step = exp(-dt/tau_d_NMDA)
}

BREAKPOINT {
    SOLVE decay
    g_AMPA = gmax*(B_AMPA - A_AMPA)
    g_NMDA = gmax*(B_NMDA - A_NMDA)/(1 + exp(-slope_mg*v)*(mg/scale_mg))
    g = g_AMPA + g_NMDA
    i_AMPA = g_AMPA*(v - e)
    i_NMDA = g_NMDA*(v - e)
    i = i_AMPA + i_NMDA
}

PROCEDURE decay() {
    A_AMPA = A_AMPA*A_AMPA_step
    B_AMPA = B_AMPA*B_AMPA_step
    A_NMDA = A_NMDA*A_NMDA_step
    B_NMDA = B_NMDA*B_NMDA_step
}

: Makes 1 the peak of factor (exp(-t/decay) - exp(-t/rise)).
FUNCTION factor(rise (ms), decay (ms)) {
    LOCAL peak
    peak = rise*decay/(decay - rise)*log(decay/rise)
    factor = 1/(-exp(-peak/rise) + exp(-peak/decay))
}

: The block INITIAL keeps nc_type: without one, the numbers of a connection beyond the weight are 0 at the start.
NET_RECEIVE (weight, weight_AMPA, weight_NMDA, Psurv, nc_type) {
    LOCAL sites, vesicles
    INITIAL {
        weight_AMPA = weight
        weight_NMDA = weight*NMDA_ratio
    }
    weight_AMPA = weight
    weight_NMDA = weight*NMDA_ratio
    if (flag == 0 && weight > 0 && t >= 0) {
        if (Fac > 0) {
            u = u*exp(-(t - tsyn)/Fac)
            u = u + Use*(1 - u)
        } else {
            u = Use
        }
        sites = unoccupied
        FROM counter = 1 TO sites {
            Psurv = exp(-(t - tsyn)/Dep)
            if (random_uniform(rng) > Psurv) {
                occupied = occupied + 1
            }
        }
        vesicles = 0
        sites = occupied
        if (sites > 1 && minis_single_vesicle && nc_type == 1) {
            sites = 1
        }
        FROM counter = 1 TO sites {
            if (random_uniform(rng) < u) {
                occupied = occupied - 1
                vesicles = vesicles + 1
            }
        }
        unoccupied = Nrrp - occupied
        tsyn = t
        if (vesicles > 0) {
            Ustate = 1
            net_event(t)
            A_AMPA = A_AMPA + vesicles/Nrrp*weight_AMPA*factor_AMPA
            B_AMPA = B_AMPA + vesicles/Nrrp*weight_AMPA*factor_AMPA
            A_NMDA = A_NMDA + vesicles/Nrrp*weight_NMDA*factor_NMDA
            B_NMDA = B_NMDA + vesicles/Nrrp*weight_NMDA*factor_NMDA
        }
    }
}
