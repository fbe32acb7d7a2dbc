// Gives a person a file that the page has made.

/** Saves pieces as one file of that name. */
export function save(name: string, pieces: readonly (BlobPart | Uint8Array)[]): void {
  const url = URL.createObjectURL(new Blob(pieces as BlobPart[]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
const KEPT_MS = 60_000;
