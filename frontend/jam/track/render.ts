// A piece of a track, at another tempo and pitch. It depends on nothing but what it is asked for, so that
// every machine makes the same sound of the same recording.
import { CircularSampleBuffer, Stretch } from "@soundtouchjs/core";

export interface Sound {
  /** Hz */
  rate: number;
  left: Float32Array;
  right: Float32Array;
}

export interface Piece {
  /** ms of the sound */
  position: number;
  loop: [number, number] | null;
  /** percent */
  tempo: number;
  /** semitones */
  pitch: number;
  /** ms of the result, and of its beginning and end that fade */
  length: number;
  fadeIn: number;
  fadeOut: number;
}

type Stereo = [Float32Array, Float32Array];

const SEAM_MS = 5; // of a loop, in which its end becomes its beginning
// Slower: a window that holds a low note's period. Faster: no more is left out at a time than fades over it,
// so that no attack is lost. Both are shorter than the package's own, which strays farther from the beat.
const SLOWER = { sequenceMs: 70, seekWindowMs: 22, overlapMs: 10, quickSeek: true };
const FASTER = { sequenceMs: 36, seekWindowMs: 14, overlapMs: 12, quickSeek: true };
const TAPS = 16; // of the filter that moves a pitch, each side

export function render(sound: Sound, piece: Piece): Stereo {
  const frames = Math.round((piece.length * sound.rate) / 1000);
  const ratio = 2 ** (piece.pitch / 12);
  const start = (piece.position * sound.rate) / 1000;
  // A pitch is moved by playing faster or slower; what that does to the tempo the stretch takes back.
  const made = stretched(piece.tempo / 100 / ratio, frames, sound.rate, (from, count) =>
    repitched(ratio, from, count, (first, many) => gathered(sound, piece.loop, start, first, many)),
  );
  fade(made, Math.round((piece.fadeIn * sound.rate) / 1000), Math.round((piece.fadeOut * sound.rate) / 1000));
  return made;
}

type Source = (from: number, count: number) => Stereo;

/** Frames of the sound, counted from where a piece begins: round and round in a loop, silence outside. */
function gathered(sound: Sound, loop: Piece["loop"], start: number, from: number, count: number): Stereo {
  const into: Stereo = [new Float32Array(count), new Float32Array(count)];
  const first = Math.round(start) + from;
  if (!loop) {
    copy(sound, first, into, 0, count);
    return into;
  }
  const [begin, end] = loop.map((ms) => Math.round((ms * sound.rate) / 1000)) as [number, number];
  const length = Math.max(1, end - begin);
  for (let done = 0; done < count; ) {
    const at = first + done;
    const place = at < end ? at : begin + ((at - begin) % length);
    const many = Math.min(count - done, end - place);
    copy(sound, place, into, done, many);
    seam(sound, begin, end, place, into, done, many);
    done += many;
  }
  return into;
}

function copy(sound: Sound, from: number, into: Stereo, at: number, count: number): void {
  const first = Math.max(0, from);
  const last = Math.min(sound.left.length, from + count);
  if (last <= first) return;
  into[0].set(sound.left.subarray(first, last), at + first - from);
  into[1].set(sound.right.subarray(first, last), at + first - from);
}

/** Before a loop's end, what comes before its beginning takes over: nothing clicks. */
function seam(
  sound: Sound, begin: number, end: number, place: number, into: Stereo, at: number, count: number,
): void {
  const width = Math.min(Math.round((SEAM_MS * sound.rate) / 1000), end - begin);
  for (let i = Math.max(0, end - width - place); i < count; i += 1) {
    const left = end - (place + i); // frames to the end
    const share = left / width;
    const other = begin - left;
    into[0][at + i] = into[0][at + i]! * share + (sound.left[other] ?? 0) * (1 - share);
    into[1][at + i] = into[1][at + i]! * share + (sound.right[other] ?? 0) * (1 - share);
  }
}

/** The sound played `ratio` times as fast: a windowed sinc, which lets nothing through that would fold. */
function repitched(ratio: number, from: number, count: number, source: Source): Stereo {
  if (ratio === 1) return source(from, count);
  const cut = Math.min(1, 1 / ratio);
  const reach = Math.ceil(TAPS / cut);
  const first = Math.floor(from * ratio) - reach;
  const given = source(first, Math.ceil(count * ratio) + 2 * reach + 2);
  const into: Stereo = [new Float32Array(count), new Float32Array(count)];
  const { table, steps } = kernel();
  for (let i = 0; i < count; i += 1) {
    const place = (from + i) * ratio - first;
    const middle = Math.floor(place);
    let [left, right] = [0, 0];
    for (let tap = middle - reach + 1; tap <= middle + reach; tap += 1) {
      const weight = table[Math.round(Math.abs(place - tap) * cut * steps)] ?? 0;
      left += weight * given[0][tap]!;
      right += weight * given[1][tap]!;
    }
    into[0][i] = left * cut;
    into[1][i] = right * cut;
  }
  return into;
}

let kept: { table: Float32Array; steps: number } | null = null;

/** One side of the filter, `steps` values for each frame, under a Hann window. */
function kernel(): { table: Float32Array; steps: number } {
  if (kept) return kept;
  const steps = 512;
  const table = Float32Array.from({ length: TAPS * steps }, (_, i) => {
    const x = i / steps;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / TAPS));
  });
  return (kept = { table, steps });
}

/** So many frames at another tempo, and the same pitch. */
function stretched(tempo: number, frames: number, rate: number, source: Source): Stereo {
  if (Math.abs(tempo - 1) < 1e-9) return source(0, frames);
  const stretch = new Stretch({ sampleRate: rate, sampleBufferFactory: () => new CircularSampleBuffer() });
  const [input, output] = [new CircularSampleBuffer(), new CircularSampleBuffer()];
  stretch.inputBuffer = input;
  stretch.outputBuffer = output;
  stretch.tempo = tempo;
  const windows = tempo < 1 ? SLOWER : FASTER;
  stretch.setStretchParameters(windows);
  // What sounds at a time is, in the middle, so much further than that time: it begins so much earlier.
  const { overlapLength } = stretch;
  const seek = (windows.seekWindowMs * rate) / 1000;
  const whole = (windows.sequenceMs * rate) / 1000 - overlapLength;
  const lead = Math.round(overlapLength + seek / 2 + ((1 - tempo) * whole) / 2);
  const count = Math.ceil(frames * tempo) + 2 * stretch.sampleReq + rate / 10;
  input.putSamples(interleaved(source(-lead, Math.ceil(count))));
  stretch.process();
  const both = new Float32Array(frames * 2);
  output.extract(both, 0, Math.min(frames, output.frameCount));
  return [0, 1].map((side) => Float32Array.from({ length: frames }, (_, i) => both[2 * i + side]!)) as Stereo;
}

function interleaved([left, right]: Stereo): Float32Array {
  const both = new Float32Array(left.length * 2);
  for (let i = 0; i < left.length; i += 1) {
    both[2 * i] = left[i]!;
    both[2 * i + 1] = right[i]!;
  }
  return both;
}

function fade(sides: Stereo, fadeIn: number, fadeOut: number): void {
  for (const side of sides) {
    for (let i = 0; i < Math.min(fadeIn, side.length); i += 1) side[i]! *= i / fadeIn;
    for (let i = 0; i < Math.min(fadeOut, side.length); i += 1) side[side.length - 1 - i]! *= i / fadeOut;
  }
}
