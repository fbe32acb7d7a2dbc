// A machine as a person asks for it: tree, seed, faults, parameters and knobs in words, a powered bench out.
import { isErrno } from '../base/errno.js';
import { Bench, type BenchParts, type Wiring } from '../bench/bench.js';
import { FaultPlan } from '../bus/fault-plan.js';
import { parseFaults } from '../bus/fault-text.js';
import type { DspOptions } from '../chips/qdsp6/qdsp6.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import { boardWiring, chipModels, DRIVER_PARAMS, drivers } from './catalogue.js';
import { InputError } from './input-error.js';
import { socLines } from './soc-lines.js';

/** What the options of `boot` say about the machine. */
export interface MachineOptions {
  readonly seed: string;
  /** Planned faults in text form, each option may hold several. */
  readonly fault: readonly string[];
  /** `DEVICE:KNOB=VALUE`; DEVICE is a path, an alias, a label, or a node's name that no other has. */
  readonly set: readonly string[];
  /** `DRIVER.NAME=VALUE`, of the table of driver parameters. */
  readonly param: readonly string[];
}

/** A seed is a word, so that it can be typed again: letters, digits, `.`, `_`, `-`. */
export function parseSeed(text: string): { readonly seed: string } | string {
  return /^[\w.-]{1,64}$/.test(text) ? { seed: text } : 'write 1 to 64 letters, digits, dots or dashes, as in 42';
}

/**
 * What the world gives a machine: how promises settle there, real ends in place of models, how late the processor is,
 * who hears the audio DSP.
 */
export type MachineParts = Pick<BenchParts, 'settle' | 'realI2c' | 'realRpmsg' | 'pace' | 'irqLatency'> & {
  readonly dsp?: DspOptions;
};

/**
 * Builds the machine; nothing has power yet. InputError for faults and knobs that are not of their text form.
 */
export function buildMachine(tree: DtTree, options: MachineOptions, parts: MachineParts): Bench {
  const faults = options.fault.flatMap((text) => {
    const { points, diagnostics } = parseFaults(text);
    const [first] = diagnostics;
    if (text.trim() === '') throw new InputError('--fault', 'the plan is empty', 'see bringup boot --help');
    if (first !== undefined) throw new InputError(`--fault ${text}`, first.text, 'see bringup boot --help');
    return points;
  });
  const { dsp, ...rest } = parts;
  return new Bench({
    ...rest,
    ...socLines(tree),
    tree,
    drivers: drivers(parseParams(options.param)),
    chips: chipModels(dsp),
    seed: options.seed,
    faults: (trace) => new FaultPlan(faults, trace),
    wiring: wiringWith(tree, options.set),
  });
}

function parseParams(texts: readonly string[]): Map<string, string> {
  return new Map(texts.map(parseParam));
}

function parseParam(text: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const known = DRIVER_PARAMS.find((param) => param.name === name);
  const where = `--param ${text === '' ? "''" : text}`;
  if (known === undefined) {
    const names = DRIVER_PARAMS.map((param) => param.name).join(', ');
    const what = name === '' ? 'this is no parameter' : `no driver has a parameter ${name}`;
    throw new InputError(where, what, `write NAME=VALUE; there are ${names}`);
  }
  if (known.values.includes(value)) return [name, value];
  throw new InputError(where, `${name} cannot be '${value}'`, `use one of ${known.values.join(', ')}`);
}

/** Powers it on. InputError for a knob that its chip does not have, or a value outside its limits. */
export async function powerOn(bench: Bench, options: MachineOptions): Promise<void> {
  try {
    await bench.powerOn();
  } catch (e) {
    if (options.set.length > 0 && isErrno(e, 'EINVAL'))
      throw new InputError('--set', e.message.replace(' (EINVAL)', ''), 'choose what fits');
    throw e;
  }
  for (const text of options.set) {
    const { node } = parseSetting(bench.tree, text);
    if (bench.sockets.has(node.path)) continue;
    const there = [...bench.sockets.keys()].join(', ') || 'none';
    throw new InputError(`--set ${text}`, `no chip model sits at ${node.path}`, `there are models at: ${there}`);
  }
}

/** The board's own wiring, with the settings of the command line over it. They hold from power-on, before any probe. */
function wiringWith(tree: DtTree, settings: readonly string[]): Wiring {
  const own = new Map<DtNode, Record<string, number>>();
  for (const text of settings) {
    const { node, knob, value } = parseSetting(tree, text);
    own.set(node, { ...own.get(node), [knob]: value });
  }
  return (node, model) => ({ ...boardWiring(node, model), ...own.get(node) });
}

/** `DEVICE:KNOB=VALUE` as a node, a knob and a number; InputError where it is none. */
export function parseSetting(
  tree: DtTree,
  text: string,
  option = '--set',
): { node: DtNode; knob: string; value: number } {
  const where = `${option} ${text === '' ? "''" : text}`;
  const match = /^(.+):([A-Za-z]\w*)=(-?\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) {
    const form = 'write DEVICE:KNOB=VALUE, as in /soc/i2c@0/power@40:bus1Mv=12000';
    throw new InputError(where, 'this is no setting', form);
  }
  const [, device = '', knob = '', value = ''] = match;
  return { node: findNode(tree, device, where), knob, value: Number(value) };
}

/** A node by path, alias or label, or by a name that only one node has. */
export function findNode(tree: DtTree, device: string, where: string): DtNode {
  const node = tree.byPath(device) ?? tree.byLabel(device);
  if (node !== undefined) return node;
  const [first, ...others] = [...tree.root.walk()].filter(({ name }) => name === device);
  if (first !== undefined && others.length === 0) return first;
  const what = first === undefined ? `no node is called ${device}` : `${others.length + 1} nodes are called ${device}`;
  throw new InputError(where, what, 'write a path of the tree, an alias or a label');
}
