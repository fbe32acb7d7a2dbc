// The door of the room: what is said about trees and about programs of the GCE, by rule and in words.
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
