// The door of the room: what is said about trees, programs of the GCE and packets of APR, by rule and in words.
export {
  type DecodedField,
  type DecodedHeader,
  type DecodedPacket,
  decodePacket,
  type FieldValue,
  type Router,
} from './apr/decode.js';
export { Exchange } from './apr/exchange.js';
export type { FieldName } from './apr/fields.js';
export type { FoundPacket } from './apr/found.js';
export { type DumpFormat, type DumpOptions, type PacketInput, readPackets } from './apr/input.js';
export type { Layout, Step } from './apr/layout.js';
export type { Message, MessageKind, TokenKind } from './apr/messages.js';
export { fieldLines, type PacketLine, packetLine, payloadWords, verdictWords } from './apr/packet-text.js';
export { type AprChild, type AprNode, type AprService, aprNodes, listenersOf } from './apr/services.js';
export {
  judge as judgePacket,
  type Listener,
  type Profile,
  type Refused,
  type Verdict as PacketVerdict,
} from './apr/verdict.js';
export { assemble, type Assembled, type AssembleOptions } from './cmdq/assemble.js';
export type { Effect, EffectKind, Effects, Write } from './cmdq/effect.js';
export { diffEffects, type EffectChange, type EffectDiff, type FinalValue } from './cmdq/effect-diff.js';
export { effectsOf, type Followed } from './cmdq/effects.js';
export { type EventSource, eventSource, type Raiser } from './cmdq/event-source.js';
export { type EventUse, eventUses } from './cmdq/event-uses.js';
export { lintProgram, type LintOptions } from './cmdq/lint.js';
export { CMDQ_RULES, type CmdqRule } from './cmdq/lint-catalogue.js';
export type { CmdqFinding, FoundInstruction } from './cmdq/lint-finding.js';
export { type InputFormat, type ProgramInput, type ProgramOptions, readProgram } from './cmdq/program-input.js';
export { sourceOf, type SourceOptions } from './cmdq/source.js';
export { type Symbol32, Symbols } from './cmdq/symbols.js';
export type { ThreadState } from './cmdq/thread-state.js';
export { lintCmdqTree } from './cmdq/tree-lint.js';
export { type Bystander, type Waiting, type WhyStuck, whyStuck } from './cmdq/why-stuck.js';
export type { DisplayFinding } from './display/finding.js';
export { forecastDisplay } from './display/forecast.js';
export { forecastJson } from './display/forecast-json.js';
export { lintDisplay } from './display/lint.js';
export type {
  AwaitedOutput,
  Blocker,
  ComponentMatch,
  CrtcForecast,
  DisplayForecast,
  DrmForecast,
  MmsysForecast,
  OutputForecast,
  PathForecast,
} from './display/result.js';
export { type DecodedItem, decodeItem, type JudgeOptions } from './dpaa/decode.js';
export type { FrameDescriptor, ParseResults, PoolBuffer, TableEntry } from './dpaa/formats.js';
export { type DpaaInput, type DpaaInputOptions, type FoundItem, readDpaa } from './dpaa/input.js';
export { itemJson } from './dpaa/item-json.js';
export { itemLines, itemTitle } from './dpaa/item-text.js';
export type { DpaaKind, WordOrder } from './dpaa/kinds.js';
export type { DumpMemory, MemoryPiece } from './dpaa/memory.js';
export { findMac, type FoundMac } from './dpaa/find-mac.js';
export { type DpaaTree, dpaaTree, type Fman, type FmanPort, type Mac } from './dpaa/ports.js';
export type { Manager, Portal, PrivateMemory } from './dpaa/tree-managers.js';
export type { Direction } from './dpaa/verdict.js';
