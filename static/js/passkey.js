// Lets a device make a passkey or sign with one, and sends its answer with the form beside the button.
(function () {
  "use strict";

  var box = document.querySelector("[data-passkey]");
  if (!box) return;
  var form = box.querySelector("form"), button = form.querySelector("button");
  var says = box.querySelector("[data-passkey-says]");
  var REASONS = { InvalidStateError: "there", NotAllowedError: "given-up", AbortError: "given-up", SecurityError: "not-here" };

  function say(name) { says.textContent = name ? box.getAttribute("data-say-" + name) : ""; }

  if (!window.PublicKeyCredential) return say("unknown");
  button.hidden = false;

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (sign) { return sign.charCodeAt(0); });
  }
  function text(buffer) {
    var signs = Array.from(new Uint8Array(buffer), function (byte) { return String.fromCharCode(byte); }).join("");
    return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }
  function named(one) { return Object.assign({}, one, { id: bytes(one.id) }); }

  function options() {
    var asked = JSON.parse(box.getAttribute("data-options"));
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    if (asked.excludeCredentials) asked.excludeCredentials = asked.excludeCredentials.map(named);
    if (asked.allowCredentials) asked.allowCredentials = asked.allowCredentials.map(named);
    return { publicKey: asked };
  }

  function answer(made) {
    var response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature"].forEach(function (name) {
      if (made.response[name]) response[name] = text(made.response[name]);
    });
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: response });
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      var made = await navigator.credentials[box.getAttribute("data-passkey")](options());
      form.querySelector("[name$=credential]").value = answer(made);
      form.submit();
    } catch (refusal) {
      button.disabled = false;
      say(REASONS[refusal.name] || "failed");
    }
  });
})();
