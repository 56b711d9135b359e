// Signing out takes the names of rosters off this device; marks that nobody has taken yet stay, without names.
(function () {
  "use strict";

  var form = document.querySelector("[data-sign-out]");
  if (!form || !self.indexedDB || !self.OfflineStore) return;

  var store = self.OfflineStore;
  function left(errand) { return errand.marks.length + errand.asked.length; }
  function say(name, n) { return form.getAttribute("data-say-" + name).replace("{n}", n); }

  // How many marks nobody has taken yet, of all departures.
  async function unsent() {
    return (await store.errands()).reduce(function (sum, one) { return sum + left(one); }, 0);
  }

  // All names and keys, what is kept for a reload, and marks that can no longer be sent; other windows are told.
  async function forget() {
    await store.dropRosters();
    for (var one of await store.errands()) if (!left(one) || one.until <= Date.now()) await store.dropErrand(one.departure);
    if (self.BroadcastChannel) new BroadcastChannel("tourbook-offline").postMessage("signed out");
    var pages = self.caches ? await caches.keys() : [];
    for (var name of pages) if (name.startsWith("offline ")) await caches.delete(name);
    var workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
    for (var worker of workers) await worker.unregister();
  }

  async function leave() {
    var waiting = await unsent().catch(function () { return 0; });
    if (waiting && !confirm(say("unsent", waiting))) return;
    var answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" }).catch(function () { return null; });
    if (!answer) return alert(say("no-network")); // still signed in: the names may be needed at the gate
    await forget().catch(function () { indexedDB.deleteDatabase("tourbook-offline"); });
    if (answer.type === "opaqueredirect") location.assign(form.getAttribute("data-sign-out"));
    else form.submit(); // shows what the service says
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    leave();
  });
})();
