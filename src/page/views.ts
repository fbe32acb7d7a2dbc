// Table of the views.
import type { ViewName } from './protocol.js';
import type { ViewKind } from './view.js';
import { audio } from './views/audio.js';
import { board } from './views/board.js';
import { cmdq } from './views/cmdq.js';
import { display } from './views/display.js';
import { faults } from './views/faults.js';
import { network } from './views/network.js';
import { power } from './views/power.js';
import { registers } from './views/registers.js';
import { trace } from './views/trace.js';

/** All of them, by name. */
export const VIEWS: Readonly<Record<ViewName, ViewKind>> = {
  board,
  display,
  power,
  cmdq,
  audio,
  network,
  registers,
  trace,
  faults,
};
