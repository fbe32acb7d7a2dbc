// Where the built page is: two folders up from source, compiled file and bundle alike.
import { fileURLToPath } from 'node:url';

/** The folder that `npm run page:build` makes, and that comes with the package. */
export function pageFolder(): string {
  return fileURLToPath(new URL('../../page', import.meta.url));
}
