// The part of the page's address behind `#`: which board, what happens to it, what is looked at. Whoever opens the link
// sees the same run.

/** What a link says. */
export interface LinkState {
  readonly view: string;
  /** File name of the tree; empty where no board is meant. */
  readonly tree: string;
  readonly sha256: string;
  /** The blob itself, deflated, in base64url: small trees travel along. Empty for large ones. */
  readonly blob: string;
  readonly seed: string;
  readonly params: readonly string[];
  /** Actions with their moments, one a line. */
  readonly scenario: string;
  /** How far the board has come, ns. */
  readonly until: number;
  /** What the view shows, by its own names. */
  readonly args: Readonly<Record<string, string>>;
}

/** Blobs whose deflated form is longer do not travel. */
export const MOST_BLOB_CHARACTERS = 24_576;

const OWN = ['view', 'tree', 'sha256', 'blob', 'seed', 'param', 'do', 'until'];

/** As text, without the `#`. */
export function formatLink(link: LinkState): string {
  const out = new URLSearchParams();
  out.set('view', link.view);
  for (const [name, value] of Object.entries(link.args)) if (!OWN.includes(name)) out.set(name, value);
  if (link.tree === '') return out.toString();
  out.set('tree', link.tree);
  if (link.sha256 !== '') out.set('sha256', link.sha256);
  if (link.seed !== '1') out.set('seed', link.seed);
  for (const param of link.params) out.append('param', param);
  if (link.scenario !== '') out.set('do', link.scenario.replaceAll('\n', ';'));
  if (link.until > 0) out.set('until', String(link.until));
  if (link.blob !== '') out.set('blob', link.blob);
  return out.toString();
}

/** What a text says; whatever is missing or odd is as on a page that was just opened. */
export function parseLink(text: string): LinkState {
  const words = new URLSearchParams(text.replace(/^#/, ''));
  const until = Number(words.get('until') ?? 0);
  return {
    view: words.get('view') ?? 'board',
    tree: words.get('tree') ?? '',
    sha256: words.get('sha256') ?? '',
    blob: words.get('blob') ?? '',
    seed: words.get('seed') ?? '1',
    params: words.getAll('param'),
    scenario: (words.get('do') ?? '').replaceAll(';', '\n'),
    until: Number.isFinite(until) && until >= 0 ? until : 0,
    args: Object.fromEntries([...words].filter(([name]) => !OWN.includes(name))),
  };
}
