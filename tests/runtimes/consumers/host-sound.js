// Plays five seconds of sound through the AudioWorklet that the address names, and reports whether every quantum came, in
// time, with the right numbers. The pages for each processor use it.

export const QUANTUM = 128;
const SECONDS = 5;
export const parameters = new URLSearchParams(location.search);

/** Whole numbers of [-limit, limit] over `unit`, always the same: their sums of products are exact in float32. */
export function numbers(count, limit, unit) {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) % (2 * limit + 1)) - limit;
  }).map((value) => value / unit);
}

/** What is wrong with the recording: frames left out, or sound that wasn't played. */
function judgeSound({ heard, frames }, played) {
  const details = [];
  const missed = frames.filter((frame, i) => i > 0 && frame !== frames[i - 1] + QUANTUM).length;
  if (missed > 0) details.push(`${missed} of ${frames.length} quanta don't follow the one before`);
  // the recording begins with the first quantum of sound, which may begin within it
  const silence = heard.findIndex((value) => value !== 0);
  const astray = heard.findIndex(
    (value, t) => t >= silence && value !== played[(t - silence) % played.length],
  );
  if (silence < 0 || astray >= 0) details.push(`the sound at frame ${astray} isn't what was played`);
  return { missed, details };
}

async function play(processor, options, judge) {
  const context = new AudioContext();
  await context.audioWorklet.addModule(parameters.get('script'));
  const quanta = Math.ceil((SECONDS * context.sampleRate) / QUANTUM);
  const node = new AudioWorkletNode(context, processor, {
    channelCount: 1,
    channelCountMode: 'explicit',
    outputChannelCount: [1],
    processorOptions: { ...(await options()), quanta },
  });
  // no zeros: where the source starts between two frames by a rounding of its clock, Chromium interpolates, which rounds all but a zero back
  const played = numbers(4096, 127, 128).map((value) => value || 1 / 128);
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
      // what was done first took longer than a quantum: the sound begins when the browser has counted that
      if (data.ready) setTimeout(begin, 1500);
      if (data.frames) resolve();
    };
    const begin = () => {
      parts.underruns = underruns();
      source.start();
    };
    context.resume().catch(reject);
  });
  const { missed, details } = judgeSound(parts, played);
  details.push(...judge(parts));
  const { begin, end, ...clock } = parts.clock;
  const { passed, failed, worst, details: others } = parts.ready;
  document.title = JSON.stringify({
    passed: passed + (details.length > 0 ? 0 : 1),
    failed: failed + (details.length > 0 ? 1 : 0),
    worst,
    details: [...others, ...details],
    sound: {
      quanta,
      missed,
      underruns: underruns() - parts.underruns,
      seconds: (end - begin) / 1000,
      due: (quanta * QUANTUM) / context.sampleRate,
      ...clock,
    },
  });
}

/**
 * Plays the sound and puts what came of it into the page's title.
 * @param processor the name of the worklet's processor. It says `ready`, with what it has compared so far, then `heard`, `said`, `frames`
 * and `clock`
 * @param options makes its options
 * @param judge what is wrong with what it said, line by line
 */
export function report(processor, options, judge) {
  play(processor, options, judge).catch((error) => {
    document.title = JSON.stringify({ failed: 1, details: [String(error)] });
  });
}
