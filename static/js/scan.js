// Reads a square code with the camera and sends it with the form beside it, which works without this file as well.
(function () {
  "use strict";

  var EVERY = 150; // milliseconds between two looks: a slow phone must keep up
  var WIDEST = 640; // pixels of the picture that is looked at
  var GOING_ON = "scanning"; // whether the next page of this tab starts the camera by itself

  var box = document.querySelector("[data-scan]");
  if (!box || !navigator.mediaDevices) return;
  var start = box.querySelector("[data-scan-start]");
  var picture = box.querySelector("[data-scan-picture]");
  var says = box.querySelector("[data-scan-says]");
  var form = box.closest("form");
  box.hidden = false;

  function say(name) { says.textContent = name ? box.getAttribute("data-" + name) : ""; }

  // The browser's own reader where there is one; else the vendored one, fetched only now.
  async function reader() {
    if ("BarcodeDetector" in window) {
      var kinds = await window.BarcodeDetector.getSupportedFormats();
      if (kinds.indexOf("qr_code") >= 0) {
        var own = new window.BarcodeDetector({ formats: ["qr_code"] });
        return async function () { var found = await own.detect(picture); return found.length ? found[0].rawValue : ""; };
      }
    }
    var decode = (await import(box.getAttribute("data-decoder"))).decodeQR;
    var canvas = document.createElement("canvas");
    var paper = canvas.getContext("2d", { willReadFrequently: true });
    return async function () {
      var scale = Math.min(1, WIDEST / picture.videoWidth);
      canvas.width = Math.round(picture.videoWidth * scale);
      canvas.height = Math.round(picture.videoHeight * scale);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      try { return decode(paper.getImageData(0, 0, canvas.width, canvas.height)); } catch (nothing) { return ""; }
    };
  }

  function end(stream) { stream.getTracks().forEach(function (track) { track.stop(); }); }

  async function look(stream, read) {
    while (stream.active) {
      var text = picture.videoWidth ? await read() : "";
      if (text) {
        end(stream);
        form.elements.code.value = text;
        return form.requestSubmit();
      }
      await new Promise(function (go) { setTimeout(go, EVERY); });
    }
  }

  async function scan() {
    start.disabled = true;
    try {
      var stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      sessionStorage.setItem(GOING_ON, "1");
      picture.srcObject = stream;
      picture.hidden = false;
      await picture.play();
      say("looking");
      window.addEventListener("pagehide", function () { end(stream); });
      await look(stream, await reader());
    } catch (refusal) {
      sessionStorage.removeItem(GOING_ON);
      start.disabled = false;
      picture.hidden = true;
      say("refused");
    }
  }

  start.addEventListener("click", scan);
  if (box.hasAttribute("data-again") && sessionStorage.getItem(GOING_ON)) scan();
})();
