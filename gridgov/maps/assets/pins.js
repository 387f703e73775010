// Stands for Leaflet.awesome-markers in a file without icon fonts: pins in its colors with a
// dot where the icon would be.
(function () {
  "use strict";
  const COLORS = {
    red: "#d63e2a", darkred: "#a23336", lightred: "#ff8e7f", orange: "#f69730",
    beige: "#ffcb92", green: "#72b026", darkgreen: "#728224", lightgreen: "#bbf970",
    blue: "#38aadd", darkblue: "#00649f", lightblue: "#8adaff", purple: "#d252b9",
    darkpurple: "#5b396b", pink: "#ff91ea", cadetblue: "#436978", white: "#fbfbfb",
    gray: "#575757", lightgray: "#a3a3a3", black: "#303030",
  };
  const PLAIN = /^(#[0-9a-f]{3,8}|[a-z]+)$/i;

  function icon(options) {
    const given = options || {};
    const fill = Object.hasOwn(COLORS, given.markerColor) ? COLORS[given.markerColor] : COLORS.blue;
    const dot = PLAIN.test(given.iconColor || "") ? given.iconColor : "white";
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="35" height="45" viewBox="0 0 35 45">' +
      '<path d="M17.5 43C12 32 3 26 3 16a14.5 14.5 0 0 1 29 0c0 10-9 16-14.5 27z" fill="' + fill +
      '" stroke="#222" stroke-opacity=".55"/><circle cx="17.5" cy="16" r="6" fill="' + dot + '"/></svg>';
    return L.icon({
      iconUrl: "data:image/svg+xml;base64," + btoa(svg),
      iconSize: [35, 45],
      iconAnchor: [17, 42],
      popupAnchor: [1, -32],
      tooltipAnchor: [14, -26],
    });
  }

  L.AwesomeMarkers = { icon: icon };
})();
