// A packet as a reader found it, and how readers tell what is wrong.
import type { Diagnostic } from '../../base/diagnostic.js';
import { diagnosticOf, type Values } from '../../dt/message.js';
import { INPUT_MESSAGES, type InputKey } from './input-messages.js';

/** A packet as it was found. */
export interface FoundPacket {
  readonly bytes: Uint8Array;
  /** Nanoseconds, by the clock of whatever wrote it down. */
  readonly timeNs?: number | undefined;
  /** Line of a text, from 1. */
  readonly line?: number;
  /** Offset in a binary. */
  readonly offset?: number;
  /** Which way it went, where the input says so; `in` is towards Linux. */
  readonly way?: 'in' | 'out' | undefined;
  readonly comment?: string | undefined;
  /** The channel did not take it. */
  readonly unsent?: true;
  /** Channel, interface, whatever it came over. */
  readonly channel?: string | undefined;
}

/** A diagnostic about a line of the input; 0 for the whole. */
export function inputDiagnostic(key: InputKey, file: string, line: number, values: Values = {}): Diagnostic {
  const place = line === 0 ? { where: file } : { at: { file, line, column: 0 } };
  return diagnosticOf(`apr/input/${key}`, INPUT_MESSAGES[key], values, place);
}
