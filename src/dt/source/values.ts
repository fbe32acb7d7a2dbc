// The right side of `name = …;`: strings, cells, bytes, references and files, put one behind the other.
import type { DtProperty, Marker } from '../tree.js';
import { Arena } from './arena.js';
import { unescape } from './escapes.js';
import { readInteger } from './expression.js';
import type { Reader } from './reader.js';
import { CHAR, TOKEN } from './tokens.js';
import { toBigint, type U64 } from './u64.js';

/** Reads the whole file for /incbin/, or reports why it cannot and answers nothing. */
export type ReadBinary = (file: string, origin: number) => Uint8Array | undefined;

type RunKind = 'string' | 'u8' | 'u16' | 'u32' | 'u64';

const RUN_OF_BITS: Readonly<Record<string, RunKind>> = { '8': 'u8', '16': 'u16', '32': 'u32', '64': 'u64' };
/** Most values are one run and nothing else: they share these. */
const ONE_RUN: Readonly<Record<RunKind, readonly Marker[]>> = {
  string: [{ kind: 'string', offset: 0, ref: '', origin: -1 }],
  u8: [{ kind: 'u8', offset: 0, ref: '', origin: -1 }],
  u16: [{ kind: 'u16', offset: 0, ref: '', origin: -1 }],
  u32: [{ kind: 'u32', offset: 0, ref: '', origin: -1 }],
  u64: [{ kind: 'u64', offset: 0, ref: '', origin: -1 }],
};
const NO_MARKERS: readonly Marker[] = [];

/** Reads values into properties. */
export class Values {
  readonly #reader: Reader;
  readonly #readBinary: ReadBinary;
  readonly #arena = new Arena();
  readonly #integer: U64 = { hi: 0, lo: 0 };
  #markers: Marker[] | undefined;
  #first: RunKind | undefined;
  #firstOrigin = -1;

  constructor(reader: Reader, readBinary: ReadBinary) {
    this.#reader = reader;
    this.#readBinary = readBinary;
  }

  /** A property without a value. */
  empty(name: string): DtProperty {
    this.#arena.begin();
    return this.#arena.finish(name);
  }

  /** The property whose value stands at the current token; undefined after a syntax error. */
  read(name: string): DtProperty | undefined {
    const lexer = this.#reader.lexer;
    this.#arena.begin();
    this.#markers = undefined;
    this.#first = undefined;
    for (;;) {
      this.#labels();
      if (!this.#element()) return undefined;
      this.#labels();
      if (lexer.kind !== CHAR.COMMA) break;
      lexer.next();
    }
    const property = this.#arena.finish(name);
    property.markers = this.#markers ?? (this.#first === undefined ? NO_MARKERS : ONE_RUN[this.#first]);
    return property;
  }

  #element(): boolean {
    const { lexer } = this.#reader;
    switch (lexer.kind) {
      case CHAR.LESS:
        lexer.next();
        return this.#cells(32, 4);
      case TOKEN.STRING:
        return this.#string();
      case TOKEN.LABEL_REF:
      case TOKEN.PATH_REF:
        this.#mark('path', referenceOf(this.#reader));
        lexer.next();
        return true;
      case CHAR.OPEN_BRACKET:
        return this.#bytes();
      case TOKEN.BITS:
        return this.#bits();
      case TOKEN.INCBIN:
        return this.#incbin();
      default:
        return this.#reader.fail("a value (a string, '<', '[', '&label', /bits/ or /incbin/)");
    }
  }

