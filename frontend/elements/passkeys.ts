// Passkeys: a form that holds a hidden `credential` asks the browser for it before it is sent.
// data-passkey: "create", "get" (options stand in the page, see data-options) or "fetch" (they are
// asked for at the form's address). What goes wrong is said beside the button, and nothing is sent.
// It listens before the others do (while the event is on its way down), so that it may hold a form back.
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import { say } from "./words";

interface Options {
  creation_options?: { publicKey: PublicKeyCredentialCreationOptionsJSON };
  request_options?: { publicKey: PublicKeyCredentialRequestOptionsJSON };
}

async function keyFor(form: HTMLFormElement): Promise<unknown> {
  const { creation_options: creation, request_options: request } = await optionsOf(form);
  if (creation) {
    // A passkey stands for itself: it is found without a name, and its owner shows who they are.
    const authenticatorSelection = { residentKey: "required", requireResidentKey: true, userVerification: "required" } as const;
    return startRegistration({ optionsJSON: { ...creation.publicKey, authenticatorSelection } });
  }
  if (request) return startAuthentication({ optionsJSON: request.publicKey });
  throw new Error("no options");
}

async function optionsOf(form: HTMLFormElement): Promise<Options> {
  if (form.dataset.passkey === "fetch") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as Options;
  }
  return JSON.parse(document.getElementById(form.dataset.options ?? "")?.textContent ?? "{}") as Options;
}

function complain(form: HTMLFormElement, words: string): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-says]");
  if (!place) return;
  place.textContent = words;
  place.hidden = false;
}

async function ask(form: HTMLFormElement, input: HTMLInputElement): Promise<void> {
  if (!browserSupportsWebAuthn() || /^[\d.]+$|:/.test(location.hostname)) {
    complain(form, say("Passkeys don't work in this browser, or not at this address. Use another way."));
    return;
  }
  const button = form.querySelector<HTMLElement>("button[type=submit]");
  button?.setAttribute("aria-busy", "true");
  try {
    input.value = JSON.stringify(await keyFor(form));
    form.requestSubmit();
  } catch (error) {
    const known = error instanceof WebAuthnError && error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED";
    complain(
      form,
      known
        ? say("This device has a passkey for your account already. Nothing was changed.")
        : say("No passkey was used, and nothing was changed. Try again, or use another way."),
    );
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

export function startPasskeys(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.dataset.passkey) return;
      const input = form.querySelector<HTMLInputElement>("input[name=credential]");
      if (!input || input.value) return;
      event.preventDefault();
      event.stopPropagation();
      void ask(form, input);
    },
    { capture: true },
  );
}
