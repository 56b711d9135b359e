// Answers for the page of one roster when there is no network, out of what that page has put into its cache.
// It keeps no names: those are in the device's database, sealed, and are deleted here too once their tour is over.
"use strict";
importScripts("/static/js/offline_store.js");

var PATIENCE = 4000; // milliseconds: a network that answers later than that is no network at a gate
var PAGE = new URL(self.registration.scope).pathname;

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

async function kept(request) {
  var cache = await caches.open("offline " + PAGE);
  return cache.match(request, { ignoreSearch: true, ignoreVary: true });
}

async function page(request) {
  await self.OfflineStore.forget(Date.now());
  var late = new AbortController();
  var timer = setTimeout(function () { late.abort(); }, PATIENCE);
  try {
    return await fetch(request.url, { signal: late.signal, credentials: "same-origin", redirect: "manual" });
  } catch (silence) {
    return (await kept(request)) || Response.error();
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/static/")) {
    event.respondWith(kept(event.request).then(function (found) { return found || fetch(event.request); }));
  }
});