  #string(): true {
    const reader = this.#reader;
    const lexer = reader.lexer;
    this.#run('string');
    const raw = lexer.slice(1, 1);
    const origin = lexer.origin;
    this.#arena.appendString(lexer.escaped ? unescape(raw, () => reader.report('bad-hex-escape', {}, origin)) : raw);
    lexer.next();
    return true;
  }

  #bits(): boolean {
    const reader = this.#reader;
    reader.lexer.next();
    const found = reader.describe().replaceAll("'", '');
    const bits = reader.lexer.hi === 0 ? reader.lexer.lo : 0;
    const known = reader.lexer.kind === TOKEN.LITERAL && Object.hasOwn(RUN_OF_BITS, String(bits));
    if (reader.lexer.kind === TOKEN.LITERAL && !known) reader.report('bad-bits', { found });
    if (!reader.expect(TOKEN.LITERAL, 'the number of bits') || !reader.expect(CHAR.LESS, "'<'")) return false;
    return known ? this.#cells(bits, bits / 8) : this.#cells(32, 4);
  }

  #cells(bits: number, size: number): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    this.#run(RUN_OF_BITS[bits] as RunKind);
    for (;;) {
      switch (lexer.kind) {
        case TOKEN.LITERAL:
          if (lexer.hi !== 0 || size !== 4) this.#wide(lexer.hi, lexer.lo, bits, size, lexer.origin);
          else this.#arena.append(lexer.lo, 4);
          lexer.next();
          break;
        case CHAR.GREATER:
          lexer.next();
          return true;
        case TOKEN.LABEL_REF:
        case TOKEN.PATH_REF:
          this.#reference(bits, size);
          break;
        case TOKEN.LABEL:
          this.#labels();
          break;
        default:
          if (!this.#expression(bits, size)) return false;
      }
    }
  }

  #expression(bits: number, size: number): boolean {
    const reader = this.#reader;
    const { kind, origin } = reader.lexer;
    if (kind !== TOKEN.CHAR && kind !== CHAR.OPEN) return reader.fail("a number, '(', a reference or '>'");
    const value = this.#integer;
    if (!readInteger(reader, value)) return false;
    this.#wide(value.hi, value.lo, bits, size, origin);
    return true;
  }

  #reference(bits: number, size: number): void {
    const reader = this.#reader;
    if (bits === 32) this.#mark('phandle', referenceOf(reader));
    else reader.report('reference-width', { bits });
    this.#wide(bits === 64 ? 0xffffffff : 0, 0xffffffff, 64, size, 0);
    reader.lexer.next();
  }

  /** Appends a number that may be too large: the bits above the element must be all 0 or all 1. */
  #wide(hi: number, lo: number, bits: number, size: number, origin: number): void {
    const arena = this.#arena;
    if (bits === 64) {
      if (size === 8) arena.append(hi, 4);
      arena.append(lo, Math.min(size, 4));
      return;
    }
    const top = bits === 32 ? 0 : lo >>> bits;
    const fits = (hi === 0 && top === 0) || (hi === 0xffffffff && top === (bits === 32 ? 0 : 0xffffffff >>> bits));
    if (!fits) {
      const value = `0x${toBigint({ hi, lo }).toString(16)}`;
      this.#reader.report('out-of-range', { value, bits }, origin);
    }
    arena.append(lo, size);
  }

  #bytes(): boolean {
    const lexer = this.#reader.lexer;
    this.#run('u8');
    lexer.next();
    for (;;) {
      if (lexer.kind === TOKEN.BYTE) {
        this.#arena.append(lexer.lo, 1);
        lexer.next();
      } else if (lexer.kind === TOKEN.LABEL) this.#labels();
      else return this.#reader.expect(CHAR.CLOSE_BRACKET, "two hex digits or ']'");
    }
  }

  #incbin(): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    const origin = lexer.origin;
    lexer.next();
    if (!reader.expect(CHAR.OPEN, "'('")) return false;
    const file = unescape(lexer.slice(1, 1), () => reader.report('bad-hex-escape', {}));
    if (!reader.expect(TOKEN.STRING, 'the name of a file')) return false;
    const offset: U64 = { hi: 0, lo: 0 };
    const length: U64 = { hi: 0xffffffff, lo: 0xffffffff };
    if (lexer.kind === CHAR.COMMA) {
      lexer.next();
      if (!readInteger(reader, offset) || !reader.expect(CHAR.COMMA, "',' and a length")) return false;
      if (!readInteger(reader, length)) return false;
    }
    if (!reader.expect(CHAR.CLOSE, "')'")) return false;
    const bytes = this.#readBinary(file, origin);
    if (bytes === undefined) return true;
    const from = offset.hi * 0x1_0000_0000 + offset.lo;
    this.#arena.appendBytes(
      bytes.subarray(Math.min(from, bytes.length), Math.min(from + asNumber(length), bytes.length)),
    );
    return true;
  }

  /** Labels inside a value. */
  #labels(): void {
    const lexer = this.#reader.lexer;
    while (lexer.kind === TOKEN.LABEL) {
      this.#mark('label', lexer.name(0, 1));
      lexer.next();
    }
  }

  #run(kind: RunKind): void {
    if (this.#first === undefined && this.#markers === undefined) {
      this.#first = kind;
      this.#firstOrigin = this.#reader.lexer.origin;
    } else this.#mark(kind, '');
  }

  #mark(kind: Marker['kind'], ref: string): void {
    this.#markers ??=
      this.#first === undefined ? [] : [{ kind: this.#first, offset: 0, ref: '', origin: this.#firstOrigin }];
    this.#markers.push({ kind, offset: this.#arena.length, ref, origin: this.#reader.lexer.origin });
  }
}

function asNumber(value: U64): number {
  return value.hi * 0x1_0000_0000 + value.lo;
}

/** The label or path of a reference: `&label` without the `&`, `&{/path}` without its frame. */
export function referenceOf(reader: Reader): string {
  return reader.lexer.kind === TOKEN.LABEL_REF ? reader.lexer.name(1) : reader.lexer.name(2, 1);
}
