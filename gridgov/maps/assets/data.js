// Packed data in, text and small nodes out: what every script of a map shares.
// Data is shown with textContent only: no text of a record ever becomes markup, script or
// part of a selector.
(function () {
  "use strict";

  const MISSING = -2147483648;
  const gg = (window.gridgov = {});

  function bytesOf(base64) {
    const raw = atob(base64);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  function node(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // A look with more than a color (symbol, hatching, dash, width) is painted as on the map.
  function swatch(kind, color, look) {
    const painted = look && (kind === "symbol" || kind === "stroke" || look.hatch);
    const made = node(painted ? "canvas" : "span", "gg-swatch gg-" + kind);
    made.setAttribute("aria-hidden", "true");
    if (painted) gg.paintSwatch(made, kind, color, look);
    else if (color && kind !== "line") made.style.backgroundColor = color;
    return made;
  }

  function grouped(number) {
    return number.toLocaleString("en-US");
  }

  function shareOf(thousandths) {
    if (thousandths < 0) return "–";
    return thousandths === 0 ? "< 0.001" : (thousandths / 1000).toFixed(3);
  }

  function scoreOf(hundredths) {
    return hundredths === MISSING ? "–" : (hundredths / 100).toFixed(2);
  }

  // Black or white, whichever stands out more from a fill.
  function inkOn(color) {
    const light = [1, 3, 5].map(function (at) {
      const part = parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] > 0.3 ? "#16202a" : "#fff";
  }

  // Whether a text holds what somebody types, whatever the case and width of the letters.
  function matches(text, wanted) {
    return plain(text).includes(plain(wanted));
  }

  function begins(text, wanted) {
    return plain(text).startsWith(plain(wanted));
  }

  function plain(text) {
    return String(text).normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  }

  function rowsOf(pairs) {
    const list = node("dl");
    for (const [what, value, mark] of pairs) {
      list.appendChild(node("dt", "", what));
      const cell = node("dd");
      if (mark) cell.appendChild(mark);
      cell.appendChild(document.createTextNode(value));
      list.appendChild(cell);
    }
    return list;
  }

  function band(container, tag, className) {
    const made = node(tag, className);
    L.DomEvent.disableClickPropagation(made);
    L.DomEvent.disableScrollPropagation(made);
    container.appendChild(made);
    return made;
  }

  Object.assign(gg, {
    // The layers by kind, which register themselves: kinds[kind] = (data, columns, map) => layer.
    kinds: Object.create(null),
    MISSING: MISSING,
    band: band,
    begins: begins,
    bytesOf: bytesOf,
    grouped: grouped,
    inkOn: inkOn,
    matches: matches,
    node: node,
    rowsOf: rowsOf,
    scoreOf: scoreOf,
    shareOf: shareOf,
    swatch: swatch,
  });
})();
