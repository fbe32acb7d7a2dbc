// What a service of the DSP is to the firmware around it: a table of commands, each a name, the least payload, and what
// it does.
import type { Instant } from '../../base/clock.js';
import { type Address, BASIC_RESULT, packet, type Request } from './packet.js';
import { STATUS, type Status } from './status.js';

/** What a command came to: a status for the basic response, or undefined when it has answered or will. */
export type Outcome = Status | undefined;

/** One command of a service. */
export interface Command<S> {
  readonly name: string;
  /** Bytes of payload without which it is refused with EBADPARAM. */
  readonly least: number;
  run(service: S, request: Request): Outcome;
}

/** Commands by opcode. */
export type Commands<S> = ReadonlyMap<number, Command<S>>;

/** Declares the commands of a service. */
export function commands<S>(table: readonly (readonly [opcode: number, command: Command<S>])[]): Commands<S> {
  return new Map(table);
}

/** What the firmware gives its services. */
export interface Firmware {
  now(): Instant;
  /** True while services refuse what needs a booted DSP. */
  readonly booting: boolean;
  /** Sends a packet. `command` is the opcode that it answers, or its own for an event. */
  post(bytes: Uint8Array, command: number): void;
  /** Notes what software did wrong. */
  find(text: string): void;
}

/** A service: its number, its commands, and how it is asked. */
export interface Service {
  readonly id: number;
  readonly name: string;
  /** Names the command; undefined when the service has none of that opcode. */
  nameOf(opcode: number): string | undefined;
  handle(request: Request): Outcome;
}

/** A service over its table. */
export function service<S>(id: number, name: string, self: S, table: Commands<S>): Service {
  return {
    ...{ id, name },
    nameOf: (opcode) => table.get(opcode)?.name,
    handle(request) {
      const command = table.get(request.opcode);
      if (command === undefined) return STATUS.EUNSUPPORTED;
      return request.length < command.least ? STATUS.EBADPARAM : command.run(self, request);
    },
  };
}

/** The basic response to a command. */
export function basicResult(to: Address, opcode: number, status: Status): Uint8Array {
  return packet('response', to, BASIC_RESULT, [opcode, status]);
}
