// The options that say what machine is built and what becomes of it: `--seed`, `--fault`, `--set`, `--param`.
import { Option } from '@commander-js/extra-typings';
import { FAULT_MENU } from '../bus/fault-menu.js';
import { DRIVER_PARAMS } from '../stock/catalogue.js';
import { parseSeed } from './machine.js';
import { alignRows } from './text-table.js';
import { parsed, type Repeated, repeated } from './verb.js';

/** `--seed`. */
export function seedOption(): Option<
  '--seed <SEED>',
  undefined,
  { readonly seed: string },
  undefined,
  false,
  { readonly seed: string }
> {
  return new Option('--seed <SEED>', 'same seed, same run').argParser(parsed(parseSeed)).default({ seed: '1' }, '1');
}

/** `--fault`. */
export function faultOption(): Repeated<'--fault <PLAN>'> {
  return repeated('--fault <PLAN>', 'what goes wrong, as in i2c.data@0x40#3=nack-data (repeatable)');
}

/** `--set`. */
export function setOption(): Repeated<'--set <DEVICE:KNOB=VALUE>'> {
  return repeated('--set <DEVICE:KNOB=VALUE>', 'turn a knob around a chip, as in power@40:bus1Mv=12000 (repeatable)');
}

/** `--param`. */
export function paramOption(): Repeated<'--param <DRIVER.NAME=VALUE>'> {
  return repeated(
    '--param <DRIVER.NAME=VALUE>',
    'set a parameter of a driver, as in ina3221.channels=patch (repeatable)',
  );
}

/** What `--param` takes, from the table that also checks it. */
export function paramsHelp(): string {
  const rows = DRIVER_PARAMS.map(({ name, values, about }) => [name, values.join(', '), about]);
  return `\nParameters of drivers (the first value when not given):\n${alignRows(rows).join('\n')}`;
}

/** What `--fault` takes, from the table that also checks it. `matters` are the places that exist there. */
export function faultsHelp(matters: (where: string) => boolean = () => true): string {
  const menu = FAULT_MENU.filter(({ where }) => matters(where));
  const rows = menu.map(({ where, whats }) => [where, whats.join(', ')]);
  return `\nFaults, as PLACE@WHICH#NTH=WHAT (without @ every one, without # each time):\n${alignRows(rows).join('\n')}`;
}
