// The sources of a tree that was put together from several: the base and its overlays, each with offsets of its own.
import type { SourceMap } from './tree.js';

/** Offsets of layer n begin at n times this; no source is that long. */
const LAYER = 2 ** 32;

/** Source maps by layer. A layer that came from a blob has none. */
export class SourceLayers implements SourceMap {
  readonly #layers: readonly (SourceMap | undefined)[];

  private constructor(layers: readonly (SourceMap | undefined)[]) {
    this.#layers = layers;
  }

  /** What is below, which may have layers itself, with one more on top; undefined when neither has a source. */
  static join(below: SourceMap | undefined, above: SourceMap | undefined): SourceLayers | undefined {
    if (below === undefined && above === undefined) return undefined;
    return new SourceLayers([...(below instanceof SourceLayers ? below.#layers : [below]), above]);
  }

  /** The offset in the top layer of one that its own source gave; -1 stays what it is: no offset. */
  lift(origin: number): number {
    return origin < 0 ? origin : origin + (this.#layers.length - 1) * LAYER;
  }

  locate(offset: number): ReturnType<SourceMap['locate']> {
    return this.#layers[Math.floor(offset / LAYER)]?.locate(offset % LAYER);
  }
}
