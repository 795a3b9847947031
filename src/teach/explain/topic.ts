/** What `explain` knows about one word: a call, an errno, a state, an option, an idea. */

export type TopicKind = 'call' | 'errno' | 'state' | 'option' | 'constant' | 'signal' | 'idea';

export interface Topic {
  /** As it is written in C, or in the RFC: `accept`, `ECONNREFUSED`, `TIME-WAIT`. */
  readonly name: string;
  readonly kind: TopicKind;
  readonly what: string;
  /** When it happens, or is used. For a state: what leads in, and what leads out. */
  readonly when: string;
  /** What to do about it, or with it. */
  readonly advice: string;
  /** Where it stands: `accept(2)`, `RFC 9293 §3.6`. */
  readonly source: string;
  /** Other words for the same. Upper and lower case, `-`, `_` and blanks make no difference. */
  readonly aliases?: readonly string[];
  /** Of an errno: the text that strerror(3) or gai_strerror(3) has for it, on Linux. */
  readonly message?: string;
  /** The names of related topics. */
  readonly see?: readonly string[];
  /** Of a call: every errno that it can return, from its manual page, POSIX and trying. */
  readonly errnos?: readonly string[];
}

/** A topic as its file has it: all in one file are of one kind. */
export type Text = Omit<Topic, 'kind'>;
