/** What the system can tell beyond the socket itself, for explanations. */
import { findPortHolder, type PortHolder } from '../sys/port-holder.ts';

export type { PortHolder } from '../sys/port-holder.ts';

/** Who is in the way of a bind to a TCP port: null where nobody is seen, or nobody can be asked. */
export function holderOfPort(port: number): PortHolder | null {
  return findPortHolder(port);
}
