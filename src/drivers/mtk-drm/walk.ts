// Walks a display path through the graph (the patch: mtk_drm_of_get_ddp_ep_cid, mtk_drm_of_ddp_path_build_one).
import { ERRNO } from '../../base/errno.js';
import type { LogLevel } from '../../base/trace.js';
import type { Alias } from '../../dt/alias.js';
import { endpointByRegs, remotePortParent } from '../../dt/graph.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { componentId, componentType, isAdaptorPart, isOutput } from './component.js';
import type { NodeRefs } from './node-refs.js';
import { type DisplayRules, PATHS, type PathName } from './rules.js';
import { OVL_ADAPTOR_ID, PATH_LIMIT } from './tables.js';

/** One look-up of a walk. */
export interface Step {
  /** The outgoing endpoint; undefined when there is none with the path's number. */
  readonly endpoint: DtNode | undefined;
  /** The device at the other end; undefined when the link leads nowhere. */
  readonly node: DtNode | undefined;
  /** 0, or the negative error number of this look-up. */
  readonly ret: number;
  /** Component number when `ret` is 0; 61 for a part of the OVL adaptor. */
  readonly id: number | undefined;
}

/** What a walk along one path found. */
export interface Walk {
  readonly path: PathName;
  /** 0, or the negative error number that path building got. Meaningless when `hang`. */
  readonly ret: number;
  /** The components, when `ret` is 0. */
  readonly ids: readonly number[];
  /** Every look-up in order, at most 80; `truncated` when there were more. */
  readonly steps: readonly Step[];
  readonly truncated: boolean;
  /** The kernel would never leave this walk (W24). */
  readonly hang: boolean;
  /** The kernel would print or use a pointer that was never set (W8 without `nextStartsNull`). */
  readonly unsetNext: boolean;
}

/** A line for the kernel's log, without the device's name in front. */
export interface KernelLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** Where lines for the kernel's log go, without the device's name in front. */
export type Log = (level: LogLevel, text: string) => void;

/** What a walk reads, and what it writes to. */
export interface WalkContext {
  readonly tree: DtTree;
  readonly aliases: readonly Alias[];
  readonly rules: DisplayRules;
  readonly refs: NodeRefs;
  readonly log: Log;
}

/** Look-ups that are kept. */
const STEP_LIMIT = 80;

/** Builds one path from a mmsys on. Errors are in the answer and in the log; references are counted in the context. */
export function walkPath(context: WalkContext, mmsys: DtNode, path: PathName): Walk {
  return new PathWalk(context, mmsys, path).run();
}

/** How the loop of a walk was left: with the last look-up's result, or because there is no end to it. */
type End =
  | { readonly kind: 'ended'; readonly ret: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'circle'; readonly at: DtNode };

/** The state of one walk: the array of components so far, and the node that the next look-up starts from. */
class PathWalk {
  readonly #context: WalkContext;
  readonly #mmsys: DtNode;
  readonly #path: PathName;
  readonly #ids: number[] = [];
  readonly #steps: Step[] = [];
  #stepCount = 0;
  /** Where the last look-up began, and what it found. */
  #last: { readonly from: DtNode; readonly step: Step } | undefined;

  constructor(context: WalkContext, mmsys: DtNode, path: PathName) {
    this.#context = context;
    this.#mmsys = mmsys;
    this.#path = path;
  }

  run(): Walk {
    const first = this.#hop(this.#mmsys, 0);
    if (first.ret !== 0) return this.#firstFailed(first);
    this.#ids.push(first.id as number);
    const end = this.#follow(first);
    if (end.kind === 'hang') return this.#result({ ret: 0, hang: true });
    const ret = end.kind === 'circle' ? this.#refuseCircle(end.at) : this.#judge(end.ret);
    return this.#result({ ret });
  }

