// Where a verb's product goes: a file, or the standard output.
import { Option } from '@commander-js/extra-typings';
import { decompile } from '../dt/decompile.js';
import { checkWriteOptions, type FdtWriteOptions, writeFdt } from '../dt/fdt-write.js';
import type { DtTree } from '../dt/tree.js';
import { writeFileWhole } from '../host/output.js';
import type { Io } from './io.js';
import { cannotWrite, Refusal } from './refusal.js';

/** What a tree is written as. */
export type OutputForm = 'dtb' | 'dts';

/** `-o`. */
export function outputOption(): Option<'-o, --output <FILE>'> {
  return new Option('-o, --output <FILE>', 'where to write; standard output when left out or -');
}

/** `-O`. */
export function formOption(): Option<'-O, --output-form <FORM>', undefined, 'dtb', undefined, false, OutputForm> {
  return new Option('-O, --output-form <FORM>', 'blob or source')
    .choices(['dtb', 'dts'] as const)
    .default('dtb' as const, 'dtb');
}

/** The tree as bytes of a blob or text of source. Refuses sizes that no blob can have. */
export function treeContent(
  tree: DtTree,
  form: OutputForm,
  options: FdtWriteOptions & { readonly sort?: boolean } = {},
): string | Uint8Array {
  if (form === 'dts') return decompile(tree, { sort: options.sort === true });
  const [wrong] = checkWriteOptions(options);
  if (wrong !== undefined) throw new Refusal(2, 'dt', wrong.text, 'see bringup dt compile --help');
  return writeFdt(tree, options);
}

/** Writes it. A file is whole or as it was; bytes are not written to a terminal. */
export function writeProduct(io: Io, path: string | undefined, content: string | Uint8Array): void {
  if (path === undefined || path === '-') {
    if (typeof content !== 'string' && io.stdout.isTTY) {
      throw new Refusal(2, 'standard output', 'a blob is not for a terminal', 'name a file: -o FILE');
    }
    io.stdout.write(content);
    return;
  }
  const fault = writeFileWhole(io.cwd, path, content);
  if (fault !== undefined) throw cannotWrite(path, fault);
}
