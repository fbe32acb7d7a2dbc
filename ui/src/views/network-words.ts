// Numbers of a network as a person reads them.

/** With a thin blank between thousands. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, '\u2009');
}

/** `1000/s, 6.2 Mbit/s`; empty while nothing passes. */
export function rateWords(packets: number, bytes: number): string {
  if (packets < 0.5) return '';
  const bits = 8 * bytes;
  const speed = bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${(bits / 1e3).toFixed(0)} kbit/s`;
  return `${Math.round(packets)}/s, ${speed}`;
}
