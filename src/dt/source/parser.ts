// Tokens to tree: headers, reservations, bodies of nodes. After a mistake it goes on with the next statement.
import { type DtNode, DtProperty, type Marker, stringValue } from '../tree.js';
import type { Builder } from './builder.js';
import { readInteger } from './expression.js';
import type { Reader } from './reader.js';
import { CHAR, TOKEN } from './tokens.js';
import { toBigint, type U64 } from './u64.js';
import { type ReadBinary, referenceOf, Values } from './values.js';

/** Deeper nodes are refused; the kernel itself skips what is deeper than 64. */
const MAX_DEPTH = 1000;
const NO_LABELS: readonly string[] = [];

/** Reads one whole source into a {@link Builder}. */
export class Parser {
  readonly #reader: Reader;
  readonly #builder: Builder;
  readonly #values: Values;
  #depth = 0;

  constructor(reader: Reader, builder: Builder, readBinary: ReadBinary) {
    this.#reader = reader;
    this.#builder = builder;
    this.#values = new Values(reader, readBinary);
  }

  /** Reads all; what is wrong is in the reader's diagnostics. */
  parse(): void {
    this.#reader.lexer.next();
    if (!this.#headers()) return;
    const lexer = this.#reader.lexer;
    while (lexer.kind === TOKEN.MEMRESERVE || lexer.kind === TOKEN.LABEL) {
      const labels = this.#labels();
      if (lexer.kind !== TOKEN.MEMRESERVE) {
        this.#reader.fail("'/memreserve/' or a node");
        this.#reader.recover();
        break;
      }
      if (!this.#memreserve(labels)) this.#reader.recover();
    }
    if (lexer.kind === TOKEN.END) this.#reader.fail("a node: '/ { … };'");
    this.#topLevel();
    this.#builder.finish();
  }

  #headers(): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    const { tree } = this.#builder;
    if (lexer.kind !== TOKEN.DTS_V1) {
      reader.report('no-version', { found: reader.describe() });
      return false;
    }
    for (let count = 0; lexer.kind === TOKEN.DTS_V1; count++) {
      const origin = lexer.origin;
      lexer.next();
      if (!reader.semicolon("'/dts-v1/'")) return false;
      const plugin = reader.at(TOKEN.PLUGIN);
      if (plugin) {
        lexer.next();
        if (!reader.semicolon("'/plugin/'")) return false;
      }
      if (count === 0) tree.plugin = plugin;
      else if (plugin !== tree.plugin) reader.report('header-flags', {}, origin);
    }
    return true;
  }

  #memreserve(labels: readonly string[]): boolean {
    const reader = this.#reader;
    reader.lexer.next();
    const address: U64 = { hi: 0, lo: 0 };
    const size: U64 = { hi: 0, lo: 0 };
    if (!readInteger(reader, address) || !readInteger(reader, size)) return false;
    const entry = { address: toBigint(address), size: toBigint(size) };
    this.#builder.tree.reservations.push(labels.length > 0 ? { ...entry, labels } : entry);
    return reader.semicolon("'/memreserve/'");
  }

  #topLevel(): void {
    const reader = this.#reader;
    const lexer = reader.lexer;
    for (let fresh = true; lexer.kind !== TOKEN.END; fresh = false) {
      if (lexer.kind === CHAR.CLOSE_BRACE) {
        reader.fail("a node ('/ {', '&label {')");
        lexer.next();
        if (reader.at(CHAR.SEMICOLON)) lexer.next();
      } else if (!this.#statement(fresh)) reader.recover();
    }
  }

  #statement(fresh: boolean): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    const { origin } = lexer;
    switch (lexer.kind) {
      case CHAR.SLASH:
        lexer.next();
        if (this.#builder.tree.root.origin < 0) this.#builder.tree.root.origin = origin;
        return this.#body(this.#builder.tree.root, fresh);
      case TOKEN.LABEL:
      case TOKEN.LABEL_REF:
      case TOKEN.PATH_REF:
        return this.#extension();
      case TOKEN.DELETE_NODE:
      case TOKEN.OMIT:
        return this.#targetStatement(lexer.kind);
      case TOKEN.MEMRESERVE:
        reader.report('late-memreserve', {});
        return false;
      default:
        return reader.fail("a node ('/ {', '&label {'), '/delete-node/' or '/omit-if-no-ref/'");
    }
  }

