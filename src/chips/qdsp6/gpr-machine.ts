// The firmware of a DSP with AudioReach, as far as it goes: the audio processing manager (APM) and the proxy resource
// manager (PRM) answer. Graphs are not built: what a graph would play is not heard.
import type { Duration } from '../../base/clock.js';
import { hexNumber } from '../../base/bytes.js';
import { GPR_BASIC_RESULT, gprPacket, GprRequest } from './gpr-packet.js';
import { Regions } from './regions.js';
import { STATUS, type Status } from './status.js';
import { type Variant, Variants } from './variants.js';

/** What the firmware runs on. */
export interface GprParts {
  readonly variants: () => readonly Variant[];
  /** Sends a packet `late` later than usual. */
  send(bytes: Uint8Array, late: Duration): void;
  find(text: string): void;
}

interface GprCommand {
  readonly name: string;
  readonly module: number;
  readonly least: number;
  run(machine: GprMachine, request: GprRequest): Status | undefined;
}

const DOMAIN = 2;
const US = 1_000;
const APM = 1;
const PRM = 2;
/** Address, handle and size of parameters that are not in the packet. */
const COMMAND_HEAD = 16;
const SPF_STATE = 0x0100_1021;
const ANSWER = { spfState: 0x0200_1007, map: 0x0200_1001, request: 0x0200_1002, release: 0x0200_1003 } as const;

/** A booted DSP with APM and PRM. */
export class GprMachine {
  readonly regions: Regions = new Regions();
  readonly #parts: GprParts;
  readonly #variants: Variants;
  readonly #request = new GprRequest();
  #variant: Variant | undefined;
  booting = true;

  constructor(parts: GprParts) {
    this.#parts = parts;
    this.#variants = new Variants(parts.variants);
  }

  receive(bytes: Uint8Array): void {
    const request = this.#request;
    const wrong =
      request.at(bytes) ?? (request.destDomain === DOMAIN ? undefined : `it is for domain ${request.destDomain}`);
    if (wrong !== undefined) return this.#parts.find(`a packet is dropped: ${wrong}`);
    const { opcode, destPort } = request;
    this.#variant = this.#variants.meet(opcode);
    const effect = this.#variant?.effect;
    if (effect === 'silent') return;
    const command = COMMANDS.get(opcode);
    const status = effect === 'status' ? (this.#variant?.value ?? STATUS.EFAILED) : this.#run(command, request);
    if (status === undefined) return;
    this.answer(GPR_BASIC_RESULT, [opcode, status]);
    const name = command?.name ?? hexNumber(opcode);
    if (status !== STATUS.EOK) this.#parts.find(`port ${hexNumber(destPort)} refuses ${name}: status ${status}`);
  }

  /** Answers the command that is being executed. */
  answer(opcode: number, words: readonly number[]): void {
    const { effect, value = 0 } = this.#variant ?? {};
    const kept = effect === 'short' ? words.slice(0, value >> 2) : words;
    const bytes = gprPacket(this.#request, opcode, kept);
    this.#parts.send(bytes, effect === 'late' ? value * US : 0);
    if (effect === 'twice') this.#parts.send(bytes, 0);
  }

  #run(command: GprCommand | undefined, request: GprRequest): Status | undefined {
    if (command?.module !== request.destPort) return STATUS.EUNSUPPORTED;
    if (this.booting && request.opcode !== SPF_STATE) return STATUS.ENOTREADY;
    return request.length < command.least ? STATUS.EBADPARAM : command.run(this, request);
  }
}

const graph = (opcode: number, name: string): [number, GprCommand] => [
  opcode,
  { name, module: APM, least: COMMAND_HEAD, run: () => STATUS.EOK },
];

const resource = (opcode: number, name: string, answer: number): [number, GprCommand] => [
  opcode,
  {
    ...{ name, module: PRM, least: COMMAND_HEAD + 16 },
    run: (machine, request) => void machine.answer(answer, [request.u32(COMMAND_HEAD + 4), STATUS.EOK]),
  },
];

const COMMANDS: ReadonlyMap<number, GprCommand> = new Map<number, GprCommand>([
  graph(0x0100_1000, 'APM_CMD_GRAPH_OPEN'),
  graph(0x0100_1001, 'APM_CMD_GRAPH_PREPARE'),
  graph(0x0100_1002, 'APM_CMD_GRAPH_START'),
  graph(0x0100_1003, 'APM_CMD_GRAPH_STOP'),
  graph(0x0100_1004, 'APM_CMD_GRAPH_CLOSE'),
  graph(0x0100_1005, 'APM_CMD_GRAPH_FLUSH'),
  graph(0x0100_1006, 'APM_CMD_SET_CFG'),
  [0x0100_1013, { name: 'APM_CMD_CLOSE_ALL', module: APM, least: 0, run: () => STATUS.EOK }],
  [
    SPF_STATE,
    {
      ...{ name: 'APM_CMD_GET_SPF_STATE', module: APM, least: 0 },
      run: (machine) => void machine.answer(ANSWER.spfState, [machine.booting ? 0 : 1]),
    },
  ],
  [
    0x0100_100c,
    {
      ...{ name: 'APM_CMD_SHARED_MEM_MAP_REGIONS', module: APM, least: 20 },
      run(machine, request) {
        const mapping = machine.regions.map(request);
        return typeof mapping === 'number' ? mapping : void machine.answer(ANSWER.map, [mapping.handle]);
      },
    },
  ],
  [
    0x0100_100d,
    {
      ...{ name: 'APM_CMD_SHARED_MEM_UNMAP_REGIONS', module: APM, least: 4 },
      run: (machine, request) => machine.regions.unmap(request.u32(0)),
    },
  ],
  resource(0x0100_100f, 'PRM_CMD_REQUEST_HW_RSC', ANSWER.request),
  resource(0x0100_1010, 'PRM_CMD_RELEASE_HW_RSC', ANSWER.release),
]);
