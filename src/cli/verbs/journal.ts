// The journal of systemd as `journalctl -o json` writes it: one object per line, of which the message is wanted.

/** A log with each such line replaced by its message, and all others as they are: line numbers stay. */
export function withoutJournal(text: string): string {
  if (!/^\{/m.test(text)) return text;
  return text
    .split('\n')
    .map((line) => (line.startsWith('{') ? (messageOf(line) ?? line) : line))
    .join('\n');
}

/** The message on one line; undefined for a line that is no entry of a journal. */
function messageOf(line: string): string | undefined {
  const message = fieldOf(line);
  if (typeof message === 'string') return message.replaceAll(/[\r\n]+/g, ' ');
  // What is not UTF-8, or has control characters, journald writes as a list of bytes.
  if (!Array.isArray(message) || !message.every(isByte)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(message)).replaceAll(/[\r\n]+/g, ' ');
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value);
}

function fieldOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { readonly MESSAGE?: unknown }).MESSAGE;
  } catch {
    return undefined;
  }
}
