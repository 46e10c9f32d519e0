# Times of PyTorch on one thread for layers.bench.ts: reads problems, one JSON a line, and prints the version, then for each problem the
# least milliseconds of forward, input gradient and weight gradient.
import json
import sys
import time

import torch

torch.set_num_threads(1)
print("PyTorch", torch.__version__)


def least(run):
    best = float("inf")
    begin = time.perf_counter()
    rounds = 0
    while rounds < 5 or time.perf_counter() - begin < 0.5:
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
        rounds += 1
    return 1000 * best


for line in sys.stdin:
    p = json.loads(line)
    transposed = p["kind"]["transposed"]
    shape = [p["filters"], p["channels"] // p["groups"]]
    if transposed:
        shape = [p["channels"], p["filters"] // p["groups"]]
    x = torch.randn(p["batch"], p["channels"], *p["input"])
    w = torch.randn(*shape, *p["kernel"])
    g = torch.randn(p["batch"], p["filters"], *p["output"])
    padding = p["outputPadding"] if transposed else [0] * p["rank"]
    call = (p["stride"], p["paddingBegin"], p["dilation"], transposed, padding, p["groups"])
    with torch.no_grad():
        forward = least(lambda: torch.convolution(x, w, None, *call))
        gradient = [
            least(lambda: torch.ops.aten.convolution_backward(g, x, w, None, *call, wanted))
            for wanted in ([True, False, False], [False, True, False])
        ]
    print(json.dumps([forward, *gradient]))
