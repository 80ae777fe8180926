// Which input, and how many channels of it: in the sound check and in the room.
import { listInputs, type InputChoice } from "../engine/input";
import { words } from "../words";
import { h, uid } from "./dom";

export class InputFields {
  readonly element: HTMLElement;
  readonly #device: HTMLSelectElement;
  readonly #width: HTMLSelectElement;

  constructor(
    initial: InputChoice,
    readonly changed: (choice: InputChoice) => void,
  ) {
    const change = (): void => this.changed(this.choice);
    const device = uid("jam-input");
    const width = uid("jam-width");
    this.#device = h("select", { id: device, change }, h("option", { value: "" }, words.check.defaultInput));
    this.#width = h(
      "select",
      { id: width, change },
      h("option", { value: "mono" }, words.check.mono),
      h("option", { value: "stereo" }, words.check.stereo),
    );
    this.#width.value = initial.stereo ? "stereo" : "mono";
    this.element = h(
      "div",
      { class: "jam-fields" },
      h("div", { class: "field" }, h("label", { class: "field__label", for: device }, words.check.input), this.#device),
      h("div", { class: "field" }, h("label", { class: "field__label", for: width }, words.check.width), this.#width),
    );
    void this.refresh(initial.deviceId);
    navigator.mediaDevices?.addEventListener("devicechange", this.#devices);
  }

  get choice(): InputChoice {
    return { deviceId: this.#device.value || null, stereo: this.#width.value === "stereo" };
  }

  /** Names of inputs are only told after permission: call again then. */
  async refresh(wanted: string | null = this.choice.deviceId): Promise<void> {
    if (!navigator.mediaDevices) return;
    const inputs = (await listInputs()).filter(
      ({ deviceId, label }) => deviceId && label && deviceId !== "default",
    );
    this.#device.replaceChildren(
      h("option", { value: "" }, words.check.defaultInput),
      ...inputs.map(({ deviceId, label }) => h("option", { value: deviceId }, label)),
    );
    if (inputs.some(({ deviceId }) => deviceId === wanted)) this.#device.value = wanted ?? "";
  }

  readonly #devices = (): void => void this.refresh();

  close(): void {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#devices);
  }
}
