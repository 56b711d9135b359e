// What the page of a roster without network asks of the service, and what of that page is kept for a reload.
(function (scope) {
  "use strict";

  var PATIENCE = 20000; // milliseconds until a network that does not answer is none
  var box = document.querySelector("[data-offline]");

  function words(name) { return box.getAttribute("data-say-" + name) || ""; }
  function failure(name) { return Object.assign(new Error(name), { told: words(name) }); }

  async function reach(address, options) {
    var how = Object.assign({ credentials: "same-origin", redirect: "manual" }, options);
    if (AbortSignal.timeout) how.signal = AbortSignal.timeout(PATIENCE);
    try { return await fetch(address, how); } catch (silence) { throw failure("no-network"); }
  }

  // Why an answer is none of those that the script knows: each asks for something else of whoever reads it.
  function trouble(answer) {
    if (answer.type === "opaqueredirect" || answer.status === 403) return failure("signed-out");
    return failure(answer.status === 404 ? "not-yours" : "trouble");
  }

  async function fetched() {
    var answer = await reach(location.pathname);
    if (!answer.ok) throw trouble(answer);
    return [new DOMParser().parseFromString(await answer.text(), "text/html"), answer];
  }

  async function ask(address, fields) {
    var form = new FormData();
    var token = (await fetched())[0].querySelector("[name=csrf_token]");
    if (!token) throw failure("trouble");
    form.set("csrf_token", token.value);
    Object.keys(fields).forEach(function (name) { form.set(name, fields[name]); });
    var answer = await reach(box.querySelector("[data-" + address + "]").action, { method: "POST", body: form });
    if ((answer.headers.get("Content-Type") || "").indexOf("json") < 0) throw trouble(answer);
    return answer.json();
  }

  // The page and what it is made of, for a reload without network.
  async function keepPage() {
    await navigator.serviceWorker.register(box.getAttribute("data-worker"), { scope: location.pathname });
    var seen = performance.getEntriesByType("resource").map(function (one) { return one.name; });
    var own = seen.filter(function (name) { return new URL(name).pathname.startsWith("/static/"); });
    await caches.delete("offline " + location.pathname);
    var cache = await caches.open("offline " + location.pathname);
    await cache.addAll(Array.from(new Set(own)));
    await cache.put(location.pathname, await withoutPeople());
  }

  // The page without those who work here: what a reload without network shows holds no names but the sealed ones.
  async function withoutPeople() {
    var [page, answer] = await fetched();
    page.querySelectorAll("[data-not-kept], header form").forEach(function (one) { one.remove(); });
    page.querySelector("[data-offline]").setAttribute("data-from-device", "");
    var headers = { "Content-Type": "text/html; charset=utf-8" };
    headers["Content-Security-Policy"] = answer.headers.get("Content-Security-Policy");
    return new Response("<!doctype html>" + page.documentElement.outerHTML, { headers: headers });
  }

  async function dropPage() {
    await caches.delete("offline " + location.pathname);
    var worker = await navigator.serviceWorker.getRegistration(location.pathname);
    if (worker) await worker.unregister();
  }

  scope.OfflineTalk = { ask: ask, keepPage: keepPage, dropPage: dropPage };
})(self);
