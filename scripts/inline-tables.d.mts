import type { Plugin } from 'esbuild';

/** Writes numbers of tables where they are used. */
export const INLINE_TABLES: Plugin;
/** The tables at the top of a source that are numbers only. */
export function tablesOf(text: string): Map<string, Readonly<Record<string, number>>>;
