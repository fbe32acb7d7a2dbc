// The table of verbs. Only the wanted one is loaded, so that a run starts fast however many there are.
import type { VerbEntry } from './verb.js';

/** Every verb, in the order of `bringup --help`. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'boot',
    summary: 'create, plug and probe the devices of a devicetree, let time pass, read the rails',
    load: () => import('./verbs/boot.js'),
  },
  {
    name: 'devices',
    summary: 'list what became of every device of a devicetree, without running',
    load: () => import('./verbs/devices.js'),
  },
  {
    name: 'display',
    summary: 'say whether the MediaTek display of a tree comes up on a given kernel, and why not',
    load: () => import('./verbs/display.js'),
  },
  {
    name: 'dt',
    summary: 'compile, decompile, check, merge, compare and ask devicetrees, without dtc',
    verbs: [
      {
        name: 'compile',
        summary: 'compile devicetree source to a blob',
        load: () => import('./verbs/dt-compile.js'),
      },
      {
        name: 'decompile',
        summary: 'write a blob as source',
        load: () => import('./verbs/dt-decompile.js'),
      },
      {
        name: 'lint',
        summary: "find what is wrong with a tree: dtc's checks, and rules about displays",
        load: () => import('./verbs/dt-lint.js'),
      },
      {
        name: 'overlay',
        summary: 'apply overlays to a tree',
        load: () => import('./verbs/dt-overlay.js'),
      },
      {
        name: 'diff',
        summary: 'compare two trees by meaning',
        load: () => import('./verbs/dt-diff.js'),
      },
      {
        name: 'query',
        summary: 'find nodes of a tree',
        load: () => import('./verbs/dt-query.js'),
      },
    ],
  },
  {
    name: 'power',
    summary: 'read and watch power rails, of a modelled machine or on a real I2C bus',
    verbs: [
      {
        name: 'read',
        summary: 'read the rails once',
        load: () => import('./verbs/power-read.js'),
      },
      {
        name: 'watch',
        summary: 'watch the rails in real time, in a live table or a file',
        load: () => import('./verbs/power-watch.js'),
      },
    ],
  },
  {
    name: 'explain',
    summary: 'say what lines of a kernel log mean, and what to look at next',
    load: () => import('./verbs/explain.js'),
  },
  {
    name: 'doctor',
    summary: 'say what this computer offers: FUSE, TAP, I2C, rpmsg, native library',
    load: () => import('./verbs/doctor.js'),
  },
];
