// The door of the room host: this computer, for the command line and for programs of users.
export { type Offer, type OfferState, lookAround, type Surroundings } from './doctor.js';
export { type HostFilesOptions, hostFiles, readToEnd } from './files.js';
export { type LiveResult, type Runs, runLive, type Signals, type Stop, stopOnSignals } from './live.js';
export {
  type LineFile,
  openLineFile,
  openOutput,
  type Output,
  type WritableEnd,
  type WriteFault,
  writeFileWhole,
} from './output.js';
export { settle } from './settle.js';
