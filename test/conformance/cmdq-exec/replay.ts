// Replays a recorded run on the engine, and compares what the recording says behind each step.
import { type GceSoc, GceSimulator } from '../../../src/chips/gce/gce.js';
import { type ExecCase, type Number64, type Step, wordsOf } from './case.js';

/** Where the engine of the recordings sits, and its subsystems. */
const BASE = 0x1021_2000;
const MEMORY = 0x4000_0000;
const SUBSYS = [undefined, 0x1400_0000, 0x1401_0000, 0x1402_0000];

/** Why the engine differs from the recording; undefined when it does not. */
export function replay(one: ExecCase): string | undefined {
  const rig = new Rig(one);
  for (const [index, step] of one.steps.entries()) {
    const value = rig.take(step);
    const seen = JSON.stringify(rig.see(step, value));
    const wanted = JSON.stringify(wantedOf(step));
    if (seen !== wanted) return `step ${index} (${step.do}): ${seen}, recorded ${wanted}`;
  }
  return undefined;
}

class Rig {
  readonly #case: ExecCase;
  readonly #gce: GceSimulator;
  #writes: [number, number][] = [];

  constructor(one: ExecCase) {
    this.#case = one;
    const { threads, shift_pa: shift, prefetch_instructions: prefetch } = one.soc;
    const soc: GceSoc = {
      threads,
      shift: shift === 0 ? 0 : 3,
      subsys: SUBSYS,
      irqLevel: 'low',
      memoryBase: MEMORY,
      bases: [BASE],
      control: { software: false, ddr: false },
      cpr: shift !== 0,
    };
    const write = (_: number, addr: number, value: number): void => void this.#writes.push([addr, value]);
    this.#gce = new GceSimulator({ soc, prefetch, hooks: { write } });
    this.#setUp();
  }

  #setUp(): void {
    const { memory, regs, events_set: events, threads } = this.#case;
    for (const [addr, words] of Object.entries(memory))
      this.#gce.memory.putInstructions(Number(addr), words.map(wordsOf));
    for (const [addr, value] of Object.entries(regs)) this.#setWord(Number(addr), Number(value));
    for (const id of events) this.#gce.engine.fire(id);
    for (const { id, pc, end, priority, irq_enable: irqEnable, enable } of threads)
      this.#gce.start(id, { pc: Number(pc), end: Number(end), priority, irqEnable, enable: enable === 1 });
  }

  /** One step; answers what was read. */
  take(step: Step): number | undefined {
    this.#writes = [];
    const { engine, registers, memory } = this.#gce;
    if (step.do === 'run') engine.run(step.budget);
    else if (step.do === 'event') engine.fire(step.id);
    else if (step.do === 'reg') this.#setWord(Number(step.addr), Number(step.value));
    else if (step.do === 'mmio_write') registers.write32(step.offset, Number(step.value));
    else if (step.do === 'mmio_read') return registers.read32(step.offset);
    else memory.putInstructions(Number(step.addr), [wordsOf(step.word)]);
    return undefined;
  }

  /** What the recording tells of. */
  see({ expect }: Step, value: number | undefined): unknown {
    const { engine, registers } = this.#gce;
    const ids = Object.keys(expect.events ?? {});
    return {
      writes: this.#writes,
      threads: expect.threads.map(({ id }) => {
        const { state, pc, waitToken, irqStatus, execCount } = engine.look(id);
        return [id, state, pc, waitToken, irqStatus, execCount];
      }),
      irq: registers.read32(0x10),
      events: ids.map((id) => engine.event(Number(id))),
      ...(expect.spr === undefined ? {} : { spr: this.#case.threads.map(({ id }) => engine.look(id).spr) }),
      ...(expect.gpr15 === undefined ? {} : { gpr15: registers.read32(0xbc) }),
      ...(expect.value === undefined ? {} : { value }),
    };
  }

  #setWord(addr: number, value: number): void {
    if (addr < MEMORY) return this.#gce.blocks.write32(addr, value);
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setUint32(0, value, true);
    this.#gce.memory.put(addr, new Uint8Array(bytes.buffer));
  }
}

const numbers = (list: readonly Number64[]): number[] => list.map(Number);

function wantedOf({ expect }: Step): unknown {
  return {
    writes: expect.writes.map(numbers),
    threads: expect.threads.map((t) => {
      return [t.id, t.state, Number(t.pc), Number(t.wait_token), t.irq_status, t.exec_cnt];
    }),
    irq: Number(expect.curr_irq_status),
    events: Object.values(expect.events ?? {}),
    ...(expect.spr === undefined ? {} : { spr: expect.spr.map(numbers) }),
    ...(expect.gpr15 === undefined ? {} : { gpr15: Number(expect.gpr15) }),
    ...(expect.value === undefined ? {} : { value: Number(expect.value) }),
  };
}
