// Why a thread waits for an event that does not come, in sentences, and what to look at.
import type { InstructionNames } from '../../drivers/mtk-cmdq/disassemble-text.js';
import type { EventSource } from './event-source.js';
import type { EventUse } from './event-uses.js';
import { eventText } from './thread-words.js';

/** A program that may have to do with it. */
export interface Bystander {
  /** `thread 0`, or the name of its file. */
  readonly name: string;
  readonly uses: readonly EventUse[];
}

/** A thread that waits. */
export interface Waiting {
  /** `thread 0`. */
  readonly name: string;
  /** The program that it executes; undefined where a log does not have it. */
  readonly program: Bystander | undefined;
  /** Offset of the wait in the program. */
  readonly offset: number | undefined;
  readonly event: number;
  readonly value: number;
  readonly source: EventSource;
  /** The other programs. */
  readonly others: readonly Bystander[];
}

/** The answer. */
export interface WhyStuck {
  readonly says: string;
  readonly why: readonly string[];
  readonly check: readonly string[];
}

/** Explains a wait. */
export function whyStuck(waiting: Waiting, names: InstructionNames): WhyStuck {
  const { name, event, value, offset } = waiting;
  const at = offset === undefined ? '' : ` at offset ${hex(offset)}`;
  const says = `${name} waits${at} for event ${eventText(event, names)} to be ${value}`;
  if (value !== 1) return { says, why: whyTaken(waiting), check: ['who took the token, and whether it gives it back'] };
  return { says, why: [...whoRaises(waiting), ...whatPrograms(waiting)], check: checks(waiting) };
}

/** Waiting for 0 is acquiring: somebody else has it. */
function whyTaken({ event, program, others }: Waiting): string[] {
  const all = [...(program === undefined ? [] : [program]), ...others];
  const clearers = usersOf(all, event, ({ puts }) => puts === 0);
  const first = 'the token is taken: it is 1 until its owner clears it';
  return [first, clearers === '' ? 'no program here clears it' : `it is cleared by ${clearers}`];
}

function whoRaises({ source }: Waiting): string[] {
  const { kind, block, moment, raisers, id } = source;
  if (kind === 'token')
    return ['it is a token of software: no block raises it, only a program (set, acquire) or the CPU'];
  if (kind === 'timer')
    return [`it is raised when the timer (TPR) equals GPR ${Math.max(0, id - 994)}, by nobody else`];
  const tells = block === undefined || moment === undefined ? '' : `: it tells ${moment}`;
  const who = block === undefined ? 'a block whose name is not known' : block;
  return [`it is raised by ${who}${tells}`, ...raisers.map(nodeText)];
}

function nodeText({ node, by, enabled }: EventSource['raisers'][number]): string {
  const how = by === 'gce-events' ? 'its mediatek,gce-events names it' : 'by its name';
  return `in this tree that is ${node.path} (${how})${enabled ? '' : ', which is disabled: it will never raise it'}`;
}

function whatPrograms({ program, offset, event, others }: Waiting): string[] {
  const earlier = program?.uses.filter((use) => use.event === event && use.offset < (offset ?? Infinity)) ?? [];
  const cleared = earlier.findLast(({ puts }) => puts === 0);
  const setters = usersOf([...(program === undefined ? [] : [program]), ...others], event, ({ puts }) => puts === 1);
  const before =
    cleared === undefined
      ? 'the program does not clear it before: it is not a raise that came too early and was thrown away'
      : `the program clears it at offset ${hex(cleared.offset)} first, so only a raise after that counts`;
  const takers = usersOf(others, event, ({ waits, puts }) => waits === 1 && puts === 0);
  return [
    ...(program === undefined || offset === undefined ? [] : [before]),
    ...(setters === '' ? [] : [`it is set by ${setters}`]),
    ...(takers === '' ? [] : [`${takers} waits for it, too, and clears it: one raise releases one of them`]),
  ];
}

function usersOf(all: readonly Bystander[], event: number, wanted: (use: EventUse) => boolean): string {
  const found = all.flatMap(({ name, uses }) => {
    const use = uses.find((use) => use.event === event && wanted(use));
    return use === undefined ? [] : [`${name} (offset ${hex(use.offset)})`];
  });
  return found.join(', ');
}

function checks({ source, event }: Waiting): string[] {
  const { kind, block, raisers } = source;
  if (kind === 'token') return ['whether the thread or driver that sets it has run'];
  if (kind === 'timer') return ['whether the timer is enabled (TPR_MASK bit 31, TPR_TIMEOUT_EN)'];
  const node = raisers[0]?.node.baseName ?? block ?? 'the block';
  return [
    `that ${node} is powered, clocked and started, and gets as far: no frame, no event`,
    'that the event is led to the GCE: newer mmsys blocks choose it in MMSYS_GCE_EVENT_SEL (offset 0x308)',
    `that ${event} is the event that was meant: numbers differ from SoC to SoC`,
  ];
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
