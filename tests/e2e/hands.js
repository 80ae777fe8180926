// What a hand can choose or open on a page, and where on it a hand can press. Loaded by tests/e2e/hands.py.
window.hands = (() => {
  const shown = (box) => box.width > 2 && box.height > 2;
  // The folds and dialogs it stands in, the outermost first; a fold's own button stands outside of it.
  const stacked = (element) => {
    const around = [];
    const from = element.localName === "summary" ? element.parentElement : element;
    for (let one = from.parentElement; one; one = one.parentElement) {
      if (one.matches("details, dialog")) around.unshift(one);
    }
    return around;
  };
  // A closed fold or dialog is opened to see what lies in it.
  const reveal = (element) => {
    const needed = stacked(element);
    for (const one of document.querySelectorAll("dialog[open]")) if (!needed.includes(one)) one.close();
    const own = element.localName === "summary" ? element.parentElement : null;
    for (const one of document.querySelectorAll("details[data-fold][open]")) {
      if (!needed.includes(one) && one !== own) one.open = false; // it would lie over things
    }
    for (const one of needed) {
      if (one.matches("dialog")) {
        if (!one.open) one.showModal();
      } else one.open = true;
    }
  };
  const settle = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  // Its kind is the way it is built; its name is which of them it is.
  const kind = (element) => {
    const built = (one) => `${one.localName}.${[...one.classList].sort().join(".")}`;
    const around = element.closest("[data-fold], dialog, fieldset, form");
    const control = element.control ? `:${element.control.type}` : "";
    return `${built(element)}${control} in ${around ? built(around) : "page"}`;
  };
  const name = (element) => {
    const control = element.control;
    const words = element.textContent.replace(/\s+/g, " ").replace(/\d+/g, "#").trim();
    return `${words.slice(0, 60)}|${control?.name ?? ""}|${control?.value ?? element.dataset?.dialog ?? ""}`;
  };

  const all = () => {
    const found = [
      ...document.querySelectorAll("summary, [data-dialog]"),
      ...[...document.querySelectorAll("label")].filter((one) => /^(radio|checkbox)$/.test(one.control?.type ?? "") && !one.control.disabled),
    ];
    for (const input of document.querySelectorAll("input[type=radio], input[type=checkbox]")) {
      if (!input.labels?.length && !input.disabled && input.type !== "hidden") found.push(input);
    }
    return found;
  };

  const find = () => {
    let number = 0;
    const rows = [];
    for (const element of all()) {
      element.dataset.hand = String(number);
      rows.push({ number: number++, kind: kind(element), name: name(element), says: element.localName });
    }
    return rows;
  };
  const get = (number) => document.querySelector(`[data-hand="${number}"]`);

  // Every place of an element that looks like it: its words, its pictures, the control, blank space.
  const places = async (number) => {
    const element = get(number);
    reveal(element);
    await settle();
    element.scrollIntoView({ block: "center", behavior: "instant" });
    await settle();
    const box = element.getBoundingClientRect();
    if (!shown(box)) return null; // of another size of window
    const found = [];
    const taken = [];
    const add = (what, part) => {
      if (!shown(part)) return;
      taken.push(part);
      const [x, y] = [part.left + part.width / 2, part.top + part.height / 2];
      const hit = document.elementFromPoint(x, y);
      found.push({ what, x, y, covered: hit && element.contains(hit) ? "" : (hit?.outerHTML ?? "nothing").slice(0, 120) });
    };
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let number_of_words = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || node.parentElement.closest(".visually-hidden, select, textarea")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const part of range.getClientRects()) {
        add(`words ${++number_of_words}`, part);
        break; // the first line
      }
    }
    for (const picture of element.querySelectorAll("svg, img")) add("picture", picture.getBoundingClientRect());
    const control = element.control ?? (element.matches("input") ? element : null);
    if (control && element.contains(control)) add("control", control.getBoundingClientRect());
    const blank = () => {
      for (const down of [0.5, 0.15, 0.85, 0.3, 0.7]) {
        for (const along of [0.97, 0.9, 0.03, 0.75, 0.6, 0.5, 0.4, 0.25]) {
          const [x, y] = [box.left + box.width * along, box.top + box.height * down];
          const near = taken.some((one) => x > one.left - 1 && x < one.right + 1 && y > one.top - 1 && y < one.bottom + 1);
          const hit = document.elementFromPoint(x, y);
          if (!near && hit && element.contains(hit)) return { what: "blank", x, y, covered: "" };
        }
      }
      return null;
    };
    const space = blank();
    if (space) found.push(space);
    return found;
  };

  // Before a press: somewhere else, so that the press has something to change.
  const ready = (number) => {
    const element = get(number);
    const control = element.control ?? element;
    if (element.matches("[data-dialog]")) document.getElementById(element.dataset.dialog).close();
    else if (element.localName === "summary") element.parentElement.open = false;
    else if (control.type === "radio") {
      for (const one of document.querySelectorAll(`input[type=radio][name="${CSS.escape(control.name)}"]`)) {
        if (one.form === control.form) one.checked = false;
      }
    } else control.checked = false;
  };
  const is_on = (number) => {
    const element = get(number);
    if (element.matches("[data-dialog]")) return document.getElementById(element.dataset.dialog).open;
    if (element.localName === "summary") return element.parentElement.open;
    return (element.control ?? element).checked;
  };
  // The folds that stand around it and are still open.
  const around = (number) => stacked(get(number)).every((one) => one.open);
  const focus = (number) => {
    const element = get(number);
    (element.control ?? element).focus();
    return document.activeElement === (element.control ?? element);
  };
  return { find, places, ready, is_on, around, focus };
})();
