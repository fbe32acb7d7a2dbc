// What a program does to the world outside: the effects of which a comparison is made.
import type { Symbol32 } from './symbols.js';

/** Kinds of effects. */
export type EffectKind =
  | 'write'
  | 'read'
  | 'poll'
  | 'wait'
  | 'clear'
  | 'set'
  | 'acquire'
  | 'sync'
  | 'interrupt'
  | 'branch'
  | 'section'
  | 'loop'
  | 'leave'
  | 'stop';

/** One effect. Two with the same key are the same, in whatever registers and instructions they were made. */
export interface Effect {
  readonly kind: EffectKind;
  readonly key: string;
  readonly text: string;
  /** Of the instruction that has it. */
  readonly offset: number;
  readonly write: Write | undefined;
}

/** What a write changes. */
export interface Write {
  readonly place: Symbol32;
  readonly name: string;
  readonly value: Symbol32;
  /** Bits that change. */
  readonly bits: number;
}

/** The effects of a program. */
export interface Effects {
  readonly list: readonly Effect[];
  /** There were more instructions or branches than are followed. */
  readonly isCut: boolean;
}
