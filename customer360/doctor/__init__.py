"""`customer360 doctor`: what is wrong with this machine, and how to mend it."""
