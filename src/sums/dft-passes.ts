// The passes of a mixed-radix FFT, one for each factor of the length (Stockham's algorithm, which needs no reordering). With n = radix · m
// the remaining length, and `inner` numbers that share each index:
//
//   y[q + inner · (radix · p + j)] = w^(p·j) · Σ_k ω^(j·k) · x[q + inner · (p + m · k)]      w = e^(-2πi/n), ω = e^(-2πi/radix)
//
// What remains are `radix` times as many transforms of length m. `twiddles` has w^(p·j) as cosine and sine, for each p and for j from 1.

/** Complex numbers: an array of real parts and one of imaginary parts. */
export interface ComplexNumbers {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** A factor of the length, and its table. */
export interface Step {
  readonly radix: number;
  readonly m: number;
  readonly twiddles: Float64Array;
}

/** Runs a pass from x to y. */
export function pass(x: ComplexNumbers, y: ComplexNumbers, step: Step, inner: number): void {
  const run = { 2: pass2, 3: pass3, 4: pass4, 5: pass5 }[step.radix] ?? pass7;
  run(x.re, x.im, y.re, y.im, step, inner);
}

type Run = (
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  step: Step,
  inner: number,
) => void;

// Each number is read into its own constant and none is destructured from `[a, b] = [c, d]`, which makes these loops five times as slow in V8 11.3.

const pass2: Run = (xr, xi, yr, yi, { m, twiddles }, inner) => {
  const far = inner * m;
  for (let p = 0; p < m; p++) {
    const c = twiddles[2 * p];
    const s = twiddles[2 * p + 1];
    let to = 2 * inner * p;
    for (let a = inner * p; a < inner * (p + 1); a++, to++) {
      const ar = xr[a];
      const ai = xi[a];
      const br = xr[a + far];
      const bi = xi[a + far];
      yr[to] = ar + br;
      yi[to] = ai + bi;
      storeProduct(yr, yi, to + inner, ar - br, ai - bi, c, s);
    }
  }
};

const sin3 = Math.sqrt(3) / 2;

const pass3: Run = (xr, xi, yr, yi, { m, twiddles }, inner) => {
  const far = inner * m;
  for (let p = 0; p < m; p++) {
    const c1 = twiddles[4 * p];
    const s1 = twiddles[4 * p + 1];
    const c2 = twiddles[4 * p + 2];
    const s2 = twiddles[4 * p + 3];
    let to = 3 * inner * p;
    for (let a = inner * p; a < inner * (p + 1); a++, to++) {
      const b = a + far;
      const c = b + far;
      const ar = xr[a];
      const ai = xi[a];
      const sr = xr[b] + xr[c];
      const si = xi[b] + xi[c];
      const dr = sin3 * (xr[b] - xr[c]);
      const di = sin3 * (xi[b] - xi[c]);
      const hr = ar - 0.5 * sr;
      const hi = ai - 0.5 * si;
      yr[to] = ar + sr;
      yi[to] = ai + si;
      storeProduct(yr, yi, to + inner, hr + di, hi - dr, c1, s1);
      storeProduct(yr, yi, to + 2 * inner, hr - di, hi + dr, c2, s2);
    }
  }
};

const pass4: Run = (xr, xi, yr, yi, { m, twiddles }, inner) => {
  const far = inner * m;
  for (let p = 0; p < m; p++) {
    const c1 = twiddles[6 * p];
    const s1 = twiddles[6 * p + 1];
    const c2 = twiddles[6 * p + 2];
    const s2 = twiddles[6 * p + 3];
    const c3 = twiddles[6 * p + 4];
    const s3 = twiddles[6 * p + 5];
    let to = 4 * inner * p;
    for (let a = inner * p; a < inner * (p + 1); a++, to++) {
      const b = a + far;
      const c = b + far;
      const d = c + far;
      const er = xr[a] + xr[c];
      const ei = xi[a] + xi[c];
      const fr = xr[a] - xr[c];
      const fi = xi[a] - xi[c];
      const gr = xr[b] + xr[d];
      const gi = xi[b] + xi[d];
      const hr = xi[b] - xi[d]; // h = -i · (b - d)
      const hi = xr[d] - xr[b];
      yr[to] = er + gr;
      yi[to] = ei + gi;
      storeProduct(yr, yi, to + inner, fr + hr, fi + hi, c1, s1);
      storeProduct(yr, yi, to + 2 * inner, er - gr, ei - gi, c2, s2);
      storeProduct(yr, yi, to + 3 * inner, fr - hr, fi - hi, c3, s3);
    }
  }
};

const cos51 = Math.cos((2 * Math.PI) / 5);
const sin51 = Math.sin((2 * Math.PI) / 5);
const cos52 = Math.cos((4 * Math.PI) / 5);
const sin52 = Math.sin((4 * Math.PI) / 5);

const pass5: Run = (xr, xi, yr, yi, { m, twiddles }, inner) => {
  const far = inner * m;
  for (let p = 0; p < m; p++) {
    const t = 8 * p;
    let to = 5 * inner * p;
    for (let a = inner * p; a < inner * (p + 1); a++, to++) {
      const b = a + far;
      const c = b + far;
      const d = c + far;
      const e = d + far;
      const ar = xr[a];
      const ai = xi[a];
      const sr = xr[b] + xr[e];
      const si = xi[b] + xi[e];
      const ur = xr[c] + xr[d];
      const ui = xi[c] + xi[d];
      const tr = xr[b] - xr[e];
      const ti = xi[b] - xi[e];
      const vr = xr[c] - xr[d];
      const vi = xi[c] - xi[d];
      const er = ar + cos51 * sr + cos52 * ur;
      const ei = ai + cos51 * si + cos52 * ui;
      const fr = ar + cos52 * sr + cos51 * ur;
      const fi = ai + cos52 * si + cos51 * ui;
      const gr = sin51 * ti + sin52 * vi;
      const gi = -sin51 * tr - sin52 * vr;
      const hr = sin52 * ti - sin51 * vi;
      const hi = sin51 * vr - sin52 * tr;
      yr[to] = ar + sr + ur;
      yi[to] = ai + si + ui;
      storeProduct(yr, yi, to + inner, er + gr, ei + gi, twiddles[t], twiddles[t + 1]);
      storeProduct(yr, yi, to + 2 * inner, fr + hr, fi + hi, twiddles[t + 2], twiddles[t + 3]);
      storeProduct(yr, yi, to + 3 * inner, fr - hr, fi - hi, twiddles[t + 4], twiddles[t + 5]);
      storeProduct(yr, yi, to + 4 * inner, er - gr, ei - gi, twiddles[t + 6], twiddles[t + 7]);
    }
  }
};

/** y[at] = (re + i·im) · (c + i·s) */
function storeProduct(
  yr: Float64Array,
  yi: Float64Array,
  at: number,
  re: number,
  im: number,
  c: number,
  s: number,
): void {
  yr[at] = re * c - im * s;
  yi[at] = re * s + im * c;
}

/** cos and sin of the powers ω^k, in turn. */
const roots = Float64Array.from({ length: 14 }, (_, i) =>
  i % 2 === 0 ? Math.cos((Math.PI * i) / 7) : -Math.sin((Math.PI * (i - 1)) / 7),
);

/** Sums and differences of elements k and 7 - k, then a 3 x 3 matrix of cosines and one of sines. */
const pass7: Run = (xr, xi, yr, yi, { m, twiddles }, inner) => {
  const far = inner * m;
  const sums = new Float64Array(12);
  for (let p = 0; p < m; p++) {
    const t = 12 * p - 2;
    let to = 7 * inner * p;
    for (let a = inner * p; a < inner * (p + 1); a++, to++) {
      let re = xr[a];
      let im = xi[a];
      for (let k = 1; k <= 3; k++) {
        const b = a + k * far;
        const c = a + (7 - k) * far;
        const s = 4 * k - 4;
        re += sums[s] = xr[b] + xr[c];
        im += sums[s + 1] = xi[b] + xi[c];
        sums[s + 2] = xr[b] - xr[c];
        sums[s + 3] = xi[b] - xi[c];
      }
      yr[to] = re;
      yi[to] = im;
      for (let j = 1; j <= 3; j++) {
        let er = xr[a];
        let ei = xi[a];
        let dr = 0;
        let di = 0;
        for (let k = 1; k <= 3; k++) {
          const s = 4 * k - 4;
          const root = 2 * ((j * k) % 7);
          er += roots[root] * sums[s];
          ei += roots[root] * sums[s + 1];
          dr -= roots[root + 1] * sums[s + 3];
          di += roots[root + 1] * sums[s + 2];
        }
        const u = t + 2 * j;
        const v = t + 2 * (7 - j);
        storeProduct(yr, yi, to + j * inner, er + dr, ei + di, twiddles[u], twiddles[u + 1]);
        storeProduct(yr, yi, to + (7 - j) * inner, er - dr, ei - di, twiddles[v], twiddles[v + 1]);
      }
    }
  }
};
