// Qualcomm's audio DSP (Hexagon, "QDSP6") behind its edge: a socket around the firmware. It starts, crashes, starts
// again; packets come and go.
//
// No hardware was at hand and Qualcomm's documents are not public. What the model does follows from what Linux's
// drivers send and accept, and from what boards have answered; docs/devices/qdsp6.md says which is which.
//
// Gaps
// 1. Decided here, because no public source says it.
// - A command is done when it arrives, and its answer comes `answerUs` later. Events come at their moment.
// - Frames of all ports of one rate begin at the same moments, counted from the start of time.
// - Statuses that no board was seen to give: see the table in docs/devices/qdsp6.md.
// - `aheadUs` of samples are read before they are heard; WRITE_DONE comes when the last byte of a buffer was read.
//   What the DSP may not read is silence, and its buffer has status EFAILED.
// - FLUSH gives buffers back with status EABORTED. What waits at a CLOSE is answered behind it, with EABORTED.
// - The stream id above bit 32 of an address is at most 15, and not looked at.
// - After a crash everything is gone at once. Nobody loads firmware: software asks for a start, and it comes.
// 2. What the DSP has and the model has not.
// - Compressed formats, gapless change between streams, timestamps, volume, effects, echo cancellation, resampling,
//   sample formats that lose bits, channels that are mixed down: refused with EUNSUPPORTED, never done otherwise.
// - REMOVE_INITIAL_SILENCE and REMOVE_TRAILING_SILENCE of more than nothing.
// - Voice services (MVM, CVS, CVP), USM, LSM, the test service. Clocks and votes are kept and move nothing.
// - Graphs of AudioReach: APM and PRM answer, and nothing is heard. The registry (QMI) of protection domains.
import type { Clock, Duration, Timer } from '../../base/clock.js';
import type { DmaPort } from '../../bus/dma.js';
import type { RpmsgEnd, RpmsgRemote } from '../../bus/rpmsg.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { type AudioInputs, squareInput } from './audio.js';
import { GprMachine } from './gpr-machine.js';
import { DEFAULT_KNOBS, type DspKnob, type DspKnobs, knobs, readingsOf, variantOf } from './knobs.js';
import { inWords } from './look.js';
import { Machine } from './machine.js';
import { DOMAIN_STATE, type DspOptions } from './options.js';
import { Outbox } from './outbox.js';
import { CHANNELS, type Router, SOCS } from './socs.js';
import type { Variant } from './variants.js';

export {
  type AudioBlock,
  type AudioInput,
  type AudioInputs,
  type AudioListener,
  type AudioPort,
  samplesInput,
  squareInput,
} from './audio.js';
export type { AudioFormat } from './format.js';
export type { DspKnob, DspKnobs } from './knobs.js';
export { DOMAIN_STATE, type DomainChange, type DspFinding, type DspOptions } from './options.js';
export { AudioRecorder, type Recording } from './recorder.js';
export { STATUS } from './status.js';
export type { Variant, VariantEffect } from './variants.js';

/**
 * The model for all remote processors of socs.ts. It takes the edge below its node, and memory: what it reads and
 * writes must be mapped for the device of that node.
 */
export function qdsp6Chip(options: DspOptions = {}): ChipModel {
  return {
    name: 'qdsp6',
    compatible: Object.keys(SOCS),
    plug(socket) {
      new Qdsp6(socket, options);
    },
  };
}

const MS = 1_000_000;
const US = 1_000;
const AUDIO_DOMAIN = { path: 'msm/adsp/audio_pd', service: 'avs/audio' } as const;
const CRASHES = ['', 'watchdog', 'fatal error'] as const;
/** Buffers for packets from software, over GLINK: enough for all that a driver hands over in one moment. */
const INTENTS = [
  [512, 64],
  [4096, 4],
] as const;
/** Bits 1:0 of the second byte of an APR packet: a response. */
const RESPONSE = 1;

type State = 'is off' | 'boots' | 'is up' | 'has crashed' | 'restarts its audio domain';

class Qdsp6 {
  readonly #name: string;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #remote: RpmsgRemote;
  readonly #dma: DmaPort;
  readonly #options: DspOptions;
  readonly #knobs: DspKnobs;
  readonly #router: Router;
  readonly #outbox: Outbox;
  #channel: RpmsgEnd | undefined;
  #machine: Machine | GprMachine | undefined;
  #timer: Timer | undefined;
  #state: State = 'is off';
  #crashes = 0;
  #findings = 0;
  #packets = 0;
  #crashIn = 0;

