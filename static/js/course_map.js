// Who asks for it gets the drawing as a map that can be moved. Leaflet is loaded then, and not before.
(function () {
  "use strict";
  var box = document.querySelector("[data-course-map]"), start = document.querySelector("[data-course-map-start]");
  function of(name) { return box.getAttribute("data-" + name); }
  function get(name) { return fetch(of(name)).then(function (answer) { return answer.json(); }); }
  function load(tag, facts) {
    return new Promise(function (done, failed) {
      var part = Object.assign(document.createElement(tag), facts, { onload: done, onerror: failed });
      document.head.appendChild(part);
    });
  }
  function draw(found) {
    box.hidden = false;
    document.querySelector("[data-course-drawing]").hidden = start.hidden = true;
    var map = L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomControl: false });
    L.control.zoom({ zoomInTitle: of("in"), zoomOutTitle: of("out") }).addTo(map);
    function put(data) {
      return L.geoJSON(data, { interactive: false, style: function (part) { return { className: "is-" + part.properties.kind }; } }).addTo(map);
    }
    put(found[0]);
    map.fitBounds(put(found[1]).getBounds(), { padding: [40, 40], maxZoom: 11 });
    box.focus();
  }
  if (!box) return;
  start.hidden = false;
  start.onclick = function () {
    Promise.all([get("base"), get("way"), load("link", { rel: "stylesheet", href: of("style") }), load("script", { src: of("script") })]).then(draw);
  };
})();
