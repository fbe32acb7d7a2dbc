// wireshark/bringup-apr.lua: the tables of src/review/apr as Lua, and the engine that walks through packets with them.
import { readFileSync } from 'node:fs';
import { HEADER_FIELDS, PAYLOAD_FIELDS, type FieldForm } from '../src/review/apr/fields.js';
import type { Layout, Step } from '../src/review/apr/layout.js';
import { MESSAGES, type Message, PARAM_HEAD, PARAMS, PCM_BLOCK, PCM_BLOCK_BYTES } from '../src/review/apr/messages.js';
import { STATUS_WORDS, VALUES } from '../src/review/apr/values.js';

const ENGINE = new URL('./wireshark-engine.lua', import.meta.url);
const HEAD = `-- APR and GPR, the packets between Linux and the audio DSP of Qualcomm SoCs, for Wireshark and tshark:
--   tshark -X lua_script:bringup-apr.lua -r capture.pcapng
-- or copy it into the folder of personal Lua plugins (Help, About Wireshark, Folders). It takes captures of the link
-- type USER0, as bringup writes them. Tables made by npm run wireshark from those of bringup apr decode; docs/apr.md.
-- SPDX-License-Identifier: GPL-2.0-only
`;

/** The whole script. */
export function wiresharkScript(): string {
  const tables: [string, string][] = [
    ['NAMES', namesTable()],
    ['STATUS_WORDS', numbered(STATUS_WORDS, quoted)],
    ['FIELDS', fieldsTable()],
    ['MESSAGES', messagesTable()],
    ['PARAM_HEAD', layoutText(PARAM_HEAD)],
    ['PCM_BLOCK', layoutText(PCM_BLOCK)],
    ['PCM_BLOCK_BYTES', String(PCM_BLOCK_BYTES)],
    ['PARAMS', numbered(PARAMS, (params) => numbered(params, layoutText))],
    ['ANSWERS', answersTable()],
    ['ACCEPTED', '0x100be'],
  ];
  const text = tables.map(([name, value]) => `local ${name} = ${value}\n`).join('\n');
  return `${HEAD}\n${text}\n${readFileSync(ENGINE, 'utf8')}`;
}

const quoted = (text: string): string => JSON.stringify(text);
const hex = (value: number): string => `0x${value.toString(16)}`;

/** A Lua table with numbers as keys, a line each. */
function numbered<T>(table: Readonly<Record<number, T>>, text: (value: T) => string): string {
  const lines = Object.entries(table).map(([key, value]) => `  [${hex(Number(key))}] = ${text(value)},`);
  return `{\n${lines.join('\n')}\n}`;
}

function namesTable(): string {
  const opcodes = Object.fromEntries([...MESSAGES].map(([opcode, { name }]) => [opcode, name]));
  const all: Readonly<Record<string, Readonly<Record<number, string>>>> = { ...VALUES, opcode: opcodes };
  const lines = Object.entries(all).map(([kind, names]) => `  ${kind} = ${inner(numbered(names, quoted))},`);
  return `{\n${lines.join('\n')}\n}`;
}

const inner = (text: string): string => text.replaceAll('\n', '\n  ');

/** How the values of a field are stored: what a name means it means in every packet. */
function typesOf(layouts: Iterable<Layout>, into: Map<string, string>): Map<string, string> {
  for (const layout of layouts) {
    for (const step of layout) {
      if (step.kind === 'repeat') typesOf([step.of], into);
      else if (step.kind === 'wide' || step.kind === 'text') into.set(step.name, step.kind);
    }
  }
  return into;
}

const RAW = ['format_block', 'padding', 'param_data', 'payload', 'reserved', 'rest'];

function fieldsTable(): string {
  const layouts = [
    ...[...MESSAGES.values()].flatMap(({ layout }) => (layout === undefined ? [] : [layout])),
    ...Object.values(PARAMS).flatMap((params) => Object.values(params)),
  ];
  const types = typesOf(layouts, new Map(RAW.map((name) => [name, 'raw'])));
  const forms: Readonly<Record<string, FieldForm>> = { ...HEADER_FIELDS, ...PAYLOAD_FIELDS };
  const lines = Object.entries(forms).map(([name, { hex: isHex, names }]) => {
    const parts = [
      ...(types.has(name) ? [`type = ${quoted(types.get(name) ?? '')}`] : []),
      ...(isHex === true ? ['hex = true'] : []),
      ...(names === undefined ? [] : [`names = ${quoted(names)}`]),
    ];
    return `  ${name} = { ${parts.join(', ')} },`.replace('{  }', '{}');
  });
  return `{\n${lines.join('\n')}\n}`;
}

function messagesTable(): string {
  return numbered(Object.fromEntries(MESSAGES), messageText);
}

function messageText({ name, kind, layout, stream }: Message): string {
  const parts = [
    `name = ${quoted(name)}`,
    `kind = ${quoted(kind)}`,
    ...(stream === true ? ['stream = true'] : []),
    ...(layout === undefined ? [] : [`layout = ${layoutText(layout)}`]),
  ];
  return `{ ${parts.join(', ')} }`;
}

function layoutText(layout: Layout): string {
  return layout.length === 0 ? '{}' : `{ ${layout.map(stepText).join(', ')} }`;
}

function stepText(step: Step): string {
  switch (step.kind) {
    case 'number':
      return `{ k = "n", f = "${step.name}", s = ${step.size} }`;
    case 'array':
      return `{ k = "a", f = "${step.name}", s = ${step.size}, c = ${JSON.stringify(step.count)} }`;
    case 'wide':
      return `{ k = "w", f = "${step.name}" }`;
    case 'text':
      return `{ k = "t", f = "${step.name}", s = ${step.size} }`;
    case 'reserved':
      return `{ k = "r", s = ${step.size} }`;
    case 'repeat':
      return `{ k = "x", c = "${step.count}", of = ${layoutText(step.of)} }`;
    case 'param':
      return '{ k = "p" }';
    case 'format':
      return '{ k = "f" }';
  }
}

/** By answer, the commands that it is for. */
function answersTable(): string {
  const all: Record<number, number[]> = {};
  for (const [opcode, { answer = 0 }] of MESSAGES) if (answer !== 0) all[answer] = [...(all[answer] ?? []), opcode];
  return numbered(all, (commands) => `{ ${commands.map(hex).join(', ')} }`);
}
