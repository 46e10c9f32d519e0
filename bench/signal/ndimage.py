# Times of scipy.ndimage for ndimage.bench.ts: reads calls, one a line, and prints the least milliseconds of each.
import sys
import time

import numpy
import scipy
from scipy import ndimage

rng = numpy.random.default_rng(1)
print("SciPy", scipy.__version__)
for line in sys.stdin:
    size, call = line.rstrip("\n").split("\t")
    x = rng.random([int(n) for n in size.split("x")]).astype(numpy.float32)
    run = eval("lambda: ndimage." + call, {"ndimage": ndimage, "numpy": numpy, "x": x})
    least, begin = float("inf"), time.perf_counter()
    while time.perf_counter() - begin < 0.5:
        start = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - start)
    print(1000 * least)
