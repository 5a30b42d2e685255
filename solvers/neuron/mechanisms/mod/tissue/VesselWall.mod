TITLE The wall of a vessel under an endfoot

COMMENT
Smooth muscle relaxes when the endfoot's calcium rises, and the vessel widens:

  endfoot Ca2+ -> signal (EET, BK, K+: first order, signal_delay) -> muscle Ca2+ falls by calcium_fall times the signal
  -> cross bridges (four states: Hai & Murphy 1988, Am J Physiol 254:C99; K1 = K6 = gamma [Ca]^3: Koenigsberger et al. 2005, Biophys J
     88:3845) -> F = AMp + AM -> dradius/dt = (R0/viscosity) [radius p/wall - E(F) (radius - R0(F))/R0(F)]
  with wall = -radius + sqrt(radius^2 + 2 R0 thickness + thickness^2),   E = Epas + F (Eact - Epas),   R0(F) = R0 (1 + F (relaxed_ratio - 1))

R0, the passive radius, is chosen so that resting_radius is the equilibrium at rest: nothing moves until something happens. `calcium` points
at `ca` of glia_calcium in the endfoot's compartment. The chain from endfoot to muscle (Kir, BK, L-type channels) is reduced to its first line.
found = 0 after INITIAL: no passive radius gives that equilibrium.
ENDCOMMENT

NEURON {
    POINT_PROCESS VesselWall
    POINTER calcium
    RANGE resting_radius, radius, r0, signal, attached, found
    GLOBAL relaxed_ratio, passive_elasticity, active_elasticity, pressure, viscosity, thickness
    GLOBAL muscle_calcium, calcium_fall, crossbridge_speed, signal_threshold, signal_delay
    THREADSAFE
}

UNITS {
    (uM) = (micro/liter)
    (um) = (micron)
    (Pa) = (pascal)
}

PARAMETER {
    resting_radius = 5 (um) <1e-3, 1e6>
    relaxed_ratio = 0.6 <0, 1>
    passive_elasticity = 66e3 (Pa)
    active_elasticity = 233e3 (Pa)
    pressure = 4000 (Pa)
    viscosity = 1e7 (Pa ms)
    thickness = 3 (um)
    muscle_calcium = 0.3 (uM)
    calcium_fall = 0.8 <0, 1>
    crossbridge_speed = 6 <0, 1e9>
    signal_threshold = 0.15 (uM) <1e-9, 1e9>
    signal_delay = 100 (ms) <1e-9, 1e9>
}

ASSIGNED {
    dt (ms)
    calcium (uM)
    r0 (um)
    attached
    found
}

STATE {
    signal
    M
    Mp
    AMp
    AM
    radius (um)
}

INITIAL {
    signal = target(calcium)
    balance()
    attached = AMp + AM
    radius = resting_radius
    passive_radius()
}

BREAKPOINT {
    SOLVE fade
    SOLVE wall METHOD euler
    attached = AMp + AM
}

PROCEDURE fade() {
    signal = signal + (1 - exp(-dt/signal_delay))*(target(calcium) - signal)
}

DERIVATIVE wall {
    LOCAL k1, speed
    k1 = phosphorylation(signal)
    speed = crossbridge_speed*(1e-3)
    radius' = stretch(radius, r0, AMp + AM)
    M' = speed*(-k1*M + 0.5(/s)*Mp + 0.1(/s)*AM)
    Mp' = speed*(0.1(/s)*AMp + k1*M - 0.9(/s)*Mp)
    AMp' = speed*(0.4(/s)*Mp + k1*AM - 0.6(/s)*AMp)
    AM' = speed*(0.5(/s)*AMp - (0.1(/s) + k1)*AM)
}

: The share of the full signal at this endfoot calcium.
FUNCTION target(ca (uM)) {
    LOCAL x
    x = ca/signal_threshold
    target = x*x*x*x/(1 + x*x*x*x)
}

: K1 and K6 of Hai & Murphy, 1/s.
FUNCTION phosphorylation(s) (/s) {
    LOCAL ca
    ca = muscle_calcium*(1 - calcium_fall*s)
    phosphorylation = 17(/s/uM3)*ca*ca*ca
}

UNITSOFF
: um/ms
FUNCTION stretch(radius (um), r0 (um), f) (um/ms) {
    LOCAL elasticity, rest, wall
    elasticity = passive_elasticity + f*(active_elasticity - passive_elasticity)
    rest = r0*(1 + f*(relaxed_ratio - 1))
    wall = -radius + sqrt(radius*radius + 2*r0*thickness + thickness*thickness)
    stretch = r0/viscosity*(radius*pressure/wall - elasticity*(radius - rest)/rest)
}
UNITSON

: The four states at rest, all as multiples of AMp first.
PROCEDURE balance() {
    LOCAL k1, am, mp, m
    k1 = phosphorylation(signal)
    am = 0.5(/s)/(0.1(/s) + k1)
    mp = (0.1(/s) + 0.1(/s)*am)/0.4(/s)
    m = (0.5(/s)*mp + 0.1(/s)*am)/k1
    AMp = 1/(1 + am + mp + m)
    AM = am*AMp
    Mp = mp*AMp
    M = m*AMp
}

: Bisection for the passive radius at which resting_radius does not move.
PROCEDURE passive_radius() {
    LOCAL low, high
    low = 0.2*resting_radius
    high = 3*resting_radius
    found = 0
    if (stretch(resting_radius, low, attached) < 0 && stretch(resting_radius, high, attached) > 0) {
        found = 1
    }
    FROM j = 1 TO 200 {
        r0 = 0.5*(low + high)
        if (stretch(resting_radius, r0, attached) > 0) {
            high = r0
        } else {
            low = r0
        }
    }
}
