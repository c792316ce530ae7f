// QR codes (ISO/IEC 18004) of a text, in bytes, with low error correction: for
// what is printed large. Versions 7 to 25, which is 154 to 1273 bytes.

const perBlock = [20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26]; // bytes of correction
const blocksOf = [2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12];

// --- bytes

// wholeOf is how many bytes a version has, correction included.
function wholeOf(version) {
  const marks = Math.floor(version / 7) + 2;
  return Math.floor(((16 * version + 128) * version + 64 - ((25 * marks - 10) * marks - 55) - 36) / 8);
}

const roomOf = version => wholeOf(version) - perBlock[version - 7] * blocksOf[version - 7];

function times(a, b) { // in GF(256) with x^8 + x^4 + x^3 + x^2 + 1
  let out = 0;
  for (let i = 7; i >= 0; i--) out = (out << 1) ^ (out >> 7 ? 0x11d : 0) ^ ((b >> i) & 1 ? a : 0);
  return out;
}

function correction(data, length) {
  let divisor = [...Array(length - 1).fill(0), 1];
  for (let i = 0, root = 1; i < length; i++, root = times(root, 2)) {
    divisor = divisor.map((d, j) => times(d, root) ^ (divisor[j + 1] ?? 0));
  }
  return data.reduce((rest, byte) => {
    const factor = byte ^ rest[0];
    return divisor.map((d, i) => (rest[i + 1] ?? 0) ^ times(d, factor));
  }, Array(length).fill(0));
}

// content is the text with its length, filled up to the room that there is.
function content(text, version) {
  const bits = '0100' + text.length.toString(2).padStart(version > 9 ? 16 : 8, '0') +
    Array.from(text, byte => byte.toString(2).padStart(8, '0')).join('') + '0000';
  const out = bits.match(/.{8}/g).map(byte => parseInt(byte, 2));
  for (let pad = 0xec; out.length < roomOf(version); pad ^= 0xec ^ 0x11) out.push(pad);
  return out;
}

// interleaved are the bytes of all blocks, in turn, and then their correction.
function interleaved(data, version) {
  const [count, extra] = [blocksOf[version - 7], perBlock[version - 7]];
  const short = Math.floor(data.length / count);
  const long = data.length % count;
  const blocks = Array.from({ length: count }, (_, i) => {
    const from = i * short + Math.max(0, i - (count - long));
    return data.slice(from, from + short + (i >= count - long ? 1 : 0));
  });
  const turns = (list, length) => Array.from({ length }, (_, i) => list.map(block => block[i])).flat().filter(byte => byte !== undefined);
  return [...turns(blocks, short + 1), ...turns(blocks.map(block => correction(block, extra)), extra)];
}

// --- modules

// checked appends the remainder of a BCH code.
function checked(value, bits, generator) {
  let rest = value;
  for (let i = 0; i < bits; i++) rest = (rest << 1) ^ ((rest >> (bits - 1)) & 1 ? generator : 0);
  return (value << bits) | rest;
}

// frame draws what is the same for every text of a version, and format.
function frame(version, mask) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const square = (x, y, reach, dark) => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        if (grid[y + dy]?.[x + dx] !== undefined) grid[y + dy][x + dx] = dark(Math.max(Math.abs(dx), Math.abs(dy)));
      }
    }
  };
  for (let i = 0; i < size; i++) grid[6][i] = grid[i][6] = i % 2 === 0;
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, far => far !== 2 && far !== 4);
  const marks = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + marks * 3 + 5) / (marks * 4 - 4)) * 2;
  const places = [6, ...Array.from({ length: marks - 1 }, (_, i) => size - 7 - (marks - 2 - i) * step)];
  const last = size - 7;
  for (const x of places) {
    for (const y of places) {
      if ((x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6)) continue;
      square(x, y, 2, far => far !== 1);
    }
  }
  const format = checked(8 | mask, 10, 0x537) ^ 0x5412; // 8: low correction
  for (let i = 0; i < 15; i++) {
    const bit = ((format >> i) & 1) === 1;
    if (i < 8) grid[i < 6 ? i : i + 1][8] = grid[8][size - 1 - i] = bit;
    else grid[8][i < 9 ? 7 : 14 - i] = grid[size - 15 + i][8] = bit;
  }
  grid[size - 8][8] = true;
  const number = checked(version, 12, 0x1f25);
  for (let i = 0; i < 18; i++) {
    const [far, near] = [size - 11 + (i % 3), Math.floor(i / 3)];
    grid[near][far] = grid[far][near] = ((number >> i) & 1) === 1;
  }
  return grid;
}

const masks = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, x => x % 3, (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

// qr is the grid of a text, row by row, true for dark.
export function qr(text, mask = 0) {
  const data = new TextEncoder().encode(text);
  const version = perBlock.findIndex((_, i) => roomOf(i + 7) >= data.length + 3) + 7;
  const bytes = interleaved(content(data, version), version);
  const grid = frame(version, mask);
  const size = grid.length;
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (grid[y][x] !== null) continue;
        const bit = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
        grid[y][x] = (bit === 1) !== (masks[mask](x, y) === 0);
        at++;
      }
    }
  }
  return grid;
}
