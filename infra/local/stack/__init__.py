"""The supervisor of the local stack: it keeps Postgres, the emulators and the functions running.

    up        picks free loopback ports once, starts everything side by side, returns when all is healthy
    status    says what runs where
    down      stops everything, the functions first and Postgres last

All state is in one folder (`var`), so that two checkouts run side by side. One supervisor holds the
folder's lock. It restarts a child that dies; one that dies more than five times within a minute turns the
stack red, with its last words as the reason. What a killed supervisor left running is stopped at the next
start.

Not covered: limits on memory or processor time, a stack spread over several machines, Windows.
"""
