TITLE Stochastic potassium channel

COMMENT
Voltage-gated K+ channels of Mainen & Sejnowski 1995, Science 268:1503, opening and closing at random: N1 of N channels are open and a
binomial number moves each way in a step (Diba, Lester & Koch 2004, J Neurosci 24:9723). deterministic = 1 gives the mean.
Models were fitted with N = floor(gkbar/gamma area + 1/2) as it comes out without converting (S/cm2)/(pS) to 1/um2, a factor of 1e4 fewer
channels of a conductance 1e4 times larger; the same is done here.
ENDCOMMENT

NEURON {
    SUFFIX StochKv
    USEION k READ ek WRITE ik
    RANGE N, eta, gk, gamma, deterministic, gkbar, ik, N0, N1, n0_n1, n1_n0, ninf, ntau, a, b, P_a, P_b, Ra, Rb, tadj
    GLOBAL vmin, vmax, q10, temp, tha, qa
    RANDOM rng
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (pS) = (picosiemens)
    (S) = (siemens)
    (um) = (micron)
}

PARAMETER {
    gamma = 30 (pS) <1e-9, 1e9>
    gkbar = 0.75 (S/cm2) <0, 1e9>
    tha = -40 (mV)
    qa = 9 (mV)
    Ra = 0.02 (/ms/mV)
    Rb = 0.002 (/ms/mV)
    temp = 23 (degC)
    q10 = 2.3
    deterministic = 0 <0, 1>
    vmin = -120 (mV)
    vmax = 100 (mV)
}

ASSIGNED {
    v (mV)
    dt (ms)
    area (um2)
    celsius (degC)
    ek (mV)
    ik (mA/cm2)
    gk (pS/um2)
    eta (/um2)
    a (/ms)
    b (/ms)
    ninf
    ntau (ms)
    tadj
    N
    N0
    N1
    n0_n1
    n1_n0
    P_a
    P_b
    scale_dens (pS/um2)
}

STATE {
    n
}

INITIAL {
    random_setseq(rng, 0)
    UNITSOFF
    eta = gkbar/gamma
    UNITSON
    trates(v)
    n = ninf
    scale_dens = gamma/area
    N = floor(eta*area + 0.5)
    N1 = n*N
    if (!deterministic) {
        N1 = floor(N1 + 0.5)
    }
    N0 = N - N1
    n0_n1 = 0
    n1_n0 = 0
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    gk = above_zero(N1)*scale_dens*tadj
    ik = (1e-4)*gk*(v - ek)
}

: Steps above 1 ms (skipping ahead) take the mean.
DERIVATIVE states {
    trates(v)
    n' = a - (a + b)*n
    if (deterministic || dt > 1) {
        N1 = n*N
    } else {
        N0 = floor(N0 + 0.5)
        N1 = N - N0
        P_a = above_zero(a*dt)
        P_b = above_zero(b*dt)
        n0_n1 = binomial(P_a, N0)
        n1_n0 = binomial(P_b, N1)
        N0 = above_zero(N0 - n0_n1 + n1_n0)
        N1 = N - N0
    }
    N0 = N - N1
}

FUNCTION above_zero(x) {
    if (x < 0) {
        above_zero = 0
    } else {
        above_zero = x
    }
}

UNITSOFF
: rate (v - th)/(1 - exp(-(v - th)/q)), by its value at v = th near it.
FUNCTION SigmoidRate(v (mV), th (mV), rate, q (mV)) {
    if (fabs(v - th) > 1e-6) {
        SigmoidRate = rate*(v - th)/(1 - exp(-(v - th)/q))
    } else {
        SigmoidRate = rate*q
    }
}

PROCEDURE trates(v (mV)) {
    TABLE ntau, ninf, a, b, tadj DEPEND dt, Ra, Rb, tha, qa, q10, temp, celsius FROM vmin TO vmax WITH 199
    tadj = q10^((celsius - temp)/10)
    a = SigmoidRate(v, tha, Ra, qa)*tadj
    b = SigmoidRate(-v, -tha, Rb, qa)*tadj
    ntau = 1/(a + b)
    ninf = a*ntau
}
UNITSON

: ln Gamma(x), Lanczos' series with six terms (Lanczos 1964, SIAM J Numer Anal B 1:86); single-precision coefficients.
FUNCTION gammln(x) {
    LOCAL y, tmp, series
    y = x - 1
    tmp = y + 5.5
    tmp = tmp - (y + 0.5)*log(tmp)
    series = 1 + 76.18009173/(y + 1) - 86.50532033/(y + 2) + 24.01409822/(y + 3) - 1.231739516/(y + 4) + 0.00120858003/(y + 5) - 0.00000536382/(y + 6)
    gammln = -tmp + log(2.50662827465*series)
}

: A binomial number: how many of n channels move, each with the probability pp. Few channels are drawn one by one, small means by the
: waiting times of a Poisson process, all else by rejection from a Lorentzian (Press et al. 1992, Numerical Recipes in C, 7.3).
FUNCTION binomial(pp, n) {
    LOCAL p, mean, j, g, product, width, y, k, accept, more
    p = pp
    if (pp > 0.5) {
        p = 1 - pp
    }
    mean = n*p
    k = 0
    if (n < 25) {
        j = 1
        while (j <= n) {
            if (random_uniform(rng) < p) {
                k = k + 1
            }
            j = j + 1
        }
    } else if (mean < 1) {
        g = exp(-mean)
        product = 1
        j = 0
        more = 1
        while (more == 1) {
            if (j > n) {
                more = 0
            } else {
                product = product*random_uniform(rng)
                if (product < g) {
                    more = 0
                } else {
                    j = j + 1
                }
            }
        }
        k = j
        if (j > n) {
            k = n
        }
    } else {
        width = sqrt(2*mean*(1 - p))
        g = gammln(n + 1)
        more = 1
        while (more == 1) {
            k = -1
            while (k < 0 || k >= n + 1) {
                : every other number is dropped, as the published channel does
                y = random_uniform(rng)
                y = tan(3.141592654*random_uniform(rng))
                k = width*y + mean
            }
            k = floor(k)
            accept = 1.2*width*(1 + y*y)*exp(g - gammln(k + 1) - gammln(n - k + 1) + k*log(p) + (n - k)*log(1 - p))
            if (random_uniform(rng) <= accept) {
                more = 0
            }
        }
    }
    if (p != pp) {
        k = n - k
    }
    binomial = k
}
