/** Who takes part in the chat, under which names, and how a line gets to all of them. */
import type { Connection } from '../../stream/connection.ts';
import { LATE, within } from '../../stream/within.ts';
import { type Bounds, Member } from './member.ts';

/**
 * A name begins with a letter, and goes on with letters, digits, - and _. What shows as nothing is
 * none of them: U+115F is a letter to Unicode, and U+FE0F a mark.
 */
const NAME = /^(?!.*\p{Default_Ignorable_Code_Point})\p{L}[\p{L}\p{M}\p{N}_-]{0,19}$/u;

/**
 * Scripts whose letters look like one another’s: a name takes its letters from one of them (UTS #39
 * §5.1). A whole name in another script can still look alike.
 */
const ALIKE = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Lisu}/u,
];

/** So many names are told in a line. */
const LISTED = 50;

export class Room {
  /** By their names, as those are compared. */
  private readonly members = new Map<string, Member>();
  private readonly bounds: Bounds;
  private readonly droppedOne: (member: Member) => void;

  /** @param dropped told of a member that was put out because it did not read */
  constructor(bounds: Bounds, dropped: (member: Member) => void) {
    this.bounds = bounds;
    this.droppedOne = dropped;
  }

  /** Adds one under a name that nobody has: guest1, guest2 … */
  join(connection: Connection): Member {
    let number = 1;
    while (this.members.has(`guest${number}`)) number++;
    const member = new Member(connection, `guest${number}`, this.bounds);
    this.members.set(keyOf(member.name), member);
    return member;
  }

  /** It takes no part any more; what waits for it is still written. */
  part(member: Member): void {
    this.members.delete(keyOf(member.name));
  }

  /** Their names in one line, which is not longer than it must be. */
  names(): string {
    const all = [...this.members.values()].map(({ name }) => name);
    const others = all.length - LISTED;
    return others <= 0 ? all.join(', ') : `${all.slice(0, LISTED).join(', ')} and ${others} more`;
  }

  /** @returns why it can't have the name; null where it has it now */
  rename(member: Member, wanted: string): string | null {
    // NFKC, so that what looks the same is the same: ﬁ and fi.
    const name = wanted.normalize('NFKC');
    if (!NAME.test(name)) return 'a name is a letter, then up to 19 letters, digits, - or _';
    if (ALIKE.filter((script) => script.test(name)).length > 1)
      return 'it mixes letters of several scripts, which look alike';
    const holder = this.members.get(keyOf(name));
    if (holder !== undefined && holder !== member) return `somebody else is ${holder.name}`;
    this.members.delete(keyOf(member.name));
    member.name = name;
    this.members.set(keyOf(name), member);
    return null;
  }

  /** Tells a line to all but one. */
  tell(line: string, except: Member | null = null): void {
    for (const member of this.members.values()) {
      if (member === except) continue;
      member.tell(line);
      // Lines from many who did not have to wait for one another.
      if (member.isOverrun) this.drop(member);
    }
  }

  /**
   * Resolves when everybody has room again. Whoever writes faster than the others read is held up
   * by this; who stays full for longer than the bound is dropped, so that is all that one who
   * does not read can do to the others.
   */
  async room(): Promise<void> {
    const full = [...this.members.values()].filter((member) => member.isFull);
    await Promise.all(
      full.map(async (member) => {
        if ((await within(this.bounds.patienceMs, member.hasRoom())) === LATE) this.drop(member);
      }),
    );
  }

  private drop(member: Member): void {
    if (member.dropped || member.gone) return;
    member.dropped = true;
    this.part(member);
    member.leave();
    // Words would only wait behind those that it does not read.
    member.connection.reset().catch(() => {});
    this.droppedOne(member);
    this.tell(`* ${member.name} was dropped: too slow to read`);
  }
}

function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
