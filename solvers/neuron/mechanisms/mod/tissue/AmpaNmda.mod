TITLE AMPA and NMDA receptors with vesicles, transmitter and its cost

COMMENT
A spike releases the share s of the vesicles: Tsodyks, Pawelzik & Markram 1998, Neural Comput 10:821, the mean of the stochastic model,

    u <- use + u (1 - use) exp(-dt/fac),   r <- 1 - (1 - r) exp(-dt/dep),   s = u r,   r <- r - s          (plastic = 0: s = use)

and opens a peak conductance s weight (AMPA) and nmda_ratio s weight (NMDA), biexponential in time. NMDA receptors are blocked by
1/(1 + exp(-0.062 v) [Mg]/3.57 mM) (Jahr & Stevens 1990, J Neurosci 10:3178). The channels conduct Na+ and K+, the share sodium_share Na+,
which puts the reversal where the user wants it; the current is carried by these ions at their potentials of the moment.
glutamate_released and atp_used add up, from the start, what the spikes released and cost (Attwell & Laughlin 2001).

Astrocytes act on use_factor (GlioModulation). Synapses of equal kinetics on one compartment share an instance: the equations are linear. All that belongs to a connection is in its
arguments. Decay per step is exact for the step at which the run was initialised.
ENDCOMMENT

NEURON {
    POINT_PROCESS AmpaNmda
    USEION na READ ena WRITE ina
    USEION k READ ek WRITE ik
    RANGE ampa_decay, sodium_share, use_factor, g, glutamate_released, atp_used
    GLOBAL ampa_rise, nmda_rise, nmda_decay, nmda_ratio, magnesium, plastic, molecules_per_vesicle, atp_per_vesicle
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (nS) = (nanosiemens)
    (mM) = (milli/liter)
    (mol) = (1)
}

CONSTANT {
    avogadro = 6.02214076e23
}

PARAMETER {
    ampa_rise = 0.2 (ms) <1e-9, 1e9>
    ampa_decay = 1.7 (ms) <1e-9, 1e9>
    nmda_rise = 0.29 (ms) <1e-9, 1e9>
    nmda_decay = 43 (ms) <1e-9, 1e9>
    nmda_ratio = 0.71 <0, 1e9>
    magnesium = 1 (mM) <0, 1e9>
    sodium_share = 0.5 <0, 1>
    plastic = 1 <0, 1>
    use_factor = 1 <0, 1>
    molecules_per_vesicle = 4000 <0, 1e9>
    atp_per_vesicle = 24000 <0, 1e9>
}

ASSIGNED {
    v (mV)
    dt (ms)
    ena (mV)
    ek (mV)
    ina (nA)
    ik (nA)
    g (nS)
    ampa_factor
    nmda_factor
    keep_ampa_a
    keep_ampa_b
    keep_nmda_a
    keep_nmda_b
    glutamate_released (mol)
    atp_used (mol)
}

STATE {
    ampa_a (nS)
    ampa_b (nS)
    nmda_a (nS)
    nmda_b (nS)
}

INITIAL {
    ampa_a = 0
    ampa_b = 0
    nmda_a = 0
    nmda_b = 0
    ampa_factor = factor(ampa_rise, ampa_decay)
    nmda_factor = factor(nmda_rise, nmda_decay)
    keep_ampa_a = exp(-dt/ampa_rise)
    keep_ampa_b = exp(-dt/ampa_decay)
    keep_nmda_a = exp(-dt/nmda_rise)
    keep_nmda_b = exp(-dt/nmda_decay)
    glutamate_released = 0
    atp_used = 0
}

BREAKPOINT {
    SOLVE decay
    g = ampa_b - ampa_a + (nmda_b - nmda_a)/(1 + exp(-0.062(/mV)*v)*magnesium/3.57(mM))
    ina = (1e-3)*sodium_share*g*(v - ena)
    ik = (1e-3)*(1 - sodium_share)*g*(v - ek)
}

PROCEDURE decay() {
    ampa_a = ampa_a*keep_ampa_a
    ampa_b = ampa_b*keep_ampa_b
    nmda_a = nmda_a*keep_nmda_a
    nmda_b = nmda_b*keep_nmda_b
}

: Makes 1 the peak of factor (exp(-t/decay) - exp(-t/rise)).
FUNCTION factor(rise (ms), decay (ms)) {
    LOCAL peak
    peak = rise*decay/(decay - rise)*log(decay/rise)
    factor = 1/(exp(-peak/decay) - exp(-peak/rise))
}

UNITSOFF
NET_RECEIVE (weight (nS), use, dep (ms), fac (ms), vesicles, u, r, last (ms)) {
    LOCAL share, kept, now
    INITIAL {
        u = 0
        r = 1
        last = -1e30
    }
    now = use*use_factor
    if (plastic == 0) {
        share = now
    } else {
        kept = 0
        if (fac > 0) {
            kept = u*exp(-(t - last)/fac)
        }
        u = kept + now*(1 - kept)
        if (dep > 0) {
            r = 1 - (1 - r)*exp(-(t - last)/dep)
        } else {
            r = 1
        }
        share = u*r
        r = r - share
        last = t
    }
    ampa_a = ampa_a + share*weight*ampa_factor
    ampa_b = ampa_b + share*weight*ampa_factor
    nmda_a = nmda_a + share*weight*nmda_ratio*nmda_factor
    nmda_b = nmda_b + share*weight*nmda_ratio*nmda_factor
    glutamate_released = glutamate_released + share*vesicles*molecules_per_vesicle/avogadro
    atp_used = atp_used + share*vesicles*atp_per_vesicle/avogadro
}
UNITSON
