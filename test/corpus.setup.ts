// Runs once before the tests: says plainly what is left out where there are no real devicetrees.
import { corpusFolders } from './corpus.js';

/** Called by vitest. */
export function setup(): void {
  if (corpusFolders().length > 0) return;
  process.stderr.write(
    'no devicetrees of real boards here (BRINGUP_CORPUS, ../shared, or what `npm run corpus` fetches): ' +
      'tests that need them are skipped\n',
  );
}
