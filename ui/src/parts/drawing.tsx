// A drawing of the room abi, which the command line writes as a file, as elements of the page.
import { type ComponentChild, h } from 'preact';
import { fit, type SvgElement } from '../../../src/abi/svg.js';

/** What an element that stands for a node becomes: a link, say. */
export type Wrap = (path: string, element: SvgElement, children: readonly ComponentChild[]) => ComponentChild;

/** Names and labels of trees are text here, whatever they contain. */
export function drawn(element: SvgElement | string, wrap: Wrap, key?: number): ComponentChild {
  if (typeof element === 'string') return fit(element);
  const children = element.children.map((child, index) => drawn(child, wrap, index));
  if (element.about !== undefined) return wrap(element.about, element, children);
  return h(element.name, { ...element.attributes, key }, children);
}
