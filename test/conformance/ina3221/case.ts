// One recorded case of the INA3221 (schema: test/golden/ina3221.md), read into numbers.
import { isRecord } from '../family.js';

/** Registers by address. */
export type Registers = ReadonlyMap<number, number>;

/** A transfer: read or write, register, value, and the errno with which it failed. */
export type Transfer = readonly [op: 'r' | 'w', reg: number, value: number, errno?: number];

/** What is done to a bound driver. */
export interface Operation {
  readonly op: 'read' | 'write' | 'probe' | 'suspend' | 'resume';
  readonly attr?: string;
  readonly value?: string;
  /** For operations before the one that counts: what the original answered. */
  readonly ret?: number;
}

/** Registers that are set behind the driver's back. */
export interface Force {
  readonly force: Registers;
}

/** One input as the case's devicetree has it. */
export interface InputSpec {
  readonly reg?: number;
  readonly label?: string;
  readonly shunt_micro_ohms?: number;
  readonly disabled?: boolean;
  readonly summation_disable?: boolean;
}

/** State and answer after an operation. */
export interface Outcome {
  readonly ret: number;
  readonly text: string | undefined;
  readonly bus: readonly Transfer[];
  readonly chip: Registers;
  readonly cache: Registers;
  readonly sleptUs: number;
  readonly summationShunt: number | undefined;
}

/** A case, and what the original did. */
export interface Case {
  readonly family: 'seed' | 'hwmon';
  readonly adapter: 'i2c' | 'smbus-word';
  readonly beforeProbe: Registers;
  readonly singleShot: boolean;
  /** Undefined without devicetree node. */
  readonly inputs: readonly InputSpec[] | undefined;
  readonly beforeOps: readonly (Operation | Force)[];
  readonly force: Registers;
  readonly fault: { readonly after: number; readonly errno: number } | undefined;
  readonly chipBefore: Registers;
  readonly cacheBefore: Registers;
  readonly operation: Operation;
  readonly expected: Outcome;
}

/** Reads a case. Throws on one that is not of the schema. */
export function readCase(json: unknown): Case {
  const data = objectOf(json);
  const setup = objectOf(data['setup']);
  const dt = setup['dt'] === undefined ? undefined : objectOf(setup['dt']);
  const fault = setup['bus_fault'] === undefined ? undefined : objectOf(setup['bus_fault']);
  return {
    family: data['family'] as Case['family'],
    adapter: setup['adapter'] as Case['adapter'],
    beforeProbe: registersOf(setup['chip_before_probe']),
    singleShot: dt?.['single_shot'] === true,
    inputs: dt === undefined ? undefined : ((dt['inputs'] ?? []) as readonly InputSpec[]),
    beforeOps: ((setup['before_ops'] ?? []) as readonly Record<string, unknown>[]).map(stepOf),
    force: registersOf(setup['force']),
    fault:
      fault === undefined
        ? undefined
        : { after: Number(fault['after_good_transactions']), errno: Number(fault['errno']) },
    chipBefore: registersOf(data['chip_before']),
    cacheBefore: registersOf(data['cache_before']),
    operation: data['operation'] as Operation,
    expected: outcomeOf(objectOf(data['expected'])),
  };
}

/** Reads an operation at which the original died: a case of which only the beginning is known. */
export function readAbort(json: unknown): Case {
  const data = objectOf(json);
  const setup = { adapter: 'i2c', ...objectOf(data['setup']) };
  return readCase({ ...data, setup, expected: { ret: 0, bus: [] } });
}

function stepOf(step: Record<string, unknown>): Operation | Force {
  return 'force' in step ? { force: registersOf(step['force']) } : (step as unknown as Operation);
}

function outcomeOf(expected: Record<string, unknown>): Outcome {
  const bus = expected['bus'] as readonly (readonly [op: 'r' | 'w', reg: string, value: string, errno?: number])[];
  return {
    ret: Number(expected['ret']),
    text: expected['text'] as string | undefined,
    bus: bus.map(([op, reg, value, errno]) => {
      const transfer = [op, Number(reg), Number(value)] as const;
      return errno === undefined ? transfer : [...transfer, errno];
    }),
    chip: registersOf(expected['chip_after']),
    cache: registersOf(expected['cache_after']),
    sleptUs: Number(expected['slept_us'] ?? 0),
    summationShunt: expected['summation_shunt'] as number | undefined,
  };
}

function registersOf(json: unknown): Registers {
  const entries = Object.entries((json ?? {}) as Record<string, string>);
  return new Map(entries.map(([reg, value]) => [Number(reg), Number(value)]));
}

function objectOf(json: unknown): Record<string, unknown> {
  if (!isRecord(json)) throw new Error('the case is not of the schema in test/golden/ina3221.md');
  return json;
}
