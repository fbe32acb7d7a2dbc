// docs/devices/cmdq.md: its examples are code that runs, its tables are those of the code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CMDQ_SOCS, cmdqSoc } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { benchOf } from '../bench.js';
import { read, ROOT } from '../sources.js';
import { gceOf, gceParts, gceTree } from './machine.js';
import { wordsOf } from './packets.js';
import { frame, probe, tries } from './page-examples.js';

const PAGE = readFileSync(join(ROOT, 'docs/devices/cmdq.md'), 'utf8');
const EXAMPLES = readFileSync(join(ROOT, 'test/cmdq/page-examples.ts'), 'utf8');

/** The lines of an example, moved to the left. */
function exampleOf(name: string): string {
  const [, body = ''] = new RegExp(`^ *// example: ${name}\\n([\\s\\S]*?)^ *// end`, 'm').exec(EXAMPLES) ?? [];
  const indent = /^ */.exec(body)?.[0] ?? '';
  return body
    .split('\n')
    .map((line) => line.replace(indent, ''))
    .join('\n')
    .trimEnd();
}

/** The cells of the rows that begin with such a cell. */
function rows(first: RegExp): string[][] {
  const cells = PAGE.split('\n').map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
  return cells.filter(([cell = '']) => first.test(cell));
}

test.each(['frame', 'tries', 'driver'])('the example "%s" is code that runs', (name) => {
  const blocks = [...PAGE.matchAll(/```ts\n([\s\S]*?)\n```/g)].map(([, block = '']) =>
    block.replace(/^import [\s\S]*?;\n+/gm, ''),
  );
  expect(exampleOf(name).length).toBeGreaterThan(50);
  expect(blocks).toContain(exampleOf(name));
});

test('and does what the page says', async () => {
  expect(PAGE).toContain(wordsOf(frame()).split(' ').join('\n'));
  expect(wordsOf(tries())).toBe('a0800002_00000000 a0c10002_00020001 a0800000_40000008 b0c50000_00020064');
  const gce = gceOf();
  await benchOf(gceTree(), gceParts(probe, gce)).powerOn();
  expect(gce.writes).toEqual([[0x1400_c020, 0x0438_0780]]);
});

test('every difference of the driver and of the mailbox stands there, and no other', () => {
  const header = [
    read('src/drivers/mtk-cmdq/mtk-cmdq.ts').text,
    read('src/core/mailbox.ts').text,
    read('src/core/pm-runtime.ts').text,
  ];
  const ids = header.flatMap((text) =>
    [...text.matchAll(/^\/\/ ((?:cmdq|mailbox|rpm)-[DL]\d+) /gm)].map(([, id]) => id),
  );
  expect(rows(/^(cmdq|mailbox|rpm)-/).map(([id]) => id)).toEqual(ids);
  expect(ids.length).toBe(42);
});

test('every id has a test', () => {
  const tests = ['pkt', 'store', 'pkt-patch', 'pkt-linux'].map((name) => `src/drivers/mtk-cmdq/${name}.test.ts`);
  const more = [
    'test/cmdq/driver.test.ts',
    'test/cmdq/client.test.ts',
    'src/core/mailbox.test.ts',
    'src/core/pm-runtime.test.ts',
  ];
  const irq = ['test/conformance/families/cmdq-irq.ts', 'test/cmdq/faults.test.ts'];
  const text = [...tests, ...more, ...irq].map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n');
  const untested = rows(/^(cmdq|mailbox|rpm)-/).filter(([id = '']) => !new RegExp(`${id}\\b`).test(text));
  expect(untested).toEqual([]);
});

test('the table of SoCs is that of the code', () => {
  const table = rows(/^mt\d{4}$/).map(([name, threads, shift, engines, subsystems]) => [
    name,
    threads,
    shift,
    engines,
    subsystems,
  ]);
  const wanted = CMDQ_SOCS.map((name) => {
    const soc = cmdqSoc(name);
    const windows = soc?.windows.filter((upper) => upper >= 0).length;
    return [name, soc?.threads, soc?.shift, soc?.gces, windows].map(String);
  });
  expect(table).toEqual(wanted);
});
