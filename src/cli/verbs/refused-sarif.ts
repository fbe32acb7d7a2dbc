// `--sarif` of a tree that is refused: what is wrong with it is what the file has.
import type { Io } from '../io.js';
import { Refusal } from '../refusal.js';

/**
 * What `load` answers. When it refuses a tree, the reasons are written to `file` first, where one is wanted: the file
 * of an earlier run would tell of a tree that is no more.
 */
export async function sarifOfRefusal<T>(io: Io, file: string | undefined, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (e) {
    if (file !== undefined && e instanceof Refusal && e.diagnostics.length > 0) {
      const { writeFindings } = await import('./display-sarif.js');
      writeFindings(io, e.where, file, e.diagnostics);
    }
    throw e;
  }
}
