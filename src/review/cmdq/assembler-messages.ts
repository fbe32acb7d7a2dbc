// Table of everything that the assembler for GCE programs says; what to do stands behind the last `; `.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `cmdq/asm/` and its key. */
export const ASSEMBLER_MESSAGES = {
  instruction: ['error', 'no instruction is called {name}{near}; docs/cmdq.md lists them'],
  directive: ['error', 'no directive is called {name}; there are .inst, .soc, .base, .equ and .event'],
  operands: ['error', '{name} takes {wanted}, but has {found} operands; write it as {form}'],
  number: ['error', '{text} is no number; write 12, 0xc, 0b1100, ~0xc, -1, A | B or a name of .equ'],
  'number-size': ['error', '{text} does not fit into {bits} bits; write a value from 0 to {max}'],
  register: ['error', '{text} is no register{why}; there are spr0-3, gpr0-15, p0-7, tpr, cpr0-32767 and reg0-65535'],
  gpr: ['error', '{text} cannot stand here, where only gpr0 to gpr15 fit; move the value to one of them'],
  'far-register': ['error', '{text} cannot hold an address here: {why}; use {instead}'],
  place: ['error', '{text} is no place; write an address, MODULE+OFFSET, SUBSYSTEM:OFFSET or {form}'],
  module: ['error', 'no module is called {name}{near}; give its tree with --tree, or write the address'],
  'no-soc': [
    'error',
    'the subsystem of {addr} depends on the SoC, which is not known; give --soc, --tree or .soc, or write ID:OFFSET',
  ],
  'no-subsys': [
    'error',
    'no subsystem of {soc} has {addr}; put its upper half into a register: spr0 = {upper}, then write_s [spr0:{lower}]',
  ],
  'subsys-size': ['error', 'subsystem {subsys} does not fit into 5 bits; write 0 to 31'],
  window: ['error', 'offset {offset} leaves the 64 KiB window of the subsystem; write the subsystem of the address'],
  odd: [
    'error',
    '{text} is odd: bit 0 of an offset switches the mask on; write an even offset, or {name}_masked for the mask',
  ],
  unaligned: ['warning', '{text} is no multiple of 4: the engine ignores bit 1; write the address of the register'],
  outside: ['warning', '{text} is behind the end of {module} ({size} bytes); check the offset'],
  event: ['error', 'no event is called {name}{near}; write its number, or give --soc, --tree, --events or .event'],
  'event-size': ['error', 'event {id} does not fit into 16 bits; write the id of an event, 0 to 1023'],
  'event-range': ['warning', 'event {id} does not exist: ids end at 1023; write the id that is meant'],
  distance: ['error', '{text} is no target; write a label, +BYTES, -BYTES, or [REGISTER]'],
  'distance-unit': ['error', '{text} is no multiple of the {unit} bytes that {soc} jumps in; write whole instructions'],
  'distance-size': ['error', '{text} is too far for a jump; go by jump_abs or by a register'],
  'no-base': ['error', 'where {label} is in memory is not known; say .base ADDRESS, or give --base'],
  label: ['error', 'no label is called {name}{near}; put {name}: in front of the instruction that is meant'],
  'label-again': ['error', 'the label {name} is used a second time; give one of them another name'],
  'name-again': ['error', '{name} was defined before; give one of them another name'],
  operator: ['error', '{text} is no operation; write A, ~A, or A OP B with OP one of + - * ^ | & << >>'],
  'operand-size': [
    'error',
    '{text} has more than 16 bits, which only a plain REGISTER = VALUE can hold; assign it first',
  ],
  condition: ['error', 'this is no condition; write if A == B jump [REGISTER], with == != >= <= > or <'],
  word: ['error', '{word} is not known here; {name} may have {words}'],
  inst: ['error', '{text} is no word; write .inst 0x20000035_80008001, upper half first'],
  soc: ['error', 'the SoC {name} is not known; write one of {known}'],
  'soc-again': ['error', 'this program is for {soc}, but {other} was asked for; leave one of the two away'],
  'soc-late': ['error', '.soc stands behind the first instruction; move it to the top'],
  many: ['error', 'gave up after {limit} messages; correct the first ones and try again'],
  long: ['error', 'gave up: the program has more than {limit} instructions; split it'],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type AssemblerKey = keyof typeof ASSEMBLER_MESSAGES;