  constructor(socket: Socket, options: DspOptions) {
    this.#name = socket.name;
    this.#socket = socket;
    this.#clock = socket.clock;
    this.#options = options;
    this.#knobs = { ...DEFAULT_KNOBS };
    for (const [name, value] of [...Object.entries(options), ...Object.entries(socket.wiring)]) {
      if (name in this.#knobs) this.#knobs[name as DspKnob] = value as number;
    }
    this.#router = SOCS[socket.compatible] ?? 'apr';
    this.#remote = socket.rpmsg();
    this.#dma = socket.dma();
    this.#outbox = new Outbox(
      this.#clock,
      (bytes) => this.#channel?.trysend(bytes) ?? 0,
      (text) => this.#find(text),
    );
    socket.inspect({ registers: () => this.#registers(), words: () => this.#words() });
    for (const knob of knobs(this.#knobs, (name) => this.#turned(name))) socket.knob(knob);
    this.#crashIn = this.#knobs.crashAtPacket;
    this.#remote.onBoot(() => this.#boot());
    this.#timer = this.#clock.after(0, () => this.#start());
  }

  #start(): void {
    this.#timer = undefined;
    this.#machine = this.#build();
    if (this.#knobs.bootMs > 0) this.#remote.domain(AUDIO_DOMAIN.path, false);
    this.#channel = this.#remote.open(CHANNELS[this.#router], (bytes) => this.#receive(bytes), { intents: INTENTS });
    this.#be('boots');
    if (this.#knobs.bootMs === 0) this.#ready();
    else this.#timer = this.#clock.after(this.#knobs.bootMs * MS, () => this.#ready());
  }

  #ready(): void {
    this.#timer = undefined;
    if (this.#machine !== undefined) this.#machine.booting = false;
    this.#be('is up');
    this.#tellDomain(true);
  }

  #tellDomain(up: boolean): void {
    this.#remote.domain(AUDIO_DOMAIN.path, up);
    this.#options.onDomain?.({ ...AUDIO_DOMAIN, state: up ? DOMAIN_STATE.up : DOMAIN_STATE.down });
  }

  #build(): Machine | GprMachine {
    const parts = {
      variants: () => this.#variants(),
      send: (bytes: Uint8Array, late: Duration) => this.#send(bytes, late),
      find: (text: string) => this.#find(text),
    };
    if (this.#router === 'gpr') return new GprMachine(parts);
    const { onAudio: listener } = this.#options;
    const readings = (): ReturnType<typeof readingsOf> => readingsOf(this.#knobs);
    return new Machine({ ...parts, clock: this.#clock, dma: this.#dma, readings, listener, inputs: this.#inputs() });
  }

  /** A negative answer would make the transport offer the packet again: none is given. */
  #receive(bytes: Uint8Array): number {
    this.#packets++;
    if (this.#crashIn > 0 && --this.#crashIn === 0) this.#crash('fatal error', 'told to at this packet');
    else this.#machine?.receive(bytes);
    return 0;
  }

  #send(bytes: Uint8Array, late: Duration): void {
    const answers = this.#router === 'gpr' || ((bytes[1] as number) & 3) === RESPONSE;
    this.#outbox.post(bytes, (answers ? this.#knobs.answerUs * US : 0) + late);
  }

  #turned(knob: DspKnob): void {
    const { crash, pdRestart, crashAtPacket } = this.#knobs;
    if (knob === 'crash' && crash > 0) this.#crash(CRASHES[crash] ?? '', 'told to');
    if (knob === 'pdRestart' && pdRestart === 1) this.#restartDomain();
    if (knob === 'crashAtPacket') this.#crashIn = crashAtPacket;
  }

  /** All that the DSP knew is gone. The edge falls when whoever called is done. */
  #crash(type: string, why: string): void {
    if (this.#machine === undefined && this.#state !== 'restarts its audio domain') return;
    this.#crashes++;
    this.#crashIn = 0;
    this.#forget();
    this.#channel = undefined;
    this.#be('has crashed', `${type}, ${why}`);
    this.#timer = this.#clock.after(0, () => this.#fall());
  }

  #fall(): void {
    this.#timer = undefined;
    this.#remote.down();
    this.#options.onDomain?.({ ...AUDIO_DOMAIN, state: DOMAIN_STATE.down });
    if (this.#knobs.selfRestart === 1) this.#boot();
  }

  /** Software starts the DSP again, or it does so itself. */
  #boot(): void {
    if (this.#state !== 'has crashed' || this.#timer !== undefined) return;
    this.#timer = this.#clock.after(this.#knobs.restartMs * MS, () => this.#start());
  }

  /** The services begin anew; the edge stays. Nobody answers in between. */
  #restartDomain(): void {
    if (this.#machine === undefined) return;
    this.#forget();
    this.#be('restarts its audio domain');
    this.#tellDomain(false);
    this.#timer = this.#clock.after(this.#knobs.pdDownMs * MS, () => {
      this.#machine = this.#build();
      this.#ready();
    });
  }

  #forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#outbox.clear();
    if (this.#machine instanceof Machine) this.#machine.stop();
    this.#machine = undefined;
  }

  #variants(): readonly Variant[] {
    const knob = variantOf(this.#knobs);
    const { variants = [] } = this.#options;
    return knob === undefined ? variants : [knob, ...variants];
  }

  #inputs(): AudioInputs {
    return (
      this.#options.inputs ??
      (() => {
        const { inputHz, inputPercent } = this.#knobs;
        return inputPercent === 0 ? undefined : squareInput(inputHz, inputPercent / 100);
      })
    );
  }

  #be(state: State, why = ''): void {
    this.#state = state;
    const { trace } = this.#socket;
    if (trace.on) trace.emit(this.#name, { kind: 'dsp_state', state, why });
  }

  #find(text: string): void {
    this.#findings++;
    const { trace } = this.#socket;
    if (trace.on) trace.emit(this.#name, { kind: 'dsp_finding', text });
    this.#options.onFinding?.({ at: this.#clock.now(), text });
  }

  #registers(): Record<string, number> {
    const { sent, lost } = this.#outbox;
    return { PACKETS: this.#packets, ANSWERS: sent, LOST: lost, FINDINGS: this.#findings, CRASHES: this.#crashes };
  }

  #words(): Record<string, string> {
    const machine = this.#machine instanceof Machine ? inWords(this.#machine) : {};
    return { dsp: this.#state, ...machine };
  }
}
