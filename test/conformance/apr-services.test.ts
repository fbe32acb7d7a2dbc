// The recorded exchanges pass, and a recording that is not what the drivers do does not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../sources.js';
import { replayServices } from './apr/services-replay.js';
import type { Item } from './apr/services-case.js';
import { APR_SERVICES } from './families/apr-services.js';
import type { Family } from './family.js';
import { tally } from './runner.js';

const [FAMILY] = APR_SERVICES as readonly [Family];
const RECORDED = JSON.parse(readFileSync(join(ROOT, 'test/golden/apr-services.json'), 'utf8')) as {
  readonly sequences: Readonly<Record<string, readonly Item[]>>;
};
const SESSION = RECORDED.sequences['session'] ?? [];

test('the drivers send what real ones send, but for four sequences with documented reasons', async () => {
  const { passed, deviations, failed } = await tally(FAMILY, FAMILY.pick(RECORDED) ?? [], { dir: '', corpus: [] });
  expect({ passed, deviations: [...deviations], failed }).toEqual({
    passed: 10,
    deviations: [
      ['apr-L11, apr-L14, apr-L40, apr-L41', ['session/error']],
      ['apr-L11, apr-L21', ['core_fwk_silent']],
      ['apr-L11, apr-L22', ['core_state_silent']],
    ],
    failed: [],
  });
});

/** The session with bytes of one packet changed. */
function changed(n: number, offset: number, byte: string): readonly Item[] {
  return SESSION.map((item) => {
    if (item.n !== n || item.hex === undefined) return item;
    return { ...item, hex: item.hex.slice(0, 2 * offset) + byte + item.hex.slice(2 * offset + 2) };
  });
}

test.each([
  ['the version of a configuration of I2S', 'afe', 11, 48],
  ['the pool of memory', 'prepare', 20, 20],
  ['the endpoint of a stream', 'prepare', 24, 24],
  ['the flags of an open COPP', 'prepare', 28, 20],
  ['the size of a format block', 'prepare', 35, 20],
  ['the flags of a write', 'run', 43, 48],
  ['the token of an EOS', 'eos', 65, 12],
  ['the destination of a close', 'close', 69, 10],
  ['the service that is asked', 'probe', 0, 4],
])('another value for %s is told', async (_, phase, n, offset) => {
  const result = (await replayServices(changed(n, offset, '5a'))).get(phase);
  expect(result?.wrong).toMatch(new RegExp(`^line ${n}: sends [0-9a-f]+, not `));
});

test('a result that is another is told', async () => {
  const items = SESSION.map((item) =>
    item.call === 'q6asm_open_write' && item.ret === -22 ? { ...item, ret: 0 } : item,
  );
  expect((await replayServices(items)).get('error')?.wrong).toContain('q6asm_open_write is -22, not 0');
});

test('packets of other arguments are judged by the same rules', async () => {
  // 44100 Hz and 24 bits in place of 48000 and 16, wherever the port is configured and the stream laid out.
  const other = SESSION.map((item) => {
    if (item.hex === undefined || !['100ef', '10326', '10d98'].some((one) => item.hex?.includes(swapped(one))))
      return item;
    return { ...item, hex: item.hex.replaceAll('80bb0000', '44ac0000').replace('10000100010001', '18000100010001') };
  });
  const results = await replayServices(other);
  expect([results.get('afe')?.wrong, results.get('prepare')?.wrong]).toEqual([undefined, undefined]);
});

/** An opcode as it lies in a packet. */
function swapped(opcode: string): string {
  return (opcode.padStart(8, '0').match(/../g) ?? []).reverse().join('');
}