  /** W10: looks up device after device until one fails, or 62 components are there. */
  #follow(first: Step): End {
    const { rules, refs } = this.#context;
    let next = first.node as DtNode;
    let adaptorAdded = rules.foldsFirstAdaptor && first.id === OVL_ADAPTOR_ID;
    // Where a walk goes on depends on the node alone: coming back is a circle, and endless if nothing was added since.
    const visited = new Set([next]);
    const sinceAdded = new Set([next]);
    let endless = false;
    do {
      const prev = next;
      const step = this.#hop(prev, 1);
      next = step.node ?? prev;
      refs.put(prev);
      if (step.ret !== 0) {
        if (step.node !== undefined || !rules.balancesReferences) refs.put(next);
        return { kind: 'ended', ret: step.ret };
      }
      if (rules.refusesCircles && visited.has(next)) {
        refs.put(next);
        return { kind: 'circle', at: next };
      }
      visited.add(next);
      const isAdaptor = step.id === OVL_ADAPTOR_ID;
      if (isAdaptor && adaptorAdded) {
        endless ||= sinceAdded.has(next);
        if (endless && this.#stepCount >= STEP_LIMIT) return { kind: 'hang' };
      } else {
        this.#ids.push(step.id as number);
        sinceAdded.clear();
      }
      sinceAdded.add(next);
      adaptorAdded ||= isAdaptor;
    } while (this.#ids.length < PATH_LIMIT);
    if (rules.balancesReferences) refs.put(next);
    return { kind: 'ended', ret: 0 };
  }

  /** W1 to W6: the device behind a port's endpoint with the path's number, with a reference to it for the caller. */
  #hop(from: DtNode, port: number): Step {
    const { tree, refs, rules, log } = this.#context;
    const skipped = (node: DtNode): void => log('warn', `non endpoint node is used (${node.path})`);
    const options = { variant: rules.endpoints, skipped };
    const endpoint = refs.get(endpointByRegs(from, port, PATHS.indexOf(this.#path), options));
    const node = endpoint === undefined ? undefined : refs.get(remotePortParent(tree, endpoint));
    refs.put(endpoint);
    const step = { endpoint, node, ...this.#identify(endpoint, node) };
    this.#last = { from, step };
    this.#stepCount++;
    if (this.#steps.length < STEP_LIMIT) this.#steps.push(step);
    return step;
  }

  #identify(endpoint: DtNode | undefined, node: DtNode | undefined): Pick<Step, 'ret' | 'id'> {
    const { rules, aliases } = this.#context;
    if (endpoint === undefined) return failed('ENOENT');
    if (node === undefined) return failed('EINVAL');
    if (!node.available) return failed('ENODEV');
    const type = componentType(node, rules.tables);
    if (type === undefined) return isAdaptorPart(node) ? { ret: 0, id: OVL_ADAPTOR_ID } : failed('EINVAL');
    const id = componentId(aliases, node, type);
    return id === undefined ? failed('EINVAL') : { ret: 0, id };
  }

  /** W8: the kernel keeps its reference to the device, and logs even when the path is then only skipped. */
  #firstFailed({ node, ret }: Step): Walk {
    const { rules, refs } = this.#context;
    if (rules.balancesReferences) refs.put(node);
    const unsetNext = node === undefined && !rules.nextStartsNull;
    if (ret === -ERRNO.ENODEV && rules.skipsBrokenPaths) this.#sayDisabled();
    else if (unsetNext) this.#say('err', 'Invalid component <uninitialised pointer>');
    else if (node !== undefined) this.#say('err', `Invalid component ${node.path}`);
    else this.#say('err', `Cannot find first endpoint for path ${PATHS.indexOf(this.#path)}`, this.#culprit());
    return this.#result({ ret, unsetNext });
  }

  /** W12 to W14: a walk that ended is a path when its last component is an output. */
  #judge(ret: number): number {
    const last = this.#ids.at(-1) as number;
    if (ret === -ERRNO.ENODEV) {
      if (this.#context.rules.skipsBrokenPaths) this.#sayDisabled();
      return ret;
    }
    if (!isOutput(last)) {
      this.#say('err', `Invalid display hw pipeline. Last component: ${last} (ret=${ret})`, this.#culprit());
      return -ERRNO.EINVAL;
    }
    this.#context.log('dbg', `Display HW Pipeline built with ${this.#ids.length} components.`);
    return 0;
  }

  #refuseCircle(at: DtNode): number {
    this.#say('err', 'Invalid display hw pipeline. It runs in a circle', `back at ${at.path}`);
    return -ERRNO.EINVAL;
  }

  /** The kernel has no line for this case: the path is just gone. */
  #sayDisabled(): void {
    this.#say('info', 'Skipping disabled component', this.#last?.step.node?.path);
  }

  /** What a walk that reached no output is to be looked at for. */
  #culprit(): string {
    const { from, step } = this.#last as { from: DtNode; step: Step };
    if (step.ret === 0) return `no output among ${PATH_LIMIT} components`;
    if (step.node !== undefined) return `stops before ${step.node.path}`;
    if (step.endpoint !== undefined) return `${step.endpoint.path} leads nowhere`;
    const port = from === this.#mmsys ? 0 : 1;
    return `${from.path} has no endpoint ${PATHS.indexOf(this.#path)} on port ${port}`;
  }

  /** The kernel's lines name neither path nor mmsys; with the right rules both and the reason follow its words. */
  #say(level: LogLevel, text: string, why?: string): void {
    const { rules, log } = this.#context;
    const where = `${this.#path} path of ${this.#mmsys.path}`;
    log(
      level,
      rules.skipsBrokenPaths ? [`${text}: ${where}`, why].filter((part) => part !== undefined).join(', ') : text,
    );
  }

  #result({ ret, hang = false, unsetNext = false }: { ret: number; hang?: boolean; unsetNext?: boolean }): Walk {
    return {
      path: this.#path,
      ret,
      ids: ret === 0 && !hang ? this.#ids : [],
      steps: this.#steps,
      truncated: this.#stepCount > this.#steps.length || hang,
      hang,
      unsetNext,
    };
  }
}

function failed(error: keyof typeof ERRNO): Pick<Step, 'ret' | 'id'> {
  return { ret: -ERRNO[error], id: undefined };
}
