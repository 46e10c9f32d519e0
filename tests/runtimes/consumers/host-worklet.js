// Plays five seconds of sound through the AudioWorklet that the address names, and reports whether every quantum came, in
// time, with the numbers of the convolution.

const QUANTUM = 128;
const TAPS = 9;
const SECONDS = 5;
const parameters = new URLSearchParams(location.search);

/** Whole numbers of [-limit, limit] over `unit`, always the same: their sums of products are exact in float32. */
function numbers(count, limit, unit) {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) % (2 * limit + 1)) - limit;
  }).map((value) => value / unit);
}

/** The two layers over the whole of `x`, by the definition: zeros stand before it. */
function convolve(x, [first, second]) {
  const y = new Float32Array(x.length);
  const hidden = new Float32Array(x.length);
  for (let channel = 0; channel < 8; channel++) {
    for (let t = 0; t < x.length; t++) {
      hidden[t] = 0;
      for (let k = 0; k < TAPS; k++) hidden[t] += first.data[channel * TAPS + k] * (x[t - TAPS + 1 + k] ?? 0);
    }
    for (let t = 0; t < x.length; t++)
      for (let k = 0; k < TAPS; k++)
        y[t] += second.data[channel * TAPS + k] * (hidden[t - TAPS + 1 + k] ?? 0);
  }
  return y;
}

/** What is wrong with the recording: frames left out, sound that wasn't played, numbers that aren't the convolution's. */
function judge({ heard, said, frames }, played, weights) {
  const details = [];
  const missed = frames.filter((frame, i) => i > 0 && frame !== frames[i - 1] + QUANTUM).length;
  if (missed > 0) details.push(`${missed} of ${frames.length} quanta don't follow the one before`);
  // the recording begins with the first quantum of sound, which may begin within it
  const silence = heard.findIndex((value) => value !== 0);
  const astray = heard.findIndex(
    (value, t) => t >= silence && value !== played[(t - silence) % played.length],
  );
  if (silence < 0 || astray >= 0) details.push(`the sound at frame ${astray} isn't what was played`);
  const want = convolve(heard, weights);
  const wrong = said.findIndex((value, t) => value !== want[t]);
  if (wrong >= 0) details.push(`frame ${wrong} is ${said[wrong]}, expected ${want[wrong]}`);
  return { missed, details };
}

async function play() {
  const context = new AudioContext();
  await context.audioWorklet.addModule(parameters.get('script'));
  const weights = [
    { data: numbers(8 * TAPS, 4, 8), shape: [8, 1, TAPS] },
    { data: numbers(8 * TAPS, 4, 8), shape: [1, 8, TAPS] },
  ];
  const quanta = Math.ceil((SECONDS * context.sampleRate) / QUANTUM);
  let module;
  if (parameters.has('library')) {
    const { init, wasmModule } = await import(parameters.get('library'));
    await init();
    module = wasmModule();
  }
  const node = new AudioWorkletNode(context, 'quanta', { processorOptions: { module, weights, quanta } });
  const played = numbers(4096, 127, 128);
  played[0] = 1;
  const buffer = new AudioBuffer({ length: played.length, sampleRate: context.sampleRate });
  buffer.copyToChannel(played, 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  source.connect(node).connect(context.destination);

  const underruns = () => context.playbackStats?.underrunEvents;
  const parts = {};
  await new Promise((resolve, reject) => {
    node.onprocessorerror = () => reject(new Error('the processor failed'));
    node.port.onmessage = ({ data }) => {
      Object.assign(parts, data);
      // the fixtures took longer than a quantum: the sound begins when the browser has counted that
      if (data.fixtures) setTimeout(begin, 1500);
      if (data.frames) resolve();
    };
    const begin = () => {
      parts.underruns = underruns();
      source.start();
    };
    context.resume().catch(reject);
  });
  const { missed, details } = judge(parts, played, weights);
  const { begin, end, each, long } = parts.clock;
  const { passed, failed, worst } = parts.fixtures;
  document.title = JSON.stringify({
    passed: passed + (details.length > 0 ? 0 : 1),
    failed: failed + (details.length > 0 ? 1 : 0),
    worst,
    details: [...parts.fixtures.details, ...details],
    sound: {
      quanta,
      missed,
      long,
      underruns: underruns() - parts.underruns,
      each,
      seconds: (end - begin) / 1000,
      due: (quanta * QUANTUM) / context.sampleRate,
    },
  });
}

play().catch((error) => {
  document.title = JSON.stringify({ failed: 1, details: [String(error)] });
});
