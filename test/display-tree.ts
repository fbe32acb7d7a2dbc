// A small SoC with a display, for tests: a mmsys, a mutex and blocks, one line each.
import type { DtTree } from '../src/dt/tree.js';
import { treeOf } from './tree-of.js';

const WORD = /[\w,.+-]+/.source;
const REST = / ?(?:\[(?<ports>.*)\])? ?(?:\{(?<rest>.*)\})?/.source;
const LINE = new RegExp(`^(?<name>${WORD}) (?<compatible>${WORD})(?<links>(?: \\d+>${WORD})*)${REST}$`);

/**
 * The tree of lines `name compatible path>target … [ports] {properties and nodes}`, all below `/soc`. A compatible
 * without a comma is MediaTek's. Outgoing endpoints are on port 1, those of a mmsys, whose name begins with `mmsys`, on
 * port 0; a target that has no line is a link to nowhere. The input of the others, `in_name`, is on port 0 and links
 * back to the first that leads there. `aliases` is the body of that node.
 */
export function displayTree(text: string, aliases = ''): DtTree {
  const lines = text.split('\n').map((line) => line.trim());
  const rows = lines.filter((line) => line !== '').map((line) => parse(line));
  const nodes = rows.map((row) => source(row, rows));
  return treeOf(
    `/ { model = "test"; compatible = "vendor,test"; aliases { ${aliases} }; soc { ${nodes.join('\n')} }; };`,
  );
}

interface Row {
  readonly name: string;
  readonly compatible: string;
  readonly links: readonly (readonly [path: string, target: string])[];
  readonly ports: string;
  readonly rest: string;
}

function parse(line: string): Row {
  const groups = LINE.exec(line)?.groups;
  if (groups === undefined) throw new Error(`no line of a display: ${line}`);
  const { name = '', compatible = '', links = '', ports = '', rest = '' } = groups;
  const pairs = links.split(' ').filter((link) => link !== '');
  return {
    name,
    compatible: compatible.includes(',') ? compatible : `mediatek,${compatible}`,
    links: pairs.map((link) => link.split('>') as [string, string]),
    ports,
    rest,
  };
}

function source({ name, compatible, links, ports, rest }: Row, rows: readonly Row[]): string {
  const port = isMmsys(name) ? 0 : 1;
  const endpoints = links.map(([path, target]) => {
    const remote = rows.some((row) => row.name === target) ? `remote-endpoint = <&in_${label(target)}>;` : '';
    return `out_${label(name)}_${path}: endpoint@${path} { reg = <${path}>; ${remote} };`;
  });
  const output = endpoints.length === 0 ? '' : `port@${port} { reg = <${port}>; ${endpoints.join(' ')} };`;
  const input = isMmsys(name) ? '' : `port@0 { reg = <0>; in_${label(name)}: endpoint { ${back(name, rows)} }; };`;
  return `${name} { compatible = "${compatible}"; ${rest} ports { ${input} ${output} ${ports} }; };`;
}

/** The link back from a node's input. */
function back(name: string, rows: readonly Row[]): string {
  for (const row of rows) {
    const link = row.links.find(([, target]) => target === name);
    if (link !== undefined) return `remote-endpoint = <&out_${label(row.name)}_${link[0]}>;`;
  }
  return '';
}

const isMmsys = (name: string): boolean => name.startsWith('mmsys');
const label = (name: string): string => name.replaceAll(/\W/g, '_');
