// Passkeys: a form that holds a hidden `credential` asks the browser for it before it is sent.
// data-passkey: "create", "get" (options stand in the page, see data-options) or "fetch" (they are
// asked for at the form's address). What goes wrong is said beside the button, and nothing is sent.
import { say } from "./words";

type Options = Record<string, unknown>;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function text(buffer: ArrayBuffer | null | undefined): string | null {
  if (!buffer) return null;
  let plain = "";
  for (const one of new Uint8Array(buffer)) plain += String.fromCharCode(one);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function listed(keys: unknown): PublicKeyCredentialDescriptor[] {
  const list = Array.isArray(keys) ? (keys as { id: string; type: "public-key"; transports?: AuthenticatorTransport[] }[]) : [];
  return list.map((key) => ({ ...key, id: bytes(key.id) }));
}

async function create(options: Options): Promise<Options | null> {
  const asked = options.publicKey as Options & { user: Options; challenge: string };
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(String(asked.user.id)) },
    excludeCredentials: listed(asked.excludeCredentials),
    // A passkey stands for itself: it is found without a name, and its owner shows who they are.
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!made) return null;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  };
}

async function get(options: Options): Promise<Options | null> {
  const asked = options.publicKey as Options & { challenge: string };
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: listed(asked.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const shown = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!shown) return null;
  const answer = shown.response as AuthenticatorAssertionResponse;
  return {
    ...common(shown),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
}

function common(key: PublicKeyCredential): Options {
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment,
    clientExtensionResults: key.getClientExtensionResults(),
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Options> {
  if (form.dataset.passkey === "fetch") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return ((await answer.json()) as { request_options: Options }).request_options;
  }
  const held = document.getElementById(form.dataset.options ?? "")?.textContent ?? "{}";
  const found = JSON.parse(held) as { creation_options?: Options; request_options?: Options };
  return found.creation_options ?? found.request_options ?? {};
}

function complain(form: HTMLFormElement, words: string): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-says]");
  if (!place) return;
  place.textContent = words;
  place.hidden = false;
}

async function ask(form: HTMLFormElement, input: HTMLInputElement): Promise<void> {
  if (!window.PublicKeyCredential || /^[\d.]+$|:/.test(location.hostname)) {
    complain(form, say("Passkeys don't work in this browser, or not at this address. Use another way."));
    return;
  }
  const button = form.querySelector<HTMLElement>("button[type=submit]");
  button?.setAttribute("aria-busy", "true");
  try {
    const options = await optionsOf(form);
    const key = form.dataset.passkey === "create" ? await create(options) : await get(options);
    if (!key) throw new Error("none");
    input.value = JSON.stringify(key);
    form.requestSubmit();
  } catch (error) {
    const known = error instanceof DOMException && error.name === "InvalidStateError";
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
