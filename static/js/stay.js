// Two minutes before a sign-in would end as nothing was done here, the page says so, and a press stays signed in.
(function () {
  "use strict";

  var WARNED = 120;
  var box = document.querySelector("[data-stay]");
  if (!box) return;
  var says = box.querySelector("[data-stay-says]"), form = box.querySelector("form");
  var until, said;

  function say(what) {
    if (said === what) return;
    said = what;
    box.hidden = !what;
    says.textContent = what && box.getAttribute("data-say-" + what);
  }
  function stay(seconds) {
    until = Date.now() + seconds * 1000;
    say("");
  }
  function tick() {
    var left = (until - Date.now()) / 1000;
    if (left <= 0 || said === "over") say("over");
    else if (left <= WARNED && said !== "no-answer") say("ending");
  }

  // The answer is a page that knows its own end; one that knows none is of somebody who is signed out.
  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    try {
      var answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      var page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-stay]");
      if (page) stay(Number(page.getAttribute("data-stay")));
      else say(answer.status < 500 ? "over" : "no-answer");
    } catch (noNetwork) {
      say("no-answer");
    }
  });

  stay(Number(box.getAttribute("data-stay")));
  setInterval(tick, 1000);
  tick();
})();
