// Protection domains: parts of a remote processor that can die and come back alone (Linux: linux/soc/qcom/pdr.h).
// Gaps: the locator and its messages (QMI); the edge tells of domains. One that it never told of is up.
import type { RpmsgDevice } from './rpmsg.js';

/** States as the notifier numbers them. */
const SERVREG_SERVICE_STATE = { DOWN: 0x0fff_ffff, UP: 0x1fff_ffff } as const;

/**
 * Follows one protection domain of the remote processor behind a channel until its driver is unbound (Linux:
 * pdr_add_lookup). `status` is called at once where the domain is up.
 */
export function pdrAddLookup(rpdev: RpmsgDevice, path: string, status: (up: boolean) => void): void {
  const { dev, edge } = rpdev;
  let transaction = 0;
  const tell = (up: boolean): void => {
    const state = up ? SERVREG_SERVICE_STATE.UP : SERVREG_SERVICE_STATE.DOWN;
    const text = `PDR: Indication received from ${path}, state: 0x${state.toString(16)}, trans-id: ${++transaction}`;
    dev.trace.emit(dev.path, { kind: 'printk', level: 'info', text });
    status(up);
  };
  const stop = edge.watch({
    up: () => undefined,
    down: () => undefined,
    domain: (name, up) => {
      if (name === path) tell(up);
    },
  });
  dev.scope.defer(stop);
  if (edge.isDomainUp?.(path) ?? true) tell(true);
}
