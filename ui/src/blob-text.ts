// A blob as characters of a link: deflated, in base64url.

/** Blob to text. */
export async function packBlob(blob: Uint8Array): Promise<string> {
  const packed = await through(blob, new CompressionStream('deflate-raw'));
  let text = '';
  for (const byte of packed) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Text to blob; undefined for a text that is none. */
export async function unpackBlob(text: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    return await through(bytes, new DecompressionStream('deflate-raw'));
  } catch {
    return undefined;
  }
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const piped = new Blob([bytes.slice().buffer]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
