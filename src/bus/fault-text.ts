// The text form of planned faults: `i2c.data@0x40#3=nack-data`, several separated by commas or lines.
import type { Diagnostic, Position } from '../base/diagnostic.js';
import type { FaultPoint } from './fault.js';
import { FAIL, FAULT_MENU, faultPlace } from './fault-menu.js';

/** What a text says: the points that are right, and what is wrong with the others. */
export interface ParsedFaults {
  readonly points: readonly FaultPoint[];
  readonly diagnostics: readonly Diagnostic[];
}

const POINT = /^([^@#=]+)(?:@([^#=]+))?(?:#([1-9]\d{0,8}))?(?:=(.*))?$/;

/**
 * Reads planned faults. Without `@which` a point means every address, without `#N` every operation; `any#N` may leave
 * out `=fail`. A comma inside a name is kept while neither `#` nor `=` has come. `file` names the text in diagnostics.
 */
export function parseFaults(text: string, file = 'faults'): ParsedFaults {
  const points: FaultPoint[] = [];
  const diagnostics: Diagnostic[] = [];
  text.split('\n').forEach((line, index) => {
    for (const { piece, column } of pieces(line)) {
      const result = parsePoint(piece, { file, line: index + 1, column });
      if ('severity' in result) diagnostics.push(result);
      else points.push(result);
    }
  });
  return { points, diagnostics };
}

/** The text form of one point. Parsing it gives the same point. */
export function formatFault(point: FaultPoint): string {
  return `${formatPlace(point)}=${point.what}`;
}

/** The text form without the fault: `i2c.data@0x40#3`. */
export function formatPlace(point: FaultPoint): string {
  const which = point.which === undefined ? '' : `@${point.which}`;
  return `${point.where}${which}${point.nth === 0 ? '' : `#${point.nth}`}`;
}

/** The text form of several points, separated by commas. */
export function formatFaults(points: readonly FaultPoint[]): string {
  return points.map(formatFault).join(',');
}

/** What is wrong with a point in words, or undefined: unknown place, a fault that cannot happen there. */
export function faultMistake(point: FaultPoint): { readonly code: string; readonly text: string } | undefined {
  const place = faultPlace(point.where);
  if (place === undefined) {
    const known = FAULT_MENU.map((other) => other.where).join(', ');
    return {
      code: 'bus/fault/unknown-place',
      text: `no bus operation is called '${point.where}'; use one of ${known}`,
    };
  }
  if (place.whats.includes(point.what)) return undefined;
  const said = point.what === '' ? 'does not say what happens' : `cannot end in '${point.what}'`;
  return { code: 'bus/fault/unknown-fault', text: `${point.where} ${said}; use =${place.whats.join(', =')}` };
}

function* pieces(line: string): Generator<{ piece: string; column: number }> {
  let start = 0;
  while (start < line.length) {
    let end = line.indexOf(',', start);
    while (end >= 0 && isOpenName(line.slice(start, end))) end = line.indexOf(',', end + 1);
    const raw = line.slice(start, end < 0 ? line.length : end);
    const piece = raw.trim();
    if (piece !== '') yield { piece, column: start + raw.indexOf(piece) + 1 };
    start += raw.length + 1;
  }
}

/** True while a comma still belongs to the name after `@`: device paths have commas. */
function isOpenName(piece: string): boolean {
  return piece.includes('@') && !piece.includes('#') && !piece.includes('=');
}

function parsePoint(piece: string, at: Position): FaultPoint | Diagnostic {
  const match = POINT.exec(piece);
  if (match === null) {
    const text = `'${piece}' is not of the form where@which#nth=what, nth from 1, as in i2c.data@0x40#3=nack-data`;
    return { severity: 'error', code: 'bus/fault/syntax', text, at };
  }
  const where = (match[1] as string).trim();
  const what = (match[4] ?? (where === 'any' ? FAIL : '')).trim();
  const point = { where, which: tidyWhich(match[2]), nth: Number(match[3] ?? 0), what };
  const mistake = faultMistake(point);
  return mistake === undefined ? point : { severity: 'error', ...mistake, at };
}

/** Numbers in one spelling: `64`, `0X40` and `0x040` are `0x40`, alone and after the bus's name. */
function tidyWhich(which: string | undefined): string | undefined {
  return which?.trim().replace(/(^|:)(0[xX][0-9a-fA-F]+|\d+)$/, (_all, before: string, number: string) => {
    return `${before}0x${Number(number).toString(16)}`;
  });
}
