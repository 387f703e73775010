// Packed columns in, numbers out. Columns are deflated whole numbers, seven bits a byte with
// the sign in the lowest; see packing.py. The reading of deflate (RFC 1951) is ours, because
// the browser's own is asynchronous, and older ones on an intranet have none.
(function () {
  "use strict";
  const gg = window.gridgov;
  const DELTA = 1;
  const GIVEN = 2;
  const PASSING = 4;

  const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const BACK = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  const BACK_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  // A table that turns the next bits into a symbol at once: symbol * 16 + its length.
  function tableOf(lengths) {
    let widest = 0;
    for (let i = 0; i < lengths.length; i += 1) widest = Math.max(widest, lengths[i]);
    const counts = new Uint16Array(17);
    for (let i = 0; i < lengths.length; i += 1) counts[lengths[i]] += 1;
    counts[0] = 0;
    const next = new Uint16Array(17);
    for (let bits = 1; bits <= widest; bits += 1) next[bits + 1] = (next[bits] + counts[bits]) << 1;
    const table = new Uint16Array(1 << widest);
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      const bits = lengths[symbol];
      if (!bits) continue;
      let code = next[bits];
      next[bits] += 1;
      let turned = 0;
      for (let i = 0; i < bits; i += 1, code >>= 1) turned = (turned << 1) | (code & 1);
      for (; turned < table.length; turned += 1 << bits) table[turned] = symbol * 16 + bits;
    }
    return { table: table, mask: table.length - 1 };
  }

  let fixed = null;
  function fixedTables() {
    if (!fixed) {
      const lengths = new Uint8Array(288).fill(8);
      lengths.fill(9, 144, 256);
      lengths.fill(7, 256, 280);
      fixed = [tableOf(lengths), tableOf(new Uint8Array(30).fill(5))];
    }
    return fixed;
  }

  gg.inflate = function (bytes) {
    let out = new Uint8Array(Math.max(256, 4 * bytes.length));
    let size = 0;
    let at = 0;
    let held = 0;
    let count = 0;

    function need(n) {
      while (count < n) {
        held |= bytes[at] << count;
        at += 1;
        count += 8;
      }
      const value = held & ((1 << n) - 1);
      held >>>= n;
      count -= n;
      return value;
    }
    function symbolOf(tree) {
      while (count < 15 && at < bytes.length) {
        held |= bytes[at] << count;
        at += 1;
        count += 8;
      }
      const entry = tree.table[held & tree.mask];
      held >>>= entry & 15;
      count -= entry & 15;
      return entry >> 4;
    }
    function room(n) {
      if (size + n <= out.length) return;
      const larger = new Uint8Array(Math.max(2 * out.length, size + n));
      larger.set(out.subarray(0, size));
      out = larger;
    }
    function readTables() {
      const literals = need(5) + 257;
      const distances = need(5) + 1;
      const orders = need(4) + 4;
      const first = new Uint8Array(19);
      for (let i = 0; i < orders; i += 1) first[ORDER[i]] = need(3);
      const tree = tableOf(first);
      const lengths = new Uint8Array(literals + distances);
      for (let i = 0; i < lengths.length; ) {
        const symbol = symbolOf(tree);
        if (symbol < 16) {
          lengths[i] = symbol;
          i += 1;
          continue;
        }
        const again = symbol === 16 ? lengths[i - 1] : 0;
        let times = symbol === 16 ? 3 + need(2) : symbol === 17 ? 3 + need(3) : 11 + need(7);
        for (; times; times -= 1, i += 1) lengths[i] = again;
      }
      return [tableOf(lengths.subarray(0, literals)), tableOf(lengths.subarray(literals))];
    }

    for (let last = 0; !last; ) {
      last = need(1);
      const kind = need(2);
      if (kind === 0) {
        at -= count >> 3;
        held = 0;
        count = 0;
        const length = bytes[at] | (bytes[at + 1] << 8);
        at += 4;
        room(length);
        out.set(bytes.subarray(at, at + length), size);
        at += length;
        size += length;
        continue;
      }
      const [literal, distance] = kind === 1 ? fixedTables() : readTables();
      for (;;) {
        const symbol = symbolOf(literal);
        if (symbol === 256) break;
        if (symbol < 256) {
          if (size === out.length) room(1);
          out[size] = symbol;
          size += 1;
          continue;
        }
        const length = LENGTHS[symbol - 257] + need(LENGTH_BITS[symbol - 257]);
        const far = symbolOf(distance);
        const back = BACK[far] + need(BACK_BITS[far]);
        room(length);
        for (const end = size + length; size < end; size += 1) out[size] = out[size - back];
      }
    }
    return out.subarray(0, size);
  };

  // Multiplication and not shifts, which would cut numbers at 32 bits.
  function numbersOf(bytes, count, delta) {
    const values = new Float64Array(count);
    let at = 0;
    let before = 0;
    for (let i = 0; i < count; i += 1) {
      let value = bytes[at];
      at += 1;
      if (value >= 128) {
        value -= 128;
        for (let unit = 128, byte = 128; byte >= 128; unit *= 128) {
          byte = bytes[at];
          at += 1;
          value += (byte & 127) * unit;
        }
      }
      value = value % 2 ? -(value + 1) / 2 : value / 2;
      before = delta ? before + value : value;
      values[i] = before;
    }
    return values;
  }

  // Where one column nearly follows from another, it holds the value at the first place of
  // every value of the other one, and elsewhere the difference to that.
  function completed(values, known) {
    const first = new Map();
    for (let i = 0; i < values.length; i += 1) {
      const start = first.get(known[i]);
      if (start === undefined) first.set(known[i], values[i]);
      else values[i] += start;
    }
    return values;
  }

  // A column is read when it is first asked for, and then kept; those of periods are
  // functions, which keep nothing, so that years of them do not fill the memory.
  gg.unpack = function (layout, bytes) {
    const columns = Object.create(null);
    let at = 0;
    for (const [name, count, flags, size, known] of layout) {
      const part = bytes.subarray(at, at + size);
      at += size;
      const read = function () {
        const values = numbersOf(gg.inflate(part), count, flags & DELTA);
        if (!(flags & GIVEN)) return values;
        const other = columns[known];
        return completed(values, typeof other === "function" ? other() : other);
      };
      if (flags & PASSING) {
        columns[name] = read;
        continue;
      }
      let kept = null;
      Object.defineProperty(columns, name, {
        enumerable: true,
        get: function () {
          if (!kept) kept = read();
          return kept;
        },
      });
    }
    return columns;
  };
})();
