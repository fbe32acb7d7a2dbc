// Which answer belongs to which command, in a sequence of packets; and what was never answered.
import type { DecodedPacket } from './decode.js';
import { MESSAGES } from './messages.js';
import { isSent } from './names.js';

/** Follows an exchange, packet by packet. */
export class Exchange {
  /** Commands that wait, oldest first, by who was asked what under which token. */
  readonly #open = new Map<string, number[]>();
  /** Those that nobody waits for. */
  readonly #idle = new Set<number>();
  #index = 0;

  /** Takes the next packet: the place of the command that it answers. One that was not sent takes its place only. */
  add(packet: DecodedPacket, wasSent = true): number | undefined {
    const index = this.#index++;
    if (!wasSent) return undefined;
    const { router, header, message, fields } = packet;
    if (header === undefined) return undefined;
    const { opcode, token } = header;
    if (isSent(router, header)) {
      if (message?.kind === 'command') this.#push(keyOf(header.destSvc, token, opcode), index);
      if (message?.answer === 0) this.#idle.add(index);
      return undefined;
    }
    const [first] = fields;
    const commands = first?.name === 'command' ? [first.value as number] : (ANSWERS.get(opcode) ?? []);
    if (opcode === ACCEPTED) return undefined;
    for (const command of commands) {
      const found = this.#take(keyOf(header.srcSvc, token, command));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Commands whose sender waits in vain, in their order. */
  get unanswered(): number[] {
    return [...this.#open.values()]
      .flat()
      .filter((index) => !this.#idle.has(index))
      .toSorted((a, b) => a - b);
  }

  #push(key: string, index: number): void {
    const list = this.#open.get(key);
    if (list === undefined) this.#open.set(key, [index]);
    else list.push(index);
  }

  #take(key: string): number | undefined {
    const list = this.#open.get(key);
    const index = list?.shift();
    if (list?.length === 0) this.#open.delete(key);
    return index;
  }
}

/** Says that the answer comes later. */
const ACCEPTED = 0x1_00be;

/** GPR has no services; there the token tells. */
function keyOf(svc: number | undefined, token: number, opcode: number): string {
  return `${svc ?? ''} ${token} ${opcode}`;
}

/** By the opcode of an answer: the commands that it is for. */
const ANSWERS: ReadonlyMap<number, readonly number[]> = answers();

function answers(): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (const [opcode, { answer = 0 }] of MESSAGES)
    if (answer !== 0) all.set(answer, [...(all.get(answer) ?? []), opcode]);
  return all;
}
