// `--kernel`: a release of Linux in words, and the rules by which its mediatek-drm driver reads a display graph.
import { Option } from '@commander-js/extra-typings';
import { type DisplayRules, KERNELS } from '../drivers/mtk-drm/rules.js';
import { parsed } from './verb.js';

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

const DEFAULT: Kernel = { name: 'v7.1', rules: KERNELS['v7.1'] };

/** A release (`v6.18`, `6.18`, or `6.12.117-amd64` as `uname -r` prints it), or what is wrong with the text. */
export function parseKernel(text: string): Kernel | string {
  const [, major = '', minor = ''] = /^v?(\d{1,2})\.(\d{1,3})(?:\.\d+)?(?:-[\w.+~-]+)?$/.exec(text) ?? [];
  if (major === '') return 'write a release of Linux, as in v6.18';
  const release = Number(major) * 1000 + Number(minor);
  const rules = SINCE.find(([first]) => release >= first)?.[1];
  if (rules === undefined) return 'releases before v6.1 are not known; write a later one, as in v6.18';
  return { name: `v${Number(major)}.${Number(minor)}`, rules };
}

/** `--kernel`. */
export function kernelOption(): Option<'--kernel <RELEASE>', undefined, Kernel, undefined, false, Kernel> {
  return new Option('--kernel <RELEASE>', 'the release of Linux whose driver reads the tree')
    .argParser(parsed(parseKernel))
    .default(DEFAULT, DEFAULT.name);
}
