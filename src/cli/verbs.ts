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
    name: 'flip',
    summary: 'show pictures on a display through the GCE and through the processor, and find torn frames',
    load: () => import('./verbs/flip.js'),
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
    name: 'cmdq',
    summary: 'read, write, run and compare programs of the GCE, the command queue of MediaTek SoCs',
    verbs: [
      {
        name: 'disassemble',
        summary: 'write a program, a dump of one or the log of a hung thread as assembly, with names',
        load: () => import('./verbs/cmdq-disassemble.js'),
      },
      {
        name: 'assemble',
        summary: 'assemble a program',
        load: () => import('./verbs/cmdq-assemble.js'),
      },
      {
        name: 'run',
        summary: 'run programs on a modelled GCE, and say where one is stuck and why',
        load: () => import('./verbs/cmdq-run.js'),
      },
      {
        name: 'lint',
        summary: 'find what is wrong with programs, and with what devicetrees say of the GCE',
        load: () => import('./verbs/cmdq-lint.js'),
      },
      {
        name: 'diff',
        summary: 'compare two programs by what they do',
        load: () => import('./verbs/cmdq-diff.js'),
      },
    ],
  },
  {
    name: 'apr',
    summary: 'play and record through the audio DSP of Qualcomm SoCs, read its packets, find its services',
    verbs: [
      {
        name: 'play',
        summary: 'play sound through the packets of the APR bus to the modelled DSP, and write what was heard',
        load: () => import('./verbs/apr-play.js'),
      },
      {
        name: 'record',
        summary: 'record what comes in at a port of the modelled DSP',
        load: () => import('./verbs/apr-record.js'),
      },
      {
        name: 'decode',
        summary: 'write packets in words, and say who gets each or by which rule it is refused',
        load: () => import('./verbs/apr-decode.js'),
      },
      {
        name: 'services',
        summary: 'list the services of a devicetree, their devices, ports and protection domains',
        load: () => import('./verbs/apr-services.js'),
      },
    ],
  },
  {
    name: 'dpaa',
    summary: 'read what DPAA, the Ethernet of QorIQ and Layerscape SoCs, has in memory and in devicetrees',
    verbs: [
      {
        name: 'decode',
        summary: 'write frame descriptors, scatter/gather tables and buffers in words, and what is wrong with them',
        load: () => import('./verbs/dpaa-decode.js'),
      },
      {
        name: 'ports',
        summary: 'list the ports, MACs, portals and memory of a devicetree, and what is missing',
        load: () => import('./verbs/dpaa-ports.js'),
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
    name: 'page',
    summary: 'serve the page, in which a devicetree becomes a board, to a browser of this computer',
    load: () => import('./verbs/page.js'),
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
