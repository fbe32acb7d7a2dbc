// What is chosen in a view, so that it is in the page's address.
import { viewArgs } from '../store.js';

/** Chooses some; an empty value is none. */
export function setArgs(args: Readonly<Record<string, string>>): void {
  const next: Record<string, string> = { ...viewArgs.value, ...args };
  viewArgs.value = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ''));
}

/** Chooses one. */
export function setArg(name: string, value: string): void {
  setArgs({ [name]: value });
}
