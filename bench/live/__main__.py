"""`python -m bench.live`: the figures of live sound alone."""

from . import measure

for row in measure():
    print(row)
