// A recorded run of GCE programs, as the golden file has it, and with its hexadecimal texts as numbers.

/** A number as text, `0x…`, or as a number. */
export type Number64 = string | number;

/** What a thread must look like behind a step. */
export interface ThreadWanted {
  readonly id: number;
  readonly state: string;
  readonly pc: Number64;
  readonly wait_token: Number64;
  readonly irq_status: number;
  readonly exec_cnt: number;
}

/** What must be so behind a step; `writes` are those of the step. */
export interface Wanted {
  readonly writes: readonly (readonly [addr: Number64, value: Number64])[];
  readonly threads: readonly ThreadWanted[];
  readonly curr_irq_status: Number64;
  readonly events?: Readonly<Record<string, number>>;
  readonly spr?: readonly (readonly Number64[])[];
  readonly gpr15?: Number64;
  readonly value?: Number64;
}

/** One step. */
export type Step = { readonly expect: Wanted } & (
  | { readonly do: 'run'; readonly budget?: number }
  | { readonly do: 'event'; readonly id: number }
  | { readonly do: 'reg'; readonly addr: Number64; readonly value: Number64 }
  | { readonly do: 'mmio_write'; readonly offset: number; readonly value: Number64 }
  | { readonly do: 'mmio_read'; readonly offset: number }
  | { readonly do: 'poke'; readonly addr: Number64; readonly word: string }
);

/** A case of the file. */
export interface ExecCase {
  readonly name: string;
  readonly soc: { readonly threads: number; readonly shift_pa: number; readonly prefetch_instructions: number };
  readonly memory: Readonly<Record<string, readonly string[]>>;
  readonly regs: Readonly<Record<string, Number64>>;
  readonly events_set: readonly number[];
  readonly threads: readonly {
    readonly id: number;
    readonly pc: Number64;
    readonly end: Number64;
    readonly priority: number;
    readonly irq_enable: number;
    readonly enable: number;
  }[];
  readonly steps: readonly Step[];
}

const STEPS = new Set(['run', 'event', 'reg', 'mmio_write', 'mmio_read', 'poke']);

/** A case whose steps are all known; a step that nobody can take would pass for one that does nothing. */
export function execCase(data: ExecCase): ExecCase {
  const strange = data.steps.find((step) => !STEPS.has(step.do));
  if (strange !== undefined) throw new Error(`no step ${String(strange.do)}`);
  return data;
}

/** The two words of an instruction, upper first. */
export function wordsOf(text: string): [high: number, low: number] {
  const digits = text.replace(/^0x/, '').padStart(16, '0');
  return [Number.parseInt(digits.slice(0, 8), 16), Number.parseInt(digits.slice(8), 16)];
}
