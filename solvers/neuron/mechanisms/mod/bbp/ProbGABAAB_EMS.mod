TITLE GABA_A and GABA_B receptors with stochastic release

COMMENT
Release: Fuhrmann, Segev, Markram & Tsodyks 2002, J Neurophysiol 87:140, with Nrrp sites that are occupied or not. At a spike the utilisation u
facilitates; then each empty site recovers with 1 - exp(-dt/Dep) and each occupied one releases with u, one uniform number a site, in that
order. Events of weight 0 or before t = 0 draw nothing. nc_type of a connection: 0 spike, 1 mini, 2 replay.
Decay per step is exact for the step at which the run was initialised.
Receptors: Markram et al. 2015, Cell 163:456. Weights are in nS.
ENDCOMMENT

NEURON {
    POINT_PROCESS ProbGABAAB_EMS
    NONSPECIFIC_CURRENT i
    RANGE tau_r_GABAA, tau_d_GABAA, Use, Dep, Fac, u0, u, Nrrp, e_GABAA, e_GABAB, GABAB_ratio, conductance
    RANGE synapseID, verboseLevel, selected_for_report
    RANGE i, i_GABAA, i_GABAB, g, g_GABAA, g_GABAB, tsyn, occupied, unoccupied
    RANGE A_GABAA_step, B_GABAA_step, A_GABAB_step, B_GABAB_step
    GLOBAL tau_r_GABAB, tau_d_GABAB, gmax
    GLOBAL nc_type_param, minis_single_vesicle, init_depleted
    RANDOM rng
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (uS) = (microsiemens)
}

PARAMETER {
    tau_r_GABAA = 0.2 (ms) <1e-9, 1e9>
    tau_d_GABAA = 8 (ms) <1e-9, 1e9>
    tau_r_GABAB = 3.5 (ms) <1e-9, 1e9>
    tau_d_GABAB = 260.9 (ms) <1e-9, 1e9>
    Use = 1 <0, 1>
    Dep = 100 (ms)
    Fac = 10 (ms)
    Nrrp = 1
    e_GABAA = -80 (mV)
    e_GABAB = -97 (mV)
    GABAB_ratio = 0
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
    i_GABAA (nA)
    i_GABAB (nA)
    g (uS)
    g_GABAA (uS)
    g_GABAB (uS)
    factor_GABAA
    factor_GABAB
    A_GABAA_step
    B_GABAA_step
    A_GABAB_step
    B_GABAB_step
    u
    tsyn (ms)
    occupied
    unoccupied
}

STATE {
    A_GABAA
    B_GABAA
    A_GABAB
    B_GABAB
}

INITIAL {
    random_setseq(rng, 0)
    tsyn = 0
    u = u0
    if (init_depleted) {
        occupied = 0
    } else {
        occupied = Nrrp
    }
    unoccupied = Nrrp - occupied
    A_GABAA = 0
    B_GABAA = 0
    A_GABAB = 0
    B_GABAB = 0
    factor_GABAA = factor(tau_r_GABAA, tau_d_GABAA)
    factor_GABAB = factor(tau_r_GABAB, tau_d_GABAB)
    A_GABAA_step = exp(-dt/tau_r_GABAA)
    B_GABAA_step = exp(-dt/tau_d_GABAA)
    A_GABAB_step = exp(-dt/tau_r_GABAB)
    B_GABAB_step = exp(-dt/tau_d_GABAB)
}

BREAKPOINT {
    SOLVE decay
    g_GABAA = gmax*(B_GABAA - A_GABAA)
    g_GABAB = gmax*(B_GABAB - A_GABAB)
    g = g_GABAA + g_GABAB
    i_GABAA = g_GABAA*(v - e_GABAA)
    i_GABAB = g_GABAB*(v - e_GABAB)
    i = i_GABAA + i_GABAB
}

PROCEDURE decay() {
    A_GABAA = A_GABAA*A_GABAA_step
    B_GABAA = B_GABAA*B_GABAA_step
    A_GABAB = A_GABAB*A_GABAB_step
    B_GABAB = B_GABAB*B_GABAB_step
}

: Makes 1 the peak of factor (exp(-t/decay) - exp(-t/rise)).
FUNCTION factor(rise (ms), decay (ms)) {
    LOCAL peak
    peak = rise*decay/(decay - rise)*log(decay/rise)
    factor = 1/(-exp(-peak/rise) + exp(-peak/decay))
}

: The block INITIAL keeps nc_type: without one, the numbers of a connection beyond the weight are 0 at the start.
NET_RECEIVE (weight, weight_GABAA, weight_GABAB, Psurv, nc_type) {
    LOCAL sites, vesicles
    INITIAL {
        weight_GABAA = weight
        weight_GABAB = weight*GABAB_ratio
    }
    weight_GABAA = weight
    weight_GABAB = weight*GABAB_ratio
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
            A_GABAA = A_GABAA + vesicles/Nrrp*weight_GABAA*factor_GABAA
            B_GABAA = B_GABAA + vesicles/Nrrp*weight_GABAA*factor_GABAA
            A_GABAB = A_GABAB + vesicles/Nrrp*weight_GABAB*factor_GABAB
            B_GABAB = B_GABAB + vesicles/Nrrp*weight_GABAB*factor_GABAB
        }
    }
}
