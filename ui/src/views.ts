// Table of the views: their names, keys and components. All but the first are loaded when they are looked at.
import { type LazyComponent, lazy } from './parts/lazy.js';
import type { FunctionComponent } from 'preact';
import type { ViewName } from '../../src/page/protocol.js';
import { BoardView } from './views/board.js';

/** A view of the page. */
export interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
  readonly component: FunctionComponent | LazyComponent;
}

/** In the order of the keys 1 to 9. */
export const VIEWS: readonly ViewEntry[] = [
  { name: 'board', title: 'Board', component: BoardView },
  { name: 'display', title: 'Display', component: lazy(() => import('./views/display.js')) },
  { name: 'power', title: 'Power', component: lazy(() => import('./views/power.js')) },
  { name: 'cmdq', title: 'Command queues', component: lazy(() => import('./views/cmdq.js')) },
  { name: 'audio', title: 'Audio', component: lazy(() => import('./views/audio.js')) },
  { name: 'network', title: 'Network', component: lazy(() => import('./views/network.js')) },
  { name: 'registers', title: 'Registers', component: lazy(() => import('./views/registers.js')) },
  { name: 'trace', title: 'Trace', component: lazy(() => import('./views/trace.js')) },
  { name: 'faults', title: 'Faults', component: lazy(() => import('./views/faults.js')) },
];

/** Loads a view before it is shown. */
export async function preload(name: ViewName): Promise<void> {
  const component = VIEWS.find((one) => one.name === name)?.component;
  if (component !== undefined && 'preload' in component) await component.preload();
}
