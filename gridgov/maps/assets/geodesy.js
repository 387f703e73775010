// Lengths and areas on the WGS-84 ellipsoid, in meters and square meters.
(function () {
  "use strict";
  const A = 6378137;
  const F = 1 / 298.257223563;
  const B = A * (1 - F);
  const E = Math.sqrt(F * (2 - F));

  function radians(degrees) {
    return (degrees * Math.PI) / 180;
  }

  // Vincenty's inverse formula (1975). Where it does not settle, between places almost
  // opposite each other on the globe, the answer is NaN and not a wrong number.
  function length(one, other) {
    const u1 = Math.atan((1 - F) * Math.tan(radians(one.lat)));
    const u2 = Math.atan((1 - F) * Math.tan(radians(other.lat)));
    const apart = radians(other.lng - one.lng);
    const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
    let lambda = apart;
    for (let turn = 0; turn < 100; turn += 1) {
      const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
      const sine = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
      if (sine === 0) return 0;
      const cosine = s1 * s2 + c1 * c2 * cl;
      const sigma = Math.atan2(sine, cosine);
      const alpha = (c1 * c2 * sl) / sine;
      const flat = 1 - alpha * alpha;
      const middle = flat > 1e-15 ? cosine - (2 * s1 * s2) / flat : 0;
      const c = (F / 16) * flat * (4 + F * (4 - 3 * flat));
      const before = lambda;
      lambda =
        apart +
        (1 - c) * F * alpha * (sigma + c * sine * (middle + c * cosine * (2 * middle * middle - 1)));
      if (Math.abs(lambda - before) > 1e-12) continue;
      const u = (flat * (A * A - B * B)) / (B * B);
      const big = 1 + (u / 16384) * (4096 + u * (u * (320 - 175 * u) - 768));
      const small = (u / 1024) * (256 + u * (u * (74 - 47 * u) - 128));
      const m2 = middle * middle;
      const change =
        small *
        sine *
        (middle +
          (small / 4) *
            (cosine * (2 * m2 - 1) - (small / 6) * middle * (4 * sine * sine - 3) * (4 * m2 - 3)));
      return B * big * (sigma - change);
    }
    return NaN;
  }

  function q(sine) {
    return (1 - E * E) * (sine / (1 - E * E * sine * sine) + Math.atanh(E * sine) / E);
  }
  const POLE = q(1);
  const RADIUS = A * Math.sqrt(POLE / 2);

  // On the sphere of the same area: latitudes moved so that areas stay what they are, and
  // great circles between the corners.
  function area(corners) {
    let sum = 0;
    corners.forEach(function (corner, i) {
      const next = corners[(i + 1) % corners.length];
      const half = [corner, next].map(function (place) {
        return Math.tan(Math.asin(Math.max(-1, Math.min(1, q(Math.sin(radians(place.lat))) / POLE))) / 2);
      });
      let apart = radians(next.lng - corner.lng);
      apart -= 2 * Math.PI * Math.round(apart / (2 * Math.PI));
      sum += 2 * Math.atan2(Math.tan(apart / 2) * (half[0] + half[1]), 1 + half[0] * half[1]);
    });
    return Math.abs(sum) * RADIUS * RADIUS;
  }

  window.gridgov.geodesy = { length: length, area: area };
})();