  /** `&label { };`, `&{/path} { };`, either with one label in front. */
  #extension(): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    const builder = this.#builder;
    const label = lexer.kind === TOKEN.LABEL ? lexer.name(0, 1) : undefined;
    if (label !== undefined) lexer.next();
    if (lexer.kind !== TOKEN.LABEL_REF && lexer.kind !== TOKEN.PATH_REF) return reader.fail("'&label' or '&{/path}'");
    const { origin } = lexer;
    const isPath = lexer.kind === TOKEN.PATH_REF;
    const ref = referenceOf(reader);
    // In an overlay a path always means the base tree, a label only when the overlay has no such label.
    const overlay = builder.tree.plugin && label === undefined;
    const target = overlay && isPath ? undefined : builder.target(ref);
    lexer.next();
    if (target !== undefined) {
      if (label !== undefined) builder.label(target, [label], false);
      return this.#body(target, false);
    }
    if (overlay) return this.#body(builder.fragment(targetProperty(ref, origin), origin), true);
    reader.report('unknown-target', { ref }, origin);
    return this.#body(this.#nowhere(), true);
  }

  /** A place for what has no place, so that mistakes in it are found as well. */
  #nowhere(): DtNode {
    return this.#builder.child(this.#builder.tree.root, '', true, -1).node;
  }

  #targetStatement(kind: number): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    lexer.next();
    if (lexer.kind !== TOKEN.LABEL_REF && lexer.kind !== TOKEN.PATH_REF) return reader.fail("'&label' or '&{/path}'");
    const ref = referenceOf(reader);
    const target = this.#builder.target(ref);
    if (target === undefined) reader.report('unknown-target', { ref });
    else if (kind === TOKEN.OMIT) this.#builder.omit.add(target);
    else if (target.parent === undefined) reader.report('delete-root', {});
    else this.#builder.delete(target);
    lexer.next();
    return reader.semicolon(`'&${ref}'`);
  }

  #body(node: DtNode, fresh: boolean): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    if (lexer.kind !== CHAR.OPEN_BRACE) return reader.fail("'{'");
    if (++this.#depth > MAX_DEPTH) {
      this.#depth--;
      if (this.#depth === MAX_DEPTH) reader.report('node-depth', { limit: MAX_DEPTH });
      return false;
    }
    lexer.next();
    const before = { children: false };
    while (!reader.at(CHAR.CLOSE_BRACE) && !reader.at(TOKEN.END)) {
      if (!this.#member(node, fresh, before)) reader.recover();
    }
    this.#depth--;
    return (
      reader.expect(CHAR.CLOSE_BRACE, `'}' to end ${node.name === '' ? 'the node' : `'${node.name}'`}`) &&
      reader.semicolon("'}'")
    );
  }

  /** One statement inside a node. */
  #member(node: DtNode, fresh: boolean, before: { children: boolean }): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    let labels = this.#labels();
    let omit = false;
    while (lexer.kind === TOKEN.OMIT) {
      omit = true;
      lexer.next();
      labels = [...labels, ...this.#labels()];
    }
    if (lexer.kind === TOKEN.DELETE_PROPERTY || lexer.kind === TOKEN.DELETE_NODE)
      return this.#deletion(node, fresh, before);
    if (lexer.kind !== TOKEN.NAME) return reader.fail("a property, a child node or '}'");
    const { origin } = lexer;
    const name = lexer.name();
    lexer.next();
    if (reader.at(CHAR.OPEN_BRACE) || omit) {
      before.children = true;
      return this.#child(node, name, labels, omit, fresh, origin);
    }
    if (before.children) reader.report('property-after-node', { name }, origin);
    return this.#property(node, name, labels, fresh, origin);
  }

  #child(
    parent: DtNode,
    name: string,
    labels: readonly string[],
    omit: boolean,
    fresh: boolean,
    origin: number,
  ): boolean {
    const child = this.#builder.child(parent, name, fresh, origin);
    this.#builder.label(child.node, labels, child.fresh);
    if (omit && child.fresh) this.#builder.omit.add(child.node);
    return this.#body(child.node, child.fresh);
  }

  #property(node: DtNode, name: string, labels: readonly string[], fresh: boolean, origin: number): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    let property: DtProperty | undefined;
    if (lexer.kind === CHAR.EQUALS) {
      lexer.next();
      property = this.#values.read(name);
      if (property === undefined) return false;
    } else if (lexer.kind === CHAR.SEMICOLON) property = this.#values.empty(name);
    else return reader.fail(`'=', ';' or '{' after '${name}'`);
    property.origin = origin;
    if (labels.length > 0) property.labels = [...new Set(labels)];
    this.#builder.property(node, property, fresh);
    return reader.semicolon(`the value of '${name}'`);
  }

  #deletion(node: DtNode, fresh: boolean, before: { children: boolean }): boolean {
    const reader = this.#reader;
    const lexer = reader.lexer;
    const isNode = lexer.kind === TOKEN.DELETE_NODE;
    const { origin } = lexer;
    lexer.next();
    if (lexer.kind !== TOKEN.NAME) return reader.fail(isNode ? 'the name of a child node' : 'the name of a property');
    const name = lexer.name();
    lexer.next();
    if (isNode) {
      before.children = true;
      if (fresh && node.child(name) !== undefined) reader.report('delete-own', { name }, origin);
      this.#builder.deleteChild(node, name, fresh);
    } else {
      if (before.children) reader.report('property-after-node', { name }, origin);
      this.#builder.deleteProperty(node, new DtProperty(name), fresh);
    }
    return reader.semicolon(`'${name}'`);
  }

  #labels(): readonly string[] {
    const lexer = this.#reader.lexer;
    if (lexer.kind !== TOKEN.LABEL) return NO_LABELS;
    const labels: string[] = [];
    while (lexer.kind === TOKEN.LABEL) {
      labels.push(lexer.name(0, 1));
      lexer.next();
    }
    return labels;
  }
}

function targetProperty(ref: string, origin: number): DtProperty {
  if (ref.startsWith('/')) return new DtProperty('target-path', stringValue(ref));
  const property = new DtProperty('target', new Uint8Array([0xff, 0xff, 0xff, 0xff]));
  const marker: Marker = { kind: 'phandle', offset: 0, ref, origin };
  property.origin = origin;
  property.markers = [{ kind: 'u32', offset: 0, ref: '', origin }, marker];
  return property;
}
