// Our tables beside the headers of the bindings, where a kernel's devicetree sources are at hand.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { EventNames } from './event-names.js';
import { type CmdqSoc, cmdqSoc } from './soc-tables.js';

const HEADERS: Readonly<Record<string, string>> = {
  mt6795: 'gce/mediatek,mt6795-gce.h',
  mt6779: 'gce/mt6779-gce.h',
  mt8173: 'gce/mt8173-gce.h',
  mt8183: 'gce/mt8183-gce.h',
  mt8186: 'gce/mt8186-gce.h',
  mt8188: 'mailbox/mediatek,mt8188-gce.h',
  mt8192: 'gce/mt8192-gce.h',
  mt8195: 'gce/mt8195-gce.h',
};

const folder = ['dts/v7.1', 'dts/v6.18']
  .map((path) => inCorpus(corpusFolders(), path))
  .find((path) => path !== undefined);

describe.skipIf(folder === undefined)('of the headers', () => {
  for (const [name, path] of Object.entries(HEADERS)) {
    const file = join(folder ?? '', 'include/dt-bindings', path);
    test.skipIf(!existsSync(file))(`${name} has every event and every window`, () => {
      const text = readFileSync(file, 'utf8');
      const soc = cmdqSoc(name) as CmdqSoc;
      const theirs = EventNames.ofHeader(text);
      expect(theirs.count).toBeGreaterThan(20);
      const wrong = [...theirs.all()].filter(([id, event]) => soc.eventName(id) !== event);
      expect(wrong).toEqual([]);
      const windows = [...text.matchAll(/^#define SUBSYS_(\w{4})XXXX\s+(\d+)/gm)];
      expect(windows.map(([, upper = '']) => [soc.subsysOf(Number.parseInt(upper, 16) * 0x10000), upper])).toEqual(
        windows.map(([, upper, id]) => [Number(id), upper]),
      );
    });
  }
});
