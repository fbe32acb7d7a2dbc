// `--kernel`: a release of Linux in words.
import { Option } from '@commander-js/extra-typings';
import { DEFAULT_KERNEL, type Kernel, parseKernel } from '../review/display/kernels.js';
import { parsed } from './verb.js';

/** `--kernel`. */
export function kernelOption(): Option<'--kernel <RELEASE>', undefined, Kernel, undefined, false, Kernel> {
  return new Option('--kernel <RELEASE>', 'the release of Linux whose driver reads the tree')
    .argParser(parsed(parseKernel))
    .default(DEFAULT_KERNEL, DEFAULT_KERNEL.name);
}
