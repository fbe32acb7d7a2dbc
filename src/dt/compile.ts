// Devicetree source file to tree: the C preprocessor, then the compiler.
import { hasErrors } from '../base/diagnostic.js';
import { type CompileOptions, type CompileResult, compileText, failure, FAULTS, latin1 } from './compile-text.js';
import { preprocess } from './cpp/preprocess.js';
import type { FileReader } from '../base/files.js';

/** Compiles a source file. Never throws; what is wrong is in `diagnostics`. */
export function compile(path: string, files: FileReader, options: CompileOptions = {}): CompileResult {
  const content = files.read(path);
  if (typeof content === 'string') {
    return failure('unreadable-file', { file: path, reason: FAULTS[content] }, path);
  }
  const binary = binaryReason(content);
  if (binary !== undefined) return failure('binary-source', { reason: binary }, path);
  if (options.preprocess === false) return compileText(latin1(content), path, files, options);
  const { includeDirs = [], defines = [] } = options;
  const output = preprocess(path, files, { includeDirs, defines });
  const broken = hasErrors(output.diagnostics);
  const result = broken
    ? { tree: undefined, diagnostics: [], files: [] }
    : compileText(output.text, path, files, options, output.source);
  return {
    tree: result.tree,
    diagnostics: [...output.diagnostics, ...result.diagnostics],
    files: [...new Set([...output.files, ...result.files])],
  };
}

function binaryReason(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xd0 && bytes[1] === 0x0d && bytes[2] === 0xfe && bytes[3] === 0xed) {
    return 'it is a devicetree blob (.dtb)';
  }
  return bytes.subarray(0, 4096).includes(0) ? 'it has NUL bytes' : undefined;
}
