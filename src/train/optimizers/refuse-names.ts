// Makes the assignment of properties that an object does not have, but might be thought to have, throw.

import { refuseKind, type Where } from '../../core/errors.js';

/**
 * Refuses the assignment of these names, which would be ignored otherwise. Other names are free, and a subclass may have an accessor or a
 * field of any name.
 */
export function refuseNames(target: object, names: readonly string[], advice: string, where: Where): void {
  for (const name of names) {
    const set = () => refuseKind(where, `${name} cannot be assigned here: ${advice}`);
    if (!(name in target)) Object.defineProperty(target, name, { set, configurable: true });
  }
}
