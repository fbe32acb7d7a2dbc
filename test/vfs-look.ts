// Looking at a tree of the room abi as programs do, without a mount: paths, links, whole files.
import type { VCall, VDir, VNode, VOpenFlags } from '../src/abi/vfs.js';

/** As many links as Linux follows in one path. */
const MOST_LINKS = 40;
const CALL: VCall = { nonblock: false, whenInterrupted: () => undefined };

/** What is at a path, links followed, also the last one; undefined where it leads nowhere. */
export function lookAt(root: VDir, path: string): VNode | undefined {
  const trail: VDir[] = [root];
  const parts = path.split('/').filter((part) => part !== '');
  let links = 0;
  let at: VNode = root;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (part === '..') {
      trail.pop();
      at = trail.at(-1) ?? root;
      if (trail.length === 0) trail.push(root);
      continue;
    }
    const found: VNode | undefined = at.kind === 'dir' ? at.lookup(part) : undefined;
    if (found === undefined) return undefined;
    if (found.kind === 'link') {
      if (++links > MOST_LINKS) return undefined;
      parts.unshift(...found.target.split('/'));
      continue;
    }
    at = found;
    if (found.kind === 'dir') trail.push(found);
  }
  return at;
}

/** Every path below a directory with what is there: `path/` for a directory, `path -> target` for a link. */
export function pathsBelow(root: VDir, path = ''): string[] {
  const dir = lookAt(root, path);
  if (dir?.kind !== 'dir') return [];
  return [...dir.entries()].flatMap(([name, node]) => {
    const whole = path === '' ? name : `${path}/${name}`;
    if (node.kind === 'link') return [`${whole} -> ${node.target}`];
    return node.kind === 'file' ? [whole] : [`${whole}/`, ...pathsBelow(root, whole)];
  });
}

/** The links that lead nowhere. */
export function danglingLinks(root: VDir): string[] {
  return pathsBelow(root).filter(
    (line) => line.includes(' -> ') && lookAt(root, line.split(' -> ')[0] ?? '') === undefined,
  );
}

/** The whole text of a file. */
export async function readText(root: VDir, path: string): Promise<string> {
  const file = opened(root, path, { read: true, write: false });
  const bytes = await file.read(0, 4096, CALL);
  file.close();
  return Buffer.from(bytes).toString();
}

/** Writes a text in one go, as `echo` does. */
export async function writeText(root: VDir, path: string, text: string): Promise<void> {
  const file = opened(root, path, { read: false, write: true });
  try {
    await file.write(Buffer.from(text), 0);
  } finally {
    file.close();
  }
}

function opened(root: VDir, path: string, flags: VOpenFlags) {
  const node = lookAt(root, path);
  if (node?.kind !== 'file') throw new Error(`${path} is no file`);
  return node.open(flags);
}
