// The version of this program, from its package.json: two folders up from source, compiled file and bundle alike.
import { readFileSync } from 'node:fs';

/** Read when asked for: a run that does not print it does not open the file. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
