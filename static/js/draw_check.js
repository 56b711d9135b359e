// Checks a published draw in the reader's own browser: tourbook/draws/rules.py once more. Nothing is sent anywhere.
// It computes in slices, between which the page has its turn. All words stand in the page, in its language.
(function () {
  "use strict";

  const FORMAT = "tourbook-draw-1";
  const PLAIN = /^[0-9A-Za-z-]+$/;
  const STRING_BRACE_OR_FRACTION = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}]|\d[.eE]/g;
  const MOST_TICKETS = 1000; // each is hashed
  const SLICE = 250;
  const PASSES = 4; // over all entries: looking, sealing, turns, places
  const GIVEN_UP = Symbol("another file was chosen meanwhile");

  // 1. Reading. What is no draw's file gives null, exactly where draws/files.py refuses it.

  const isText = (one) => typeof one === "string" && !/\p{Surrogate}/u.test(one);
  const isNumber = (one) => typeof one === "number";
  const isEntry = (row) =>
    Array.isArray(row) && row.length === 4 && isText(row[0]) && isNumber(row[1]) &&
    Array.isArray(row[2]) && row[2].every(isText) && isNumber(row[3]);
  const isDrawn = (row) =>
    Array.isArray(row) && row.length === 2 && isText(row[0]) && (row[1] === null || isText(row[1]));

  function isDraw(said) {
    return Boolean(said) && said.format === FORMAT && [said.round, said.value, said.seal].every(isText) &&
      Boolean(said.places) && typeof said.places === "object" && !Array.isArray(said.places) &&
      Object.entries(said.places).every(([code, people]) => isText(code) && isNumber(people)) &&
      Array.isArray(said.entries) && said.entries.every(isEntry) &&
      Array.isArray(said.drawn) && said.drawn.every(isDrawn) &&
      (!("sealed_at" in said) || isText(said.sealed_at)) &&
      (!("by_fallback" in said) || typeof said.by_fallback === "boolean");
  }

  // JSON.parse makes 2 of 2.0, and takes the last of what has one name; Python refuses both.
  function isPlain(text) {
    const open = []; // the names of each object that is not at its end yet
    for (const [found, string, colon] of text.matchAll(STRING_BRACE_OR_FRACTION)) {
      if (found === "{") open.push(new Set());
      else if (found === "}") open.pop();
      else if (!string) return false;
      else if (colon) {
        const names = open.at(-1), name = JSON.parse(string);
        if (names.has(name)) return false;
        names.add(name);
      }
    }
    return true;
  }

  async function read(file) {
    let text, said;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      said = JSON.parse(text);
    } catch (fault) {
      return null;
    }
    return isPlain(text) && isDraw(said) ? said : null;
  }

  // 2. The rules.

  const isCountable = (number, least) => number >= least && number <= Number.MAX_SAFE_INTEGER;

  async function inSlices(rows, act, pace) {
    for (let at = 0; at < rows.length; at += SLICE) {
      const slice = rows.slice(at, at + SLICE);
      await act(slice);
      await pace(slice.length);
    }
  }

  // Why nothing can be computed from this file, as a code; undefined where something can.
  async function firstFault(said, places, pace) {
    const found = new Set(), receipts = new Set();
    if (![said.round, ...places.keys()].every((name) => PLAIN.test(name))) found.add("spelling");
    if (![...places.values()].every((people) => isCountable(people, 0))) found.add("numbers");
    await inSlices(said.entries, (slice) => slice.forEach(([receipt, seats, choices, tickets]) => {
      if (!PLAIN.test(receipt)) found.add("spelling");
      if (receipts.has(receipt)) found.add("twice");
      if (!isCountable(seats, 1) || !isCountable(tickets, 1) || tickets > MOST_TICKETS) found.add("numbers");
      if (!choices.length || new Set(choices).size < choices.length || !choices.every((code) => places.has(code)))
        found.add("choices");
      receipts.add(receipt);
    }), pace);
    return ["spelling", "twice", "numbers", "choices"].find((code) => found.has(code));
  }

  async function digest(text) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Python's order: what is sorted here is spelled in ASCII, so that code units are code points, and no receipt is there
  // twice, so that an entry's receipt decides alone. Hexadecimal digits stand in the order of the bytes that they are of.
  const byFirst = ([one], [other]) => (one < other ? -1 : Number(one > other));

  async function sealOf(said, places, pace) {
    const lines = [FORMAT, said.round, ...[...places].sort(byFirst).map(([code, people]) => `${code} ${people}`)];
    await inSlices([...said.entries].sort(byFirst), (slice) => slice.forEach(([receipt, seats, choices, tickets]) => {
      lines.push(`${receipt} ${seats} ${choices.join(",")} ${tickets}`);
    }), pace);
    return digest(lines.join("\n") + "\n");
  }

  async function turnOf(value, [receipt, , , tickets], pace) {
    let lowest = await digest(`${value}\n${receipt}`);
    for (let ticket = 2; ticket <= tickets; ticket += 1) {
      const other = await digest(`${value}\n${receipt}\n${ticket}`);
      if (other < lowest) lowest = other;
      if (ticket % SLICE === 0) await pace(0);
    }
    return lowest + receipt;
  }

  async function inTurn(said, pace) {
    const turns = [];
    await inSlices(said.entries, async (slice) => {
      turns.push(...await Promise.all(slice.map(async (entry) => [await turnOf(said.value, entry, pace), entry])));
    }, pace);
    return turns.sort(byFirst).map(([, entry]) => entry);
  }

  // What came of each entry in order of turn, with the places that were left for each of its choices.
  async function deal(entries, places, pace) {
    const left = new Map(places), dealt = [];
    await inSlices(entries, (slice) => slice.forEach(([receipt, seats, choices]) => {
      const there = choices.map((code) => left.get(code));
      const chosen = there.findIndex((people) => people >= seats);
      if (chosen >= 0) left.set(choices[chosen], there[chosen] - seats);
      dealt.push({ receipt, seats, choices, there, chosen, departure: chosen >= 0 ? choices[chosen] : null });
    }), pace);
    return dealt;
  }

  async function check(said, pace) {
    if (!said) return { faults: ["not_a_draw"] };
    const places = new Map(Object.entries(said.places));
    const fault = await firstFault(said, places, pace);
    if (fault) return { faults: [fault] };
    const seal = await sealOf(said, places, pace);
    const dealt = await deal(await inTurn(said, pace), places, pace);
    const same = dealt.length === said.drawn.length &&
      dealt.every(({ receipt, departure }, at) => said.drawn[at][0] === receipt && said.drawn[at][1] === departure);
    return { faults: [...(seal === said.seal ? [] : ["seal"]), ...(same ? [] : ["result"])], said, seal, dealt };
  }

  // 3. The page.

  const box = document.querySelector("[data-draw-check]");
  if (!box || !window.crypto || !crypto.subtle) return; // the page says how to check without
  const find = (name) => box.querySelector(`[data-${name}]`);
  const [file, receipt, progress, result, answer] =
    [box.querySelector("[type='file']"), box.querySelector("[type='text']"), find("progress"), find("result"), find("answer")];
  const inWords = (number) => number.toLocaleString(document.documentElement.lang);
  let checks = 0, found = null;

  function part(name, facts) {
    const copy = box.querySelector(`template[data-part='${name}']`).content.cloneNode(true);
    copy.querySelectorAll("[data-fill]").forEach((slot) => {
      const fact = (facts || {})[slot.dataset.fill];
      slot.textContent = typeof fact === "number" ? inWords(fact) : fact;
    });
    return copy;
  }

  // Timers would wait for a second each in a tab that is not looked at; messages do not.
  const pause = () => new Promise((goOn) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); goOn(); };
    port2.postMessage(null);
  });

  function paceOf(total, mine) {
    const bar = progress.querySelector("progress"), words = progress.querySelector("[data-words]");
    let done = 0;
    bar.max = Math.max(total, 1);
    progress.hidden = false;
    return async (more) => {
      done += more;
      bar.value = done;
      words.replaceChildren(part("progress", { done, total }));
      await pause();
      if (mine !== checks) throw GIVEN_UP;
    };
  }

  function verdict({ faults, said, seal, dealt }) {
    const shown = part(faults.length ? "wrong" : "right");
    faults.forEach((code) => shown.querySelector("[data-list]").append(part(`fault-${code}`)));
    if (!dealt) return shown;
    const seated = dealt.filter(({ departure }) => departure !== null).length;
    const counts = { entries: dealt.length, seated, reserve: dealt.length - seated };
    if (said.by_fallback) shown.append(part("fallback"));
    shown.append(part("facts", { round: said.round, value: said.value, seal, ...counts }));
    return shown;
  }

  // Full-width letters or small ones, blanks or hyphens: the receipt is meant all the same, as seal.py has it.
  const normalised = (typed) => typed.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");

  function turnFor(typed) {
    const turn = found.dealt.findIndex((one) => one.receipt === typed.trim());
    return turn >= 0 ? turn : found.dealt.findIndex((one) => normalised(one.receipt) === normalised(typed));
  }

  function tellOfReceipt() {
    if (!found || !receipt.value.trim()) return answer.replaceChildren();
    if (!found.dealt) return answer.replaceChildren(part("receipt-untold"));
    const turn = turnFor(receipt.value), one = found.dealt[turn];
    if (!one) return answer.replaceChildren(part("receipt-unknown"));
    const facts = { ...one, turn: turn + 1, entries: found.dealt.length };
    const shown = part(one.departure === null ? "receipt-reserve" : "receipt-got", facts);
    one.choices.forEach((code, at) => {
      const kind = at === one.chosen ? "got" : one.chosen < 0 || at < one.chosen ? "short" : "later";
      shown.querySelector("[data-list]").append(part(`choice-${kind}`, { code, left: one.there[at], seats: one.seats }));
    });
    return answer.replaceChildren(shown);
  }

  async function checkFile() {
    const mine = checks += 1;
    found = null;
    answer.replaceChildren();
    result.replaceChildren(...(file.files.length ? [part("checking")] : []));
    progress.hidden = true;
    if (!file.files.length) return;
    const said = await read(file.files[0]);
    if (mine !== checks) return;
    try {
      found = await check(said, paceOf(said ? said.entries.length * PASSES : 0, mine));
    } catch (fault) {
      if (fault === GIVEN_UP) return;
      throw fault;
    }
    progress.hidden = true;
    result.replaceChildren(verdict(found));
    tellOfReceipt();
  }

  document.querySelector("[data-draw-plain]").hidden = true;
  box.hidden = false;
  file.addEventListener("change", checkFile);
  receipt.addEventListener("change", tellOfReceipt);
  checkFile(); // a browser that goes back to the page may still have the file
})();
