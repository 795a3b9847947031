/** All that `explain` knows, by kind. A test holds it to the tables of calls, errnos and constants. */
import { comfortCalls } from './calls/comfort.ts';
import { connectionCalls } from './calls/connection.ts';
import { nameCalls } from './calls/names.ts';
import { optionCalls } from './calls/options.ts';
import { stdioCalls } from './calls/stdio.ts';
import { transferCalls } from './calls/transfer.ts';
import { descriptorConstants } from './constants/descriptors.ts';
import { familyConstants } from './constants/families.ts';
import { lookupConstants } from './constants/lookups.ts';
import { messageConstants } from './constants/messages.ts';
import { argumentErrnos } from './errnos/argument.ts';
import { connectionErrnos } from './errnos/connection.ts';
import { fileErrnos } from './errnos/files.ts';
import { nameErrnos } from './errnos/names.ts';
import { systemErrnos } from './errnos/system.ts';
import { addressIdeas } from './ideas/addresses.ts';
import { programIdeas } from './ideas/programs.ts';
import { tcpIdeas } from './ideas/tcp.ts';
import { ipOptions } from './options/ip.ts';
import { socketOptions } from './options/socket.ts';
import { tcpOptions } from './options/tcp.ts';
import { signals } from './signals.ts';
import { states } from './states.ts';
import type { Text, Topic, TopicKind } from './topic.ts';

const BY_KIND: Readonly<Record<TopicKind, readonly Text[]>> = {
  call: [
    ...connectionCalls,
    ...transferCalls,
    ...optionCalls,
    ...nameCalls,
    ...stdioCalls,
    ...comfortCalls,
  ],
  state: states,
  errno: [...connectionErrnos, ...argumentErrnos, ...systemErrnos, ...fileErrnos, ...nameErrnos],
  option: [...socketOptions, ...tcpOptions, ...ipOptions],
  constant: [...familyConstants, ...messageConstants, ...descriptorConstants, ...lookupConstants],
  signal: signals,
  idea: [...tcpIdeas, ...addressIdeas, ...programIdeas],
};

/** In the order in which a list shows them: calls first, ideas last. */
export const topicKinds = Object.keys(BY_KIND) as readonly TopicKind[];

/** Every topic, kind by kind. */
export const topics: readonly Topic[] = topicKinds.flatMap((kind) =>
  BY_KIND[kind].map((text) => ({ ...text, kind })),
);

export const topicNames: readonly string[] = topics.map(({ name }) => name);
