// A GCE program in the forms in which people have one: as tools and kernels print it.

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const character = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.');
const chunks = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

/** Instructions with the upper half first: `2000003580008001`. */
function wordsOf(bytes: Uint8Array): string[] {
  return chunks(bytes, 8).map((word) =>
    [...word]
      .reverse()
      .map((byte) => hex(byte, 2))
      .join(''),
  );
}

function xxd(bytes: Uint8Array): string {
  const rows = chunks(bytes, 16).map((row, i) => {
    const groups = chunks(row, 2).map((pair) => [...pair].map((byte) => hex(byte, 2)).join(''));
    return `${hex(i * 16, 8)}: ${groups.join(' ').padEnd(39)}  ${[...row].map(character).join('')}`;
  });
  return rows.join('\n');
}

function hexdump(bytes: Uint8Array): string {
  const rows = chunks(bytes, 16).map((row, i) => {
    const [left, right] = [row.subarray(0, 8), row.subarray(8)].map((half) =>
      [...half].map((byte) => hex(byte, 2)).join(' '),
    );
    return `${hex(i * 16, 8)}  ${`${left}  ${right}`.padEnd(49)} |${[...row].map(character).join('')}|`;
  });
  return [...rows, hex(bytes.length, 8)].join('\n');
}

/** Each form by its name. */
export const FORMS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  xxd,
  hexdump,
  words: (bytes) =>
    wordsOf(bytes)
      .map((word) => `0x${word}`)
      .join('\n'),
  halves: (bytes) =>
    wordsOf(bytes)
      .map((word) => `${word.slice(0, 8)}_${word.slice(8)}`)
      .join('\n'),
  array: (bytes) =>
    `static u64 x[] = {\n${wordsOf(bytes)
      .map((word) => `\t0x${word}ULL,`)
      .join('\n')}\n};`,
  bytes: (bytes) => `u8 x[] = { ${[...bytes].map((byte) => `0x${hex(byte, 2)}`).join(', ')} };`,
  log: (bytes) => {
    const lines = wordsOf(bytes).map(
      (word, i) => `[   97.417203] [cmdq]   0x${hex(0x40d6_a000 + i * 8, 8)} 0x${word} unknown`,
    );
    return `[   97.417200] [cmdq] thd:0 pc:0x40d6a000 inst:0x0 end:0x0 cnt:0x0 token:0x0\n${lines.join('\n')}`;
  },
};
