#!/bin/bash
# Slurm template: one MPMD job. Edit the four lines marked with <--, then: sbatch deploy/slurm.sh
#SBATCH --job-name=ngv
#SBATCH --nodes=2                 # <-- as many as the ranks below need
#SBATCH --ntasks-per-node=32      # <--
#SBATCH --time=02:00:00
#SBATCH --signal=B:TERM@60        # a minute before the limit: files are closed and say how far they got
set -eu
scenario=tissue.yaml              # <--
ranks=neuron=48,rd=12,flow=2,metabolism=1,coupler=1   # <-- at most nodes * ntasks-per-node in all

# ngv prints the mpirun line; it works inside an allocation, where mpirun takes the hosts from Slurm.
# Cores are not shared here, so the options for crowded machines go.
line=$(ngv run --print --ranks "$ranks" "$scenario")
line=${line/--oversubscribe --bind-to none/--bind-to core}
line=${line/--mca mpi_yield_when_idle 1/}
exec $line
