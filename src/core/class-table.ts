// The classes of a machine, their members, and the numbers that these have (Linux: /sys/class).
import type { ClassDevice } from './device.js';
import { Ida } from './ida.js';

interface Class {
  /** In the order of registration. */
  readonly members: Set<ClassDevice>;
  readonly numbers: Ida;
}

/** Who is in which class. Classes are made when first asked for. */
export class ClassTable {
  readonly #classes = new Map<string, Class>();
  readonly #changed: () => void;

  /** `changed` is called when a member has come or gone. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The members of a class, in the order of registration. */
  members(name: string): readonly ClassDevice[] {
    return [...this.#class(name).members];
  }

  /** Enters a member; the answer takes it out again. */
  enter(name: string, member: ClassDevice): () => void {
    const { members, numbers } = this.#class(name);
    members.add(member);
    numbers.take(member.nr);
    this.#changed();
    return () => {
      if (members.delete(member)) numbers.release(member.nr);
      this.#changed();
    };
  }

  /** The first number from `first` up that no member has. */
  freeNumber(name: string, first: number): number {
    return this.#class(name).numbers.lowestFree(first);
  }

  #class(name: string): Class {
    const known = this.#classes.get(name);
    if (known !== undefined) return known;
    const made: Class = { members: new Set(), numbers: new Ida() };
    this.#classes.set(name, made);
    return made;
  }
}
