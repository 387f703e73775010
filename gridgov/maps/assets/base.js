// Base maps: tiles below the drawing, and the shift that tiles in GCJ-02 ask for.
// The shift is part of the map's projection, so that everything placed in WGS-84, stock
// Folium elements too, lines up with the tiles. Formulas and rules: geo/datum.py.
(function () {
  "use strict";

  const AXIS = 6378245;
  const ECCENTRICITY2 = 0.00669342162296594323;
  const STEP = 1e-10;
  // Outside and inside are decided once for a square this many to a degree.
  const SQUARES = 16;

  function parsed(base64) {
    const raw = atob(base64);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return JSON.parse(new TextDecoder("utf-8").decode(bytes));
  }

  function shifted(lng, lat) {
    const sin = Math.sin;
    const pi = Math.PI;
    const x = lng - 105;
    const y = lat - 35;
    const root = Math.sqrt(Math.abs(x));
    const ripple = (sin(6 * pi * x) + sin(2 * pi * x)) * 20;
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple / 1.5;
    north += (sin(pi * y) * 20 + sin((pi / 3) * y) * 40) / 1.5;
    north += (sin((pi / 12) * y) * 160 + sin((pi / 30) * y) * 320) / 1.5;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple / 1.5;
    east += (sin(pi * x) * 20 + sin((pi / 3) * x) * 40) / 1.5;
    east += (sin((pi / 12) * x) * 150 + sin((pi / 30) * x) * 300) / 1.5;
    const angle = (lat * pi) / 180;
    const sine = sin(angle);
    const magic = 1 - ECCENTRICITY2 * sine * sine;
    const rootMagic = Math.sqrt(magic);
    const degree = 180 / pi;
    return [
      lng + (east * degree) / ((AXIS / rootMagic) * Math.cos(angle)),
      lat + (north * degree) / ((AXIS * (1 - ECCENTRICITY2)) / (magic * rootMagic)),
    ];
  }

  // Tells whether a place lies inside rings of thousandths of a degree.
  function inside(rings) {
    const edges = [];
    for (const ring of rings) {
      let x = 0;
      let y = 0;
      const vertices = [];
      for (let i = 0; i < ring.length; i += 2) {
        x += ring[i];
        y += ring[i + 1];
        vertices.push([x / 1000, y / 1000]);
      }
      vertices.forEach(function (vertex, i) {
        const next = vertices[(i + 1) % vertices.length];
        edges.push([vertex[0], vertex[1], next[0], next[1]]);
      });
    }
    // Only the edges in a row of squares matter to a place in it.
    const rows = new Map();
    function inRow(j) {
      if (!rows.has(j)) {
        const [low, high] = [j / SQUARES, (j + 1) / SQUARES];
        const near = ([, ay, , by]) => Math.min(ay, by) <= high && Math.max(ay, by) >= low;
        rows.set(j, edges.filter(near));
      }
      return rows.get(j);
    }
    function within(lng, lat, row) {
      let odd = false;
      for (const [ax, ay, bx, by] of row) {
        if (ay > lat !== by > lat && lng < ((bx - ax) * (lat - ay)) / (by - ay) + ax) odd = !odd;
      }
      return odd;
    }
    function crosses([ax, ay, bx, by], west, south, east, north) {
      if (Math.max(ax, bx) < west || Math.min(ax, bx) > east) return false;
      if (Math.max(ay, by) < south || Math.min(ay, by) > north) return false;
      const side = (x, y) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
      const sides = [side(west, south), side(west, north), side(east, south), side(east, north)];
      return !(sides.every((s) => s > 0) || sides.every((s) => s < 0));
    }
    const known = new Map();
    return function (lng, lat) {
      if (!(lng > 72 && lng < 136.5 && lat > 17 && lat < 55)) return false;
      const i = Math.floor(lng * SQUARES);
      const j = Math.floor(lat * SQUARES);
      const key = i * 4096 + j;
      let answer = known.get(key);
      if (answer === undefined) {
        const box = [i / SQUARES, j / SQUARES, (i + 1) / SQUARES, (j + 1) / SQUARES];
        const mixed = inRow(j).some((edge) => crosses(edge, ...box));
        answer = mixed ? null : within((i + 0.5) / SQUARES, (j + 0.5) / SQUARES, inRow(j));
        known.set(key, answer);
      }
      return answer === null ? within(lng, lat, inRow(j)) : answer;
    };
  }

  // Makes L.CRS.GCJ02: Web Mercator of GCJ-02, for coordinates in WGS-84.
  function shift(outline) {
    const mainland = inside(parsed(outline));
    const mercator = L.Projection.SphericalMercator;

    function toGcj(lng, lat) {
      return mainland(lng, lat) ? shifted(lng, lat) : [lng, lat];
    }
    function toWgs(lng, lat) {
      if (!(lng > 72 && lng < 136.5 && lat > 17 && lat < 55)) return [lng, lat];
      let x = lng;
      let y = lat;
      for (let i = 0; i < 30; i += 1) {
        const image = shifted(x, y);
        const stepX = lng - image[0];
        const stepY = lat - image[1];
        x += stepX;
        y += stepY;
        if (Math.max(Math.abs(stepX), Math.abs(stepY)) < STEP) break;
      }
      return mainland(x, y) || mainland(lng, lat) ? [x, y] : [lng, lat];
    }
    const projection = L.extend({}, mercator, {
      project: function (latlng) {
        const [lng, lat] = toGcj(latlng.lng, latlng.lat);
        return mercator.project({ lat: lat, lng: lng });
      },
      unproject: function (point) {
        const found = mercator.unproject(point);
        const [lng, lat] = toWgs(found.lng, found.lat);
        return L.latLng(lat, lng);
      },
    });
    L.CRS.GCJ02 = L.extend({}, L.CRS.EPSG3857, { code: "GCJ02", projection: projection });
  }

  // Tiles that lie in the page itself.
  const Kept = L.GridLayer.extend({
    initialize: function (options, places, pictures) {
      L.GridLayer.prototype.initialize.call(this, options);
      this._pictures = pictures;
      this._places = new Map(places.map(([z, x, y, which]) => [z + "/" + x + "/" + y, which]));
    },
    createTile: function (coords, done) {
      const tile = document.createElement("img");
      tile.alt = "";
      tile.setAttribute("role", "presentation");
      const which = this._places.get(coords.z + "/" + coords.x + "/" + coords.y);
      if (which === undefined) {
        setTimeout(done, 0, null, tile);
        return tile;
      }
      const text = this._pictures[which];
      const kind = text.startsWith("/9j/") ? "jpeg" : text.startsWith("UklGR") ? "webp" : "png";
      tile.onload = () => done(null, tile);
      tile.onerror = () => done(new Error("tile"), tile);
      tile.src = "data:image/" + kind + ";base64," + text;
      return tile;
    },
  });

  function layer(settings, pictures) {
    const data = parsed(settings);
    const parts = data.layers.map(function (one) {
      const options = Object.assign({ maxZoom: 24, attribution: "" }, one.options);
      return pictures ? new Kept(options, data.places, pictures) : L.tileLayer(one.url, options);
    });
    // Attribution is HTML to Leaflet; what stands here was made of entities.
    parts[0].options.attribution = data.attribution;
    return parts.length === 1 ? parts[0] : L.layerGroup(parts);
  }

  window.gridgovBase = { layer: layer, shift: shift };
})();
