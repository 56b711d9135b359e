// What a device keeps of a departure: the roster under a key that cannot be taken out, and the marks still to be sent.
// For the page and for its worker. Names are gone when the tour is over; marks, which hold no names, wait for a network.
(function (scope) {
  "use strict";

  var NAME = "tourbook-offline";
  var ROSTERS = "rosters"; // {departure, key, iv, sealed, until}: until by this device's own clock
  var ERRANDS = "errands"; // {departure, token, ahead, until, marks, asked}: marks name a reference and nobody

  function done(request) {
    return new Promise(function (resolve, reject) {
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }

  async function open() {
    var request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = function () {
      request.result.createObjectStore(ROSTERS, { keyPath: "departure" });
      request.result.createObjectStore(ERRANDS, { keyPath: "departure" });
    };
    return done(request);
  }

  async function using(store, mode, act) {
    var database = await open();
    try { return await done(act(database.transaction(store, mode).objectStore(store))); } finally { database.close(); }
  }

  function get(store, departure) { return using(store, "readonly", function (rows) { return rows.get(departure); }); }
  function put(store, row) { return using(store, "readwrite", function (rows) { return rows.put(row); }); }
  function drop(store, departure) { return using(store, "readwrite", function (rows) { return rows.delete(departure); }); }

  // Seals the names; where they were deleted meanwhile, only fresh ones. Says whether it did.
  async function keep(departure, roster, fresh) {
    var old = await get(ROSTERS, departure);
    if (!old && !fresh) return false;
    var key = old ? old.key : await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    var iv = crypto.getRandomValues(new Uint8Array(12));
    var text = new TextEncoder().encode(JSON.stringify(roster));
    var sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, text);
    var row = { departure: departure, key: key, iv: iv, sealed: sealed, until: roster.until };
    return fresh ? Boolean(await put(ROSTERS, row)) : replace(row);
  }

  // In one transaction, so that a sign-out in another window is not undone.
  async function replace(row) {
    var database = await open();
    try {
      var there = await done(database.transaction(ROSTERS, "readwrite").objectStore(ROSTERS).openCursor(row.departure));
      return there ? Boolean(await done(there.update(row))) : false;
    } finally { database.close(); }
  }

  // The roster; null where none is kept.
  async function roster(departure) {
    await forget(Date.now());
    var row = await get(ROSTERS, departure);
    if (!row) return null;
    var text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, row.key, row.sealed);
    return JSON.parse(new TextDecoder().decode(text));
  }

  // Deletes every roster whose tour is over, with its key; says whose they were.
  async function forget(now) {
    var over = (await all(ROSTERS)).filter(function (row) { return row.until <= now; }).map(function (row) { return row.departure; });
    for (var departure of over) await drop(ROSTERS, departure);
    return over;
  }

  function all(store) { return using(store, "readonly", function (rows) { return rows.getAll(); }); }

  scope.OfflineStore = {
    errands: function () { return all(ERRANDS); },
    dropRosters: function () { return using(ROSTERS, "readwrite", function (rows) { return rows.clear(); }); },
    keep: keep,
    roster: roster,
    forget: forget,
    dropRoster: function (departure) { return drop(ROSTERS, departure); },
    errand: function (departure) { return get(ERRANDS, departure); },
    putErrand: function (errand) { return put(ERRANDS, errand); },
    dropErrand: function (departure) { return drop(ERRANDS, departure); }
  };
})(self);
