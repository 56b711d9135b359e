// Three small services on top of pages that work without them.
(function () {
  "use strict";

  // 1. A refused form opens at its summary.
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // 2. A form is sent once. Coming back by the back button arms it again.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.hasAttribute("data-sent")) return event.preventDefault();
    form.setAttribute("data-sent", "");
    setTimeout(function () { form.removeAttribute("data-sent"); }, 8000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });

  // 3. The time left of a hold: shown by the minute, spoken at 5, 2 and 1.
  document.querySelectorAll("[data-hold-until]").forEach(function (box) {
    var left = box.querySelector("[data-hold-left]");
    var status = box.querySelector("[data-hold-status]");
    // Measured by the service's clock, which need not agree with the reader's.
    var ahead = (Date.parse(box.getAttribute("data-hold-now")) || Date.now()) - Date.now();
    var until = Date.parse(box.getAttribute("data-hold-until")) - ahead;
    var last = Infinity;
    function tick() {
      var minutes = Math.max(0, Math.ceil((until - Date.now()) / 60000));
      if (minutes === last) return;
      var first = last === Infinity;
      last = minutes;
      left.textContent = minutes;
      if (minutes === 0) {
        clearInterval(timer);
        status.textContent = box.getAttribute("data-hold-over");
      } else if (minutes <= 2 || (!first && minutes === 5)) {
        status.textContent = box.getAttribute("data-hold-say").replace("{minutes}", minutes);
      }
      if (minutes <= 2) {
        box.classList.add("is-ending");
        status.classList.remove("sr-only");
      }
    }
    var timer = setInterval(tick, 1000);
    tick();
  });
})();
