// What this computer offers: each thing that some part of bringup can use, whether it is here, and how to get it.
import { accessSync, closeSync, constants, openSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { codeOf } from './files.js';
import { loadNative } from './native.js';

/** Whether a thing can be used: it is here, it is not, or this user may not use it. */
export type OfferState = 'ok' | 'missing' | 'denied';

/** One thing that this computer may offer. */
export interface Offer {
  /** Short name for programs and for `bringup doctor NAME`. */
  readonly name: string;
  readonly state: OfferState;
  /** What was found: paths, a version; or why not. */
  readonly found: string;
  readonly neededFor: string;
  /** How to get it; the same text whether it is here or not. */
  readonly howToGet: string;
}

/** How `lookAround` sees the computer. */
export interface Surroundings {
  /** Opens a file for reading and writing and closes it again. */
  open(path: string): OfferState;
  /** The names in /dev. */
  devices(): readonly string[];
  /** The path of a program of PATH. */
  program(name: string): string | undefined;
  /** The version of koffi, where it and the C library can be loaded. */
  native(): string | undefined;
  /** The version of an npm package that can be loaded, or undefined. */
  packageVersion(name: string): string | undefined;
  /** Node's version, without `v`. */
  readonly node: string;
}

type Seen = Pick<Offer, 'state' | 'found'>;
type Check = Omit<Offer, keyof Seen> & { readonly look: (here: Surroundings) => Seen };

/** Every check, in the order of the report. */
const CHECKS: readonly Check[] = [
  {
    name: 'node',
    neededFor: 'everything',
    howToGet: 'install Node 20.19 or newer from https://nodejs.org',
    look: (here) => ({ state: isNewEnough(here.node) ? 'ok' : 'missing', found: `Node ${here.node}` }),
  },
  {
    name: 'fuse',
    neededFor: 'showing sysfs of modelled devices to programs',
    howToGet: 'modprobe fuse; where it is denied: chmod 0666 /dev/fuse as root, as udev does',
    look: (here) => file(here, '/dev/fuse'),
  },
  {
    name: 'fusermount3',
    neededFor: 'mounting sysfs as a user other than root, together with koffi',
    howToGet: 'apt-get install fuse3',
    look: (here) => found(here.program('fusermount3'), 'not in PATH'),
  },
  {
    name: 'unshare',
    neededFor: 'running one command with the modelled machine at /sys (boot --sysfs-run)',
    howToGet: 'apt-get install util-linux',
    look: (here) => found(here.program('unshare'), 'not in PATH'),
  },
  {
    name: 'tap',
    neededFor: 'joining modelled network ports to the Linux network stack',
    howToGet: 'modprobe tun; without root: unshare -Urn, or ask for access to /dev/net/tun',
    look: (here) => file(here, '/dev/net/tun'),
  },
  {
    name: 'i2c-dev',
    neededFor: 'real I2C chips',
    howToGet: 'modprobe i2c-dev; without a board: modprobe i2c-stub chip_addr=0x40; access: join the group i2c',
    look: (here) => devices(here, /^i2c-\d+$/),
  },
  {
    name: 'rpmsg',
    neededFor: 'asking the audio DSP of a real board (apr services --device)',
    howToGet: 'modprobe rpmsg_char on a board whose remote processor is running; docs/apr.md: On a real board',
    look: (here) => devices(here, /^rpmsg(_ctrl)?\d+$/),
  },
  {
    name: 'koffi',
    neededFor: 'the system calls behind tap, i2c-dev, rpmsg_ctrl and mounting without root',
    howToGet: 'npm install koffi (optional; bringup runs without it)',
    look: (here) => found(here.native(), 'not installed, or not for this system'),
  },
  {
    name: 'dtc',
    neededFor: 'comparing with the reference compiler in tests; bringup compiles by itself',
    howToGet: 'apt-get install device-tree-compiler',
    look: (here) => found(here.program('dtc'), 'not in PATH'),
  },
  {
    name: 'cpp',
    neededFor: 'comparing with the reference preprocessor in tests; bringup preprocesses by itself',
    howToGet: 'apt-get install cpp',
    look: (here) => found(here.program('cpp'), 'not in PATH'),
  },
  {
    name: 'typescript',
    neededFor: 'changing bringup itself; running it needs no compiler',
    howToGet: 'npm ci in a checkout',
    look: (here) => found(here.packageVersion('typescript'), 'not installed'),
  },
];

/** Looks at everything, in a fixed order. Opens device files and closes them again; changes nothing. */
export function lookAround(here: Surroundings = thisComputer()): Offer[] {
  return CHECKS.map(({ look, ...about }) => ({ ...about, ...look(here) }));
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

function found(what: string | undefined, otherwise: string): Seen {
  return what === undefined ? { state: 'missing', found: otherwise } : { state: 'ok', found: what };
}

const WORD: Readonly<Record<OfferState, string>> = { ok: '', missing: ' is not there', denied: ' may not be opened' };

function file(here: Surroundings, path: string): Seen {
  const state = here.open(path);
  return { state, found: path + WORD[state] };
}

/** Devices of one kind; one that can be opened is enough. */
function devices(here: Surroundings, pattern: RegExp): Seen {
  const paths = here.devices().flatMap((name) => (pattern.test(name) ? [`/dev/${name}`] : []));
  if (paths.length === 0) return { state: 'missing', found: 'none in /dev' };
  const usable = paths.filter((path) => here.open(path) === 'ok');
  if (usable.length === 0) return { state: 'denied', found: `${paths.join(', ')}${WORD.denied}` };
  return { state: 'ok', found: usable.join(', ') };
}

function thisComputer(): Surroundings {
  return {
    open,
    devices: namesInDev,
    program,
    native: () => loadNative()?.version,
    packageVersion,
    node: process.versions.node,
  };
}

function open(path: string): OfferState {
  try {
    closeSync(openSync(path, 'r+'));
    return 'ok';
  } catch (e) {
    return ['EACCES', 'EPERM'].includes(codeOf(e)) ? 'denied' : 'missing';
  }
}

function namesInDev(): readonly string[] {
  try {
    return readdirSync('/dev').sort();
  } catch {
    return [];
  }
}

function program(name: string): string | undefined {
  const paths = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function packageVersion(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require(`${name}/package.json`) as { readonly version?: string };
    return manifest.version;
  } catch {
    return undefined;
  }
}
