// Talking to an iiod server without a socket, as text of one character per byte.
import { expect } from 'vitest';
import type { IiodDevice } from '../src/abi/iiod/device.js';
import { type IiodConnection, IiodServer } from '../src/abi/iiod/server.js';
import { encodeLatin1 } from '../src/dt/latin1.js';
import { settle } from '../src/host/settle.js';

/** A server over these devices for whom our own mistakes fail the test. */
export function serverOf(devices: () => readonly IiodDevice[], mistakes: unknown[] = []): IiodServer {
  return new IiodServer({ devices, description: 'a test', attributes: [], onMistake: (e) => mistakes.push(e) });
}

/** A client. */
export class Talk {
  readonly connection: IiodConnection;
  /** All that came. */
  heard = '';
  ended = false;
  /** Called with every piece; what it answers holds up the server. */
  onPiece: () => void | Promise<void> = () => undefined;

  constructor(server: IiodServer, peer = 'test') {
    this.connection = server.connection(
      {
        write: (head, data) => {
          this.heard += head + (data === undefined ? '' : Buffer.from(data).toString('latin1'));
          return this.onPiece();
        },
        end: () => {
          this.ended = true;
        },
      },
      peer,
    );
  }

  /** Sends, and answers what came until nothing more comes by itself. */
  async say(text: string): Promise<string> {
    const before = this.heard.length;
    void this.connection.receive(encodeLatin1(text));
    await settle();
    return this.heard.slice(before);
  }

  /** Leaves; nothing of the client must be left. */
  async leave(): Promise<void> {
    this.connection.close();
    await this.connection.closed;
    expect(this.ended).toBe(true);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' };

/** The bytes that a transcript writes with `\r \n \t \0 \xNN`. */
export function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(parseInt(hex, 16)),
  );
}
