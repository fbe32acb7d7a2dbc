// Our own board, which comes with the package: two folders up from source, compiled file and bundle alike.
import { fileURLToPath } from 'node:url';

/** The path of boards/lab.dts. */
export function labTreePath(): string {
  return fileURLToPath(new URL('../../boards/lab.dts', import.meta.url));
}
