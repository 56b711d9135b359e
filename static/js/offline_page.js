// The roster without network, as somebody at a gate uses it: found, marked, sent when there is a network again.
(function () {
  "use strict";

  var SOON = 30000; // milliseconds between two attempts to send
  var AT_ONCE = 200; // marks of one attempt
  var box = document.querySelector("[data-offline]");
  if (!box) return;
  var departure = box.getAttribute("data-departure");
  var store = self.OfflineStore;
  var talk = self.OfflineTalk;
  var roster = null; // {until, parties, names}: names by id, also of those who were taken off meanwhile
  var errand = null; // {token, ahead, until, marks, asked}: `asked` are the marks that somebody must decide about
  var sending = false;
  var windows = self.BroadcastChannel ? new BroadcastChannel("tourbook-offline") : { postMessage: function () {} };

  function part(name, within) { return (within || box).querySelector("[data-" + name + "]"); }
  function words(name) { return box.getAttribute("data-say-" + name) || ""; }
  function say(text) { part("says").textContent = text; }
  function failed(failure) { say(failure.told || words("trouble")); }
  function fill(text, facts) { return text.replace(/\{(\w+)\}/g, function (_, name) { return facts[name]; }); }
  function copy(name) { return document.getElementById("offline-" + name).content.cloneNode(true).firstElementChild; }
  function oneTime() { return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) { return b.toString(16).padStart(2, "0"); }).join(""); }
  function serverTime() { return new Date(Date.now() + errand.ahead).toISOString(); }
  function people() { return roster ? roster.parties.flatMap(function (party) { return party.people; }) : []; }
  function plain(text) { return text.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, ""); }

  // -- what is shown ---------------------------------------------------------------------------------------------

  function show() {
    box.setAttribute("data-state", roster ? "kept" : errand ? "over" : "none");
    part("none").hidden = Boolean(roster || errand);
    part("kept").hidden = !roster;
    part("over").hidden = Boolean(roster) || !errand;
    var waiting = errand ? errand.marks.length : 0;
    part("waiting").textContent = waiting ? fill(words("waiting"), { n: waiting }) : words("all-sent");
    part("errand").hidden = !errand;
    showAsked();
    if (roster) return showParties();
    part("parties").replaceChildren(); // a name that is only hidden is still there
    part("search").value = "";
  }

  function showParties() {
    var all = people();
    var arrived = all.filter(function (one) { return one.attendance === "arrived"; }).length;
    part("arrived").textContent = fill(words("arrived"), { arrived: arrived, people: all.length });
    var typed = part("search").value;
    var wanted = plain(typed);
    var fits = function (party) {
      var texts = [party.reference].concat(party.people.map(function (one) { return one.name; }));
      return !wanted || (party.held && party.held === typed) || texts.some(function (text) { return plain(text).indexOf(wanted) >= 0; });
    };
    var shown = roster.parties.filter(fits);
    part("parties").replaceChildren.apply(part("parties"), shown.map(partyBox));
    part("nobody").hidden = shown.length > 0;
    part("nobody").textContent = words(/[:/]/.test(typed) ? "other-code" : "nobody");
  }

  function partyBox(party) {
    var made = copy("party");
    part("reference", made).textContent = party.reference;
    var missing = party.people.filter(function (one) { return one.attendance === "expected"; });
    var all = part("all", made);
    all.hidden = missing.length < 2;
    all.querySelector("span").textContent = fill(words("all-arrived"), { n: missing.length });
    all.addEventListener("click", function () { mark(missing, "arrived"); });
    made.append.apply(made, party.people.map(personBox));
    return made;
  }

  function personBox(one) {
    var made = copy("person");
    made.setAttribute("data-visitor", one.id);
    part("name", made).textContent = one.name;
    made.querySelectorAll("[data-state-is]").forEach(function (tag) { tag.hidden = tag.getAttribute("data-state-is") !== one.attendance; });
    made.querySelectorAll("button").forEach(function (button) {
      var wanted = button.getAttribute("data-mark");
      button.hidden = (wanted === "expected") === (one.attendance === "expected");
      button.append(Object.assign(document.createElement("span"), { className: "sr-only", textContent: " – " + one.name }));
      button.addEventListener("click", function () { mark([one], wanted); });
    });
    return made;
  }

  function showAsked() {
    var asked = errand ? errand.asked : [];
    part("asked").hidden = !asked.length;
    part("asked-list").replaceChildren.apply(part("asked-list"), asked.map(askedBox));
  }

  function askedBox(one) {
    var made = copy("asked");
    part("who", made).textContent = (roster && roster.names[one.visitor]) || one.reference || words("somebody");
    made.querySelectorAll("[data-why]").forEach(function (text) { text.hidden = text.getAttribute("data-why") !== one.why; });
    made.setAttribute("data-because", one.why);
    part("mine", made).hidden = ["otherwise", "before_the_day"].indexOf(one.why) < 0;
    part("mine", made).addEventListener("click", function () { decide(one, true); });
    part("theirs", made).addEventListener("click", function () { decide(one, false); });
    return made;
  }

  // -- what is done ----------------------------------------------------------------------------------------------

  async function keepAll(fresh) {
    if (roster && !(await store.keep(departure, roster, fresh))) roster = null; // somebody signed out in another window
    await store.putErrand(errand);
    windows.postMessage("changed"); // other windows of this browser go on from here
  }

  async function mark(who, attendance) {
    who.forEach(function (one) {
      errand.marks.push({ id: oneTime(), reference: one.reference, visitor: one.id, was: one.attendance, attendance: attendance, at: serverTime() });
      one.attendance = attendance;
    });
    await keepAll();
    show();
    send();
  }

  async function decide(one, mine) {
    errand.asked = errand.asked.filter(function (other) { return other !== one; });
    if (mine) errand.marks.push({ id: oneTime(), reference: one.reference, visitor: one.visitor, was: one.was, attendance: one.attendance, at: one.at, decided: true });
    await keepAll();
    await rest();
    if (mine) send();
  }

  async function handOut() {
    try {
      var said = await talk.ask("hand-out", {});
      if (said.refused) return say(said.sentence);
      var left = errand || { marks: [], asked: [] }; // what another roster of this device could not send
      var ahead = Date.parse(said.now) - Date.now();
      roster = { until: Date.parse(said.keep_until) - ahead, parties: said.parties, names: {} };
      roster.parties.forEach(function (party) {
        party.people.forEach(function (one) {
          roster.names[one.id] = one.name;
          one.reference = party.reference;
          left.marks.forEach(function (mark) { if (mark.visitor === one.id) one.attendance = mark.attendance; });
        });
      });
      errand = { departure: departure, token: said.token, ahead: ahead, until: Date.parse(said.marks_until) - ahead, marks: left.marks, asked: left.asked };
      await keepAll(true);
      await talk.keepPage();
      say("");
      show();
    } catch (failure) { failed(failure); }
    send();
  }

  async function send() {
    if (sending || !errand || !errand.marks.length) return;
    sending = true;
    try {
      var going = errand.marks.slice(0, AT_ONCE);
      var bare = going.map(function (one) { return Object.assign({}, one, { reference: undefined }); });
      var said = await talk.ask("marks", { token: errand.token, marks: JSON.stringify(bare) });
      if (said.refused === "marks_unreadable") await taken(going, { judged: {} });
      else if (said.refused) await refused(said);
      else await taken(going, said);
    } catch (failure) { failed(failure); } finally { sending = false; }
    await rest();
  }

  // Where the names are gone, nothing is left to be kept once all marks are taken.
  async function rest() {
    var done = errand && !roster && !errand.marks.length && !errand.asked.length;
    if (done) await wipe();
    if (done) say(words("all-sent"));
    show();
  }

  async function taken(going, said) {
    going.forEach(function (one) {
      var judged = said.judged[one.id] || "unreadable";
      errand.asked = errand.asked.filter(function (other) { return other.visitor !== one.visitor; });
      if (["taken", "taken_before", "same"].indexOf(judged) >= 0) return;
      var asked = Object.assign({ why: judged }, one);
      if (judged === "otherwise") asked.was = said.standing[one.visitor];
      errand.asked.push(asked);
    });
    var gone = new Set(going.map(function (one) { return one.id; }));
    errand.marks = errand.marks.filter(function (one) { return !gone.has(one.id); });
    if (roster && said.standing) bringUpToDate(said.standing);
    await keepAll();
    say("");
  }

  // How the others have marked; who no longer comes is taken off. What is still to be sent stays as it was marked here.
  function bringUpToDate(standing) {
    var own = new Set(errand.marks.map(function (one) { return one.visitor; }));
    roster.parties.forEach(function (party) {
      party.people = party.people.filter(function (one) { return standing[one.id] || own.has(one.id); });
      party.people.forEach(function (one) { if (!own.has(one.id)) one.attendance = standing[one.id]; });
    });
    roster.parties = roster.parties.filter(function (party) { return party.people.length; });
  }

  async function refused(said) {
    var lost = errand.marks.length + errand.asked.length;
    var ends = said.refused === "roster_revoked" || said.refused === "marks_too_late";
    if (ends) await wipe();
    else errand.unknown = said.refused === "token_unknown";
    say(said.sentence + (ends && lost ? " " + fill(words("dropped"), { n: lost }) : ""));
  }

  async function wipe() {
    roster = errand = null;
    await store.dropRoster(departure);
    await store.dropErrand(departure);
    await talk.dropPage();
    show();
  }

  async function hash(text) {
    var bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text.replace(/\s/g, "").toUpperCase()));
    return Array.from(new Uint8Array(bytes), function (b) { return b.toString(16).padStart(2, "0"); }).join("");
  }

  async function search() {
    var typed = part("search").value;
    if (roster && /[:/]/.test(typed)) {
      var code = await hash(typed);
      roster.parties.forEach(function (party) { party.held = party.code === code ? typed : ""; });
    }
    show();
  }

  async function look() {
    var kept = await store.roster(departure);
    errand = (await store.errand(departure)) || null;
    if (errand && !kept && !errand.marks.length && !errand.asked.length) {
      await wipe();
      say(words("over"));
    }
    roster = kept;
    show();
  }

  async function begin() {
    await look();
    if (errand && box.hasAttribute("data-from-device")) say(words("from-device"));
    send();
    setInterval(async function () { if (roster && roster.until <= Date.now()) await look(); send(); }, SOON);
    window.addEventListener("offline", function () { say(words("no-network")); });
    window.addEventListener("online", function () { say(""); send(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) look(); });
    windows.onmessage = look;
  }

  if (!(self.crypto && crypto.subtle && navigator.serviceWorker && self.indexedDB)) return say(words("cannot"));
  part("works").hidden = false;
  part("take").addEventListener("click", handOut);
  part("renew").addEventListener("click", async function () { await send(); if (errand && (!errand.marks.length || errand.unknown)) handOut(); });
  part("send").addEventListener("click", send);
  part("wipe").addEventListener("click", function () { if (!errand || !errand.marks.length || confirm(words("lose"))) wipe(); });
  part("search").addEventListener("input", search);
  begin();
})();
