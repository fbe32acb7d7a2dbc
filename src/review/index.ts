// The door of the room: what is said about trees, by rule and in words.
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
