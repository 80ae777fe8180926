// Which input, how loud and with how many channels, and where the room sounds: in the sound check and in
// the room.
import { MOST_GAIN, choosesOutput, deviceAdvice, listDevices, type InputChoice } from "../engine/input";
import { fill, words } from "../words";
import { field, h, show, text, uid } from "./dom";

type Devices = [HTMLSelectElement, "audioinput" | "audiooutput", string];

export class InputFields {
  readonly element: HTMLElement;
  readonly #device: HTMLSelectElement;
  readonly #output: HTMLSelectElement;
  readonly #width: HTMLSelectElement;
  readonly #gain: HTMLInputElement;
  readonly #said = h("span", { class: "jam-soft" });
  readonly #advice = h("p", { class: "jam-note", hidden: true });

  /** `louder`: the gain alone, while it moves; `changed`: another device, for which the input is opened anew. */
  constructor(
    initial: InputChoice,
    readonly changed: (choice: InputChoice) => void,
    readonly louder: (choice: InputChoice) => void,
  ) {
    const change = (): void => {
      this.#advise();
      this.changed(this.choice);
    };
    const ids = ["input", "output", "width", "gain"].map((name) => uid(`jam-${name}`));
    const [device, output, width, gain] = ids as [string, string, string, string];
    this.#device = h("select", { id: device, change }, h("option", { value: "" }, words.check.defaultInput));
    this.#output = h("select", { id: output, change }, h("option", { value: "" }, words.check.defaultInput));
    this.#width = h(
      "select",
      { id: width, change },
      h("option", { value: "mono" }, words.check.mono),
      h("option", { value: "stereo" }, words.check.stereo),
    );
    this.#width.value = initial.stereo ? "stereo" : "mono";
    this.#gain = h("input", {
      id: gain, type: "range", min: -MOST_GAIN, max: MOST_GAIN, step: 1, value: initial.gain,
      input: () => {
        this.#sayGain();
        this.louder(this.choice);
      },
    });
    this.#sayGain();
    this.element = h(
      "div",
      { class: "jam-fields" },
      field(words.check.input, this.#device),
      field(words.check.width, this.#width),
      h(
        "div",
        { class: "field" },
        h("span", { class: "field__label" }, h("label", { for: gain }, words.check.gain), " ", this.#said),
        this.#gain,
      ),
      choosesOutput() ? field(words.check.output, this.#output) : null,
      this.#advice,
    );
    void this.refresh(initial);
    navigator.mediaDevices?.addEventListener("devicechange", this.#devices);
  }

  get choice(): InputChoice {
    return {
      deviceId: this.#device.value || null,
      stereo: this.#width.value === "stereo",
      gain: Number(this.#gain.value),
      output: this.#output.value || null,
    };
  }

  /** The names of what is chosen. */
  get names(): string {
    return [this.#device, this.#output].map((select) => select.selectedOptions[0]?.text ?? "").join(" → ");
  }

  /** Names of devices are only told after permission: call again then. */
  async refresh(wanted: InputChoice = this.choice): Promise<void> {
    if (!navigator.mediaDevices) return;
    const both: [Devices, Devices] = [
      [this.#device, "audioinput", wanted.deviceId ?? ""],
      [this.#output, "audiooutput", wanted.output ?? ""],
    ];
    for (const [select, kind, chosen] of both) {
      const devices = (await listDevices(kind)).filter(
        ({ deviceId, label }) => deviceId && label && deviceId !== "default",
      );
      select.replaceChildren(
        h("option", { value: "" }, words.check.defaultInput),
        ...devices.map(({ deviceId, label }) => h("option", { value: deviceId }, label)),
      );
      if (devices.some(({ deviceId }) => deviceId === chosen)) select.value = chosen;
    }
    this.#advise();
  }

  #sayGain(): void {
    const gain = Number(this.#gain.value);
    const said = fill(words.check.decibels, { gain: gain > 0 ? `+${gain}` : String(gain).replace("-", "−") });
    text(this.#said, said);
    this.#gain.setAttribute("aria-valuetext", said);
  }

  #advise(): void {
    const [input, output] = [this.#device, this.#output].map((select) => select.selectedOptions[0]?.text ?? "");
    const advice = deviceAdvice(input!, output!);
    text(this.#advice, advice ? words.check.advices[advice] : "");
    show(this.#advice, advice !== null);
  }

  readonly #devices = (): void => void this.refresh();

  close(): void {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#devices);
  }
}
