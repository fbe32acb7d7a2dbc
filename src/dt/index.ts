// The door of the room: devicetrees from source or blob, back again, and what one asks of them.
export { type FileReader, memoryFiles } from '../base/files.js';
export { cellCounts, cpuAddress, cpuRange, deviceName, ranges, regEntries, translate } from './address.js';
export type { CellCounts, CpuRange, RangeRow, RegEntry } from './address.js';
export { type Alias, aliases, aliasId } from './alias.js';
export { compile } from './compile.js';
export { type CompileOptions, type CompileResult, compileText } from './compile-text.js';
export { type DecompileOptions, decompile } from './decompile.js';
export { type Difference, type DiffOptions, diff, diffText } from './diff.js';
export { type FdtResult, readFdt } from './fdt-read.js';
export { checkWriteOptions, type FdtWriteOptions, writeFdt } from './fdt-write.js';
export {
  type EndpointId,
  type EndpointOptions,
  endpointByRegs,
  endpoints,
  type GraphVariant,
  graphIsPresent,
  parseEndpoint,
  portParent,
  type RemoteNode,
  remoteEndpoint,
  remoteNode,
  remotePort,
  remotePortParent,
} from './graph.js';
export { type Interrupt, interrupt, interruptCount, interruptParent } from './interrupts.js';
export { applyOverlay, type OverlayResult } from './overlay.js';
export { type Match, type QueryResult, query } from './query.js';
export { type PhandleArgs, type PhandleList, phandleArgs, REFERENCE_PROPERTIES, references } from './references.js';
export { type CheckOptions, checkTree } from './source/checks.js';
export {
  cellValue,
  DtNode,
  DtProperty,
  DtTree,
  type Marker,
  type Reservation,
  type SourceMap,
  stringValue,
} from './tree.js';
