"""The columns of a CPU's line in /proc/stat: user nice system idle iowait irq softirq steal; see proc(5).

Guests' time, which follows, is a part of user's.
"""

BUSY, IDLE, STEAL = (0, 1, 2, 5, 6), (3, 4), (7,)
