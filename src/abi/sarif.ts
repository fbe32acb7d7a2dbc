// Findings as SARIF 2.1.0 (OASIS standard), the form that code scanning services and editors read.
import type { Diagnostic, Position, Severity, Via } from '../base/diagnostic.js';

/** What is known about a rule apart from its findings. */
export interface SarifRule {
  /** The same id that findings carry as `rule`, or else as `code`. */
  readonly id: string;
  /** What the rule detects: one sentence. */
  readonly text: string;
  readonly severity: Severity;
}

/** A diagnostic; findings of lint rules bring their id and what to change. */
export interface SarifFinding extends Diagnostic {
  /** Replaces `code` as the rule's id. */
  readonly rule?: string | undefined;
  readonly suggestion?: string | undefined;
}

/** One run of the program over one tree. */
export interface SarifRun {
  /** Version of this program. */
  readonly version: string;
  readonly findings: readonly SarifFinding[];
  /** Rules without findings are listed too; rules that only findings name are added behind them. */
  readonly rules?: readonly SarifRule[] | undefined;
  /** The tree's own file, for findings without a position: a blob, or the outermost source. */
  readonly file?: string | undefined;
  /** Absolute folder that file names are made relative to; names outside it stay absolute, as `file:` URIs. */
  readonly base?: string | undefined;
}

/** The document for one or more runs, ready for JSON.stringify. Columns are those of the diagnostics. */
export function sarif(...runs: readonly SarifRun[]): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: runs.map(runObject),
  };
}

function runObject(run: SarifRun): object {
  const rules = new Map((run.rules ?? []).map((rule) => [rule.id, ruleObject(rule)]));
  for (const finding of run.findings) {
    const id = ruleId(finding);
    if (!rules.has(id)) rules.set(id, { id });
  }
  const index = new Map([...rules.keys()].map((id, at) => [id, at]));
  return {
    tool: { driver: { name: 'bringup', version: run.version, rules: [...rules.values()] } },
    // The compiler counts columns in the bytes of a line: the same as UTF-16 units wherever the line is ASCII.
    columnKind: 'utf16CodeUnits',
    results: run.findings.map((finding) => ({
      ruleId: ruleId(finding),
      ruleIndex: index.get(ruleId(finding)),
      level: finding.severity,
      message: { text: textOf(finding) },
      ...placesOf(finding, run),
    })),
  };
}

function ruleObject({ id, text, severity }: SarifRule): object {
  return { id, shortDescription: { text }, defaultConfiguration: { level: severity } };
}

function ruleId({ rule, code }: SarifFinding): string {
  return rule ?? code;
}

function textOf({ text, suggestion }: SarifFinding): string {
  return wellFormed(suggestion === undefined ? text : `${text} ${suggestion}`);
}

function placesOf({ at, where, via }: SarifFinding, run: SarifRun): object {
  const physical = physicalLocation(at, run);
  const logical = where === undefined ? undefined : [{ fullyQualifiedName: wellFormed(where), kind: 'element' }];
  const location = {
    ...(physical === undefined ? {} : { physicalLocation: physical }),
    ...(logical === undefined ? {} : { logicalLocations: logical }),
  };
  const related = (via ?? []).map((step, id) => relatedLocation(step, id, run));
  return {
    ...(physical === undefined && logical === undefined ? {} : { locations: [location] }),
    ...(related.length === 0 ? {} : { relatedLocations: related }),
  };
}

function physicalLocation(at: Position | undefined, { file, base }: SarifRun): object | undefined {
  if (at !== undefined) return { artifactLocation: { uri: uriOf(at.file, base) }, ...regionOf(at) };
  return file === undefined ? undefined : { artifactLocation: { uri: uriOf(file, base) } };
}

/** Lines count from 1; a position that does not know its line, or its column, leaves it out. */
function regionOf({ line, column }: Position): object {
  if (line < 1) return {};
  return { region: { startLine: line, ...(column < 1 ? {} : { startColumn: column }) } };
}

/** The id makes each location unique, as the schema demands, even when a macro stands twice at one place. */
function relatedLocation({ kind, name, at }: Via, id: number, run: SarifRun): object {
  const text = wellFormed(kind === 'include' ? `included here as ${name}` : `expanded from macro ${name}`);
  return { id, physicalLocation: physicalLocation(at, run), message: { text } };
}

const DRIVE = /^[A-Za-z]:\//;

/** Windows separators become `/`; the rest of a name is percent-encoded, `%`, `?`, `#` and `:` included. */
function uriOf(file: string, base: string | undefined): string {
  const path = slashes(file);
  const folder = base === undefined ? undefined : `${slashes(base).replace(/\/$/, '')}/`;
  if (folder !== undefined && path.startsWith(folder)) return encodePath(path.slice(folder.length));
  if (DRIVE.test(path)) return `file:///${path.slice(0, 2)}${encodePath(path.slice(2))}`;
  if (path.startsWith('/')) return `file://${encodePath(path.replace(/^\/+/, '/'))}`;
  return encodePath(path);
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

function encodePath(path: string): string {
  const parts = wellFormed(path).split('/');
  return parts
    .filter((part, at) => part !== '.' || at === parts.length - 1)
    .map(encodeURIComponent)
    .join('/');
}

/** Half a surrogate pair is no text: JSON readers and the URI encoder refuse it. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
