// A component whose code is loaded when it is first shown, or before.
import type { FunctionComponent } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** A component that may be there already when it is shown. */
export type LazyComponent = FunctionComponent & { readonly preload: () => Promise<void> };

/** Shows nothing until it is there. The module exports it as `View`. */
export function lazy(load: () => Promise<{ readonly View: FunctionComponent }>): LazyComponent {
  let loaded: FunctionComponent | undefined;
  const preload = async (): Promise<void> => {
    loaded ??= (await load()).View;
  };
  const component: FunctionComponent = () => {
    const [, redraw] = useState(0);
    useLayoutEffect(() => {
      if (loaded === undefined) void preload().then(() => redraw(1));
    }, []);
    const View = loaded;
    return View === undefined ? null : <View />;
  };
  return Object.assign(component, { preload });
}
