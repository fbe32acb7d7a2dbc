// The door of the room: what user programs see, as pure text.
export { type AbsentDisplay, absentDisplays, type Display, type DisplayOutput, readDisplays } from './displays.js';
export { type PipelineSvgOptions, pipelineSvg } from './pipeline-svg.js';
export { type Rail, type Reading, readRails } from './rails.js';
export { type SarifFinding, type SarifRule, type SarifRun, sarif } from './sarif.js';
export { traceJson, traceLine } from './trace-text.js';
