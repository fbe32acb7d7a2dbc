// Releases of Linux in words, and the rules by which their mediatek-drm driver reads a display graph.
import { type DisplayRules, KERNELS } from '../../drivers/mtk-drm/rules.js';

/** A release as people write it, and the rules that it follows. */
export interface Kernel {
  /** `v6.18` */
  readonly name: string;
  readonly rules: DisplayRules;
}

/** The first release of each set of rules, newest first, as major * 1000 + minor. */
const SINCE: readonly (readonly [release: number, rules: DisplayRules])[] = [
  [6_015, KERNELS['v7.1']],
  [6_013, KERNELS['v6.13']],
  [6_001, KERNELS['v6.12']],
];

/** The release that is meant where none is named. */
export const DEFAULT_KERNEL: Kernel = { name: 'v7.1', rules: KERNELS['v7.1'] };

/** A release (`v6.18`, `6.18`, or `6.12.117-amd64` as `uname -r` prints it), or what is wrong with the text. */
export function parseKernel(text: string): Kernel | string {
  const [, major = '', minor = ''] = /^v?(\d{1,2})\.(\d{1,3})(?:\.\d+)?(?:-[\w.+~-]+)?$/.exec(text) ?? [];
  if (major === '') return 'write a release of Linux, as in v6.18';
  const release = Number(major) * 1000 + Number(minor);
  const rules = SINCE.find(([first]) => release >= first)?.[1];
  if (rules === undefined) return 'releases before v6.1 are not known; write a later one, as in v6.18';
  return { name: `v${Number(major)}.${Number(minor)}`, rules };
}

/** Releases to choose from, newest first: each set of rules with its first and last, and those with long support. */
export const OFFERED_KERNELS: readonly string[] = ['v7.1', 'v6.18', 'v6.15', 'v6.14', 'v6.13', 'v6.12', 'v6.6', 'v6.1'];
