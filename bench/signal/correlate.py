# Times of scipy.signal for correlate.bench.ts: reads sizes and calls, one task a line, and prints the least milliseconds of each.
import sys
import time

import numpy
import scipy
from scipy import signal

rng = numpy.random.default_rng(1)
print("SciPy", scipy.__version__)
for line in sys.stdin:
    x_size, h_size, calls = line.rstrip("\n").split("\t")
    x, h = (rng.random([int(n) for n in size.split("x")]).astype(numpy.float32) for size in (x_size, h_size))
    least = float("inf")
    for call in calls.split("|"):
        run = eval("lambda: " + call, {"signal": signal, "x": x, "h": h})
        begin = time.perf_counter()
        while time.perf_counter() - begin < 0.5:
            start = time.perf_counter()
            run()
            least = min(least, time.perf_counter() - start)
    print(1000 * least)
