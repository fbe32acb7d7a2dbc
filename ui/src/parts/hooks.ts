// What views have in common.
import { useEffect } from 'preact/hooks';
import type { Args, ViewName } from '../../../src/page/protocol.js';
import { hello, isWatched, stateOf, unwatch, watch } from '../store.js';

/** Watches a view while the component is there; answers its state. Reading the state subscribes the component. */
export function useView<T>(name: ViewName, args: Args = {}): T | undefined {
  const board = hello.value;
  const key = JSON.stringify(args);
  useEffect(() => {
    if (board === undefined) return undefined;
    if (!isWatched(name, key)) void watch(name, JSON.parse(key) as Args);
    return () => void unwatch(name);
  }, [name, board, key]);
  return stateOf<T>(name).value;
}
