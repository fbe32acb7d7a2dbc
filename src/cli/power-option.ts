// What the verbs of `power` take: where to look, and how the chip on a real bus is soldered in.
import { Command, Option } from '@commander-js/extra-typings';
import { hexNumber } from '../base/bytes.js';
import { faultOption, faultsHelp, seedOption, setOption } from './machine-option.js';
import { type SourceOptions, USUAL_ADDRESS } from './power-source.js';
import { parseAddress, parseBus, parseLabels, parseShunts } from './shunt.js';
import { traceOption } from './trace-file.js';
import { defineOption, includeOption, overlayOption } from './tree-file.js';
import { parsed } from './verb.js';

const OF_A_TREE = ['set', 'seed', 'overlay', 'include', 'define'] as const;

const REAL = `
On a real bus (--bus) the driver resets the chip when it starts and powers it down when it ends:
limits that somebody set are gone, and who measures afterwards has to start the chip again. It needs
the package koffi, access to /dev/i2c-N (see bringup doctor), and a chip that no driver of the kernel
holds; with --force both talk to it, and the kernel's driver finds it powered down in the end.

The total is that of the rail that feeds the board (VDD_IN, POM_5V_IN, VIN), since the others are
fed from it. Without such a rail it is the sum of all, if all have names.

Exit code 1: something could not be read, or a monitor did not come up.
`;

/** A command with the argument and the options that all of them have. */
export function powerCommand(name: string) {
  return new Command(name)
    .argument('[TREE]', 'devicetree, source or blob, of a machine to model; - reads standard input')
    .addOption(
      new Option('--bus <DEVICE>', 'look at a real chip: /dev/i2c-1, or 1')
        .argParser(parsed(parseBus))
        .conflicts([...OF_A_TREE]),
    )
    .addOption(
      new Option('--address <ADDR>', 'where the chip is on the bus')
        .argParser(parsed(parseAddress))
        .default(undefined, hexNumber(USUAL_ADDRESS, 2)),
    )
    .addOption(
      new Option(
        '--shunt <OHMS,...>',
        'shunts of the inputs, one for all or three: 10m, 500u, 0.005, R100, - for none',
      ).argParser(parsed(parseShunts)),
    )
    .addOption(
      new Option('--label <NAME,...>', 'what the inputs measure, as in VDD_IN,VDD_CPU,VDD_SOC').argParser(
        parsed(parseLabels),
      ),
    )
    .option('--force', 'take over a chip that a driver of the kernel holds')
    .addOption(setOption())
    .addOption(faultOption())
    .addOption(seedOption())
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .addOption(traceOption())
    .addHelpText('after', REAL)
    .addHelpText('after', () => faultsHelp((where) => where.startsWith('i2c.')).trimStart());
}

type Given = Omit<SourceOptions, 'seed' | 'param'> & { readonly seed: { readonly seed: string } };

/** The options as commander gives them, with the seed where machines look for it. Drivers have their defaults. */
export function sourceOptions<T extends Given>(options: T): Omit<T, 'seed'> & SourceOptions {
  return { ...options, ...options.seed, param: [] };
}
