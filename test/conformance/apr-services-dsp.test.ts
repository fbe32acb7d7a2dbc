import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../sources.js';
import { APR_SERVICES_DSP } from './families/apr-services-dsp.js';
import { tally } from './runner.js';

test('the DSP accepts what real drivers send, and answers what they accept', async () => {
  const vectors = APR_SERVICES_DSP.pick(JSON.parse(readFileSync(join(ROOT, 'test/golden/apr-services.json'), 'utf8')));
  const { passed, deviations, failed } = await tally(APR_SERVICES_DSP, vectors ?? [], { dir: '', corpus: [] });
  expect({ passed, deviations: [...deviations], failed }).toEqual({
    passed: 4,
    deviations: [['qdsp6-R1', ['session']]],
    failed: [],
  });
});
