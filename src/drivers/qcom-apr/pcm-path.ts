// The way of a PCM stream through the DSP: a port that runs, memory that is mapped, a session that is open, a COPP, and
// the route between them (ALSA: qdsp6/q6asm-dai.c, q6routing.c). It is made and taken down as a whole.
import type { Duration } from '../../base/clock.js';
import { isErrno, passSysError, type SysError } from '../../base/errno.js';
import { allocPages, dmaMapSingle, dmaSetMask, dmaUnmapSingle, freePages } from '../../core/dma-mapping.js';
import type { Q6Services } from './q6-dsp.js';
import type { RunningPort } from './q6-routing.js';
import type { Copp } from './q6adm.js';
import type { AfeFormat, AfeSettings } from './q6afe-config.js';
import type { AfePort } from './q6afe-ports.js';
import type { AsmClient } from './q6asm-client.js';

/** What a stream is to be. */
export interface PcmSpec extends AfeFormat {
  /** Index or name of the port, or the name of a link of the board's sound card; the first that fits when left out. */
  readonly port?: number | string;
  /** Bytes after which the DSP tells; about 20 ms when left out. */
  readonly periodBytes?: number;
  /** Periods in the buffer, at least 2; 4 when left out. */
  readonly periods?: number;
  /** In place of what the devicetree says of the port. */
  readonly settings?: AfeSettings;
  /** How long the DSP may take to be there; it must be now when left out. */
  readonly within?: Duration;
  /** The session of ASM; the first that is free when left out. */
  readonly session?: number;
}

/** Where the periods lie. */
export interface PcmBuffer {
  readonly bytes: Uint8Array;
  readonly iova: number;
  readonly periodBytes: number;
  readonly periods: number;
}

const PAGE = 4096;
const DIRECTION = 'bidirectional'; // as coherent memory: nobody syncs it

/** The parts of the way that are there. Each is taken down once. */
export class PcmPath {
  readonly services: Q6Services;
  readonly port: AfePort;
  readonly client: AsmClient;
  #running: RunningPort | undefined;
  #copp: Copp | undefined;
  #buffer: PcmBuffer | undefined;
  #freeMemory: (() => void) | undefined;
  /** ASM is being unbound while this opens. */
  #unbound = false;

  constructor(services: Q6Services, port: AfePort, client: AsmClient) {
    this.services = services;
    this.port = port;
    this.client = client;
  }

  /** The periods. */
  get buffer(): PcmBuffer {
    return this.#buffer as PcmBuffer; // there as long as the stream is
  }

  /** Makes it all, in Linux's order: port, memory, stream, COPP, route, format. On failure nothing is left. */
  async open(spec: PcmSpec, layout: { readonly periodBytes: number; readonly periods: number }): Promise<void> {
    const opening = this.#open(spec, layout);
    this.client.onUnbind = async () => {
      this.#unbound = true;
      await opening.catch(passSysError);
      await this.close().catch(passSysError);
    };
    try {
      await opening;
    } catch (e) {
      passSysError(e);
      await this.close().catch(passSysError);
      throw e;
    }
  }

  /** Takes it all down; what goes wrong on the way does not stop the rest. Throws the first error. */
  async close(): Promise<void> {
    const { client, services } = this;
    const [running, copp] = [this.#running, this.#copp];
    this.#running = undefined;
    this.#copp = undefined;
    const steps = [
      () => client.close(),
      () => client.unmap(),
      () => this.#release(),
      () => (copp === undefined ? undefined : services.adm.close(copp)),
      () => (running === undefined ? undefined : services.routing.release(running)),
    ];
    let failure: SysError | undefined;
    for (const step of steps) {
      try {
        await step();
      } catch (e) {
        passSysError(e);
        // What is dead, or unbound, has forgotten it.
        if (!isErrno(e, 'ECONNRESET') && !isErrno(e, 'ENODEV')) failure ??= e as SysError;
      }
    }
    client.free();
    if (failure !== undefined) throw failure;
  }

  async #open(spec: PcmSpec, layout: { readonly periodBytes: number; readonly periods: number }): Promise<void> {
    const { rate, channels, bits } = spec;
    const { afe, adm, routing } = this.services;
    const { port, client } = this;
    const { direction } = port;
    const format = { rate, channels, bits };
    const plays = direction === 'playback';
    const running = await routing.take(afe, port, format, spec.settings);
    this.#running = running;
    this.#checkBound();
    await client.map(direction, this.#allocate(layout));
    await (plays ? client.openWrite(bits) : client.openRead(bits));
    this.#checkBound();
    const copp = await adm.open({ port, ...running.format });
    this.#copp = copp;
    await adm.matrixMap(direction, client.session, [copp]);
    this.#checkBound();
    await (plays ? client.mediaFormat(format) : client.encoderFormat(format));
    this.#checkBound();
  }

  #checkBound(): void {
    if (this.#unbound) throw this.services.asm.requests.adev.dev.error('ENODEV', 'the driver is unbound', 'pcm');
  }

  /** Whole pages, mapped for the remote processor's device: the DSP maps whole pages, too. */
  #allocate({ periodBytes, periods }: { readonly periodBytes: number; readonly periods: number }): PcmBuffer {
    const dsp = this.services.asm.requests.adev.dspDev;
    const size = Math.ceil((periodBytes * periods) / PAGE) * PAGE;
    dmaSetMask(dsp, 32); // the number of the SMMU's stream lies above
    const pages = allocPages(dsp, size, PAGE);
    this.#freeMemory = () => freePages(dsp, pages);
    const iova = dmaMapSingle(dsp, pages, DIRECTION);
    this.#freeMemory = () => {
      dmaUnmapSingle(dsp, iova, size, DIRECTION);
      freePages(dsp, pages);
    };
    this.#buffer = { bytes: pages.bytes, iova, periodBytes, periods };
    return this.#buffer;
  }

  #release(): void {
    this.#freeMemory?.();
    this.#freeMemory = undefined;
  }
}
