// Devicetree source file to tree: the C preprocessor, then the compiler.
import { hasErrors } from '../base/diagnostic.js';
import type { FileReader } from '../base/files.js';
import { type CompileOptions, type CompileResult, compileText } from './compile-text.js';
import { preprocess } from './cpp/preprocess.js';

/** Compiles a source file. Never throws; what is wrong is in `diagnostics`. */
export function compile(path: string, files: FileReader, options: CompileOptions = {}): CompileResult {
  const { includeDirs = [], defines = [], preprocess: wanted = true } = options;
  const output = preprocess(path, files, { includeDirs, defines, preprocess: wanted });
  if (hasErrors(output.diagnostics)) return { tree: undefined, diagnostics: output.diagnostics, files: output.files };
  const result = compileText(output.text, path, files, options, output.source);
  return {
    tree: result.tree,
    diagnostics: [...output.diagnostics, ...result.diagnostics],
    files: [...new Set([...output.files, ...result.files])],
  };
}
