// The door of the room: how a page talks to a board, and what it sees.
export { checkCommand } from './command-check.js';
export { type Frame, pictureFrame, readFrame, rowsFrame, samplesFrame } from './frames.js';
export * from './protocol.js';
export { type Pacer, PageSession, type SessionParts } from './session.js';
export { TraceStore } from './trace-store.js';
export type { View, ViewKind, ViewParts } from './view.js';
