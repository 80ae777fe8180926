// Draws a waveform on a canvas: sharp on every display, in the theme's colours, cheap to repeat
// (the bars are cut once per size, each frame only fills rectangles).
//
// Hand-written, and not wavesurfer.js. 8.0.1 was tried with peaks given and a nonce for its styles. Look
// and content policy hold, but:
// - site.js, which every page loads, grows from 28.7 to 42.9 kB (gzip; 25.6 to 38.1 with Brotli). 70
//   lines go for that: buttons, keys, what screen readers are told, the choice of a format and fresh
//   addresses stay ours.
// - Twenty waveforms are there after 1.0 to 1.3 s of work instead of 0.7, and playing takes 25 to 50 %
//   more (Chromium, both measured in turn on one machine).
// - A place sought before the first "play" is not drawn: it waits for the sound, which isn't loaded yet.
import { type Bar, type Peaks, toBars } from "./peaks";

const BAR = 2;
const GAP = 1;

export class WaveCanvas {
  readonly canvas = document.createElement("canvas");
  #peaks: Peaks | undefined;
  #bars: Bar[] = [];
  #width = 0;
  #height = 0;
  #played = 0;
  #buffered = 0;
  #hover: number | undefined;
  #frame = 0;

  constructor() {
    this.canvas.setAttribute("aria-hidden", "true");
  }

  set peaks(peaks: Peaks | undefined) {
    this.#peaks = peaks;
    this.#cut();
  }

  get ready(): boolean {
    return this.#peaks !== undefined;
  }

  resize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    this.#cut();
  }

  progress(played: number, buffered: number, hover?: number): void {
    this.#played = played;
    this.#buffered = buffered;
    this.#hover = hover;
    this.draw();
  }

  draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #cut(): void {
    const count = Math.floor((this.#width + GAP) / (BAR + GAP));
    this.#bars = this.#peaks ? toBars(this.#peaks, count) : [];
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.#width * ratio);
    this.canvas.height = Math.round(this.#height * ratio);
    this.draw();
  }

  #paint(): void {
    const context = this.canvas.getContext("2d");
    if (!context || !this.#width) return;
    const ratio = this.canvas.width / this.#width;
    const style = getComputedStyle(this.canvas);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const played = colour("--color-accent");
    const rest = colour("--color-wave");
    const line = colour("--color-line");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);

    const middle = this.#height / 2;
    const reach = middle - 2;
    const playedX = this.#played * this.#width;
    if (!this.#bars.length) {
      context.fillStyle = line;
      context.fillRect(0, middle - 1, this.#width, 2);
      context.fillStyle = played;
      context.fillRect(0, middle - 1, playedX, 2);
    }
    this.#bars.forEach((bar, index) => {
      const x = index * (BAR + GAP);
      const top = middle - Math.max(bar.high * reach, 0.75);
      const bottom = middle - Math.min(bar.low * reach, -0.75);
      context.fillStyle = x < playedX ? played : rest;
      context.fillRect(x, top, BAR, bottom - top);
    });

    // What has arrived: a thin line below, gone once everything is here.
    if (this.#buffered > 0 && this.#buffered < 0.995) {
      context.fillStyle = rest;
      context.fillRect(0, this.#height - 1, this.#buffered * this.#width, 1);
    }
    context.fillStyle = colour("--color-text");
    if (this.#played > 0) context.fillRect(Math.min(playedX, this.#width - 2), 0, 2, this.#height);
    if (this.#hover !== undefined) {
      context.globalAlpha = 0.5;
      context.fillRect(this.#hover * this.#width, 0, 1, this.#height);
      context.globalAlpha = 1;
    }
  }
}
