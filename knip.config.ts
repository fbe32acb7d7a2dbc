// What knip may take for granted: the files that something outside the code starts or imports.
// Tests are entries (knip finds vitest's configs by itself), so an export that only a test uses counts as used here;
// `npx knip --production` lists those.
import { existsSync, readdirSync } from 'node:fs';
import type { KnipConfig } from 'knip';

/** The package's exports `./drivers/*` and `./chips/*`: in each folder the file with the folder's own name. */
const doors = ['src/drivers', 'src/chips'].flatMap((room) =>
  existsSync(room) ? readdirSync(room).map((device) => `${room}/${device}/${device}.ts!`) : [],
);

const config: KnipConfig = {
  entry: [
    'src/cli/main.ts!',
    'src/*/index.ts!',
    'scripts/lock.mjs',
    ...doors.filter((door) => existsSync(door.slice(0, -1))),
    'bin/*.mjs!',
    'perf/{run,*.perf}.ts',
    'test/soak/*.ts',
  ],
  project: [
    'src/**/*.ts!',
    'test/**/*.ts',
    'perf/**/*.ts',
    'scripts/**/*.mjs',
    '!test/fixtures/**',
    '!**/*.{test,contract}.ts!',
  ],
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
