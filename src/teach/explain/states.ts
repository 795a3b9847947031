/**
 * The states of a TCP connection (RFC 9293 §3.3.2): what leads in, what leads out, and what a call
 * sees there on Linux.
 */
import type { Text } from './topic.ts';

export const states: readonly Text[] = [
  {
    name: 'CLOSED',
    aliases: ['CLOSE', 'UNCONN'],
    what: 'There is no connection: the socket is new, or bound, or its connection is over.',
    when: 'In: socket(); RST sent or received; the ACK of our FIN in LAST-ACK; the end of TIME-WAIT. Out: listen() leads to LISTEN; connect() sends SYN and leads to SYN-SENT.',
    advice:
      'Before a connection, read() gives ENOTCONN and write() EPIPE; after one, read() gives 0. A new connection needs a new socket.',
    source: 'RFC 9293 §3.3.2, §3.10.4',
    see: ['LISTEN', 'SYN-SENT', 'ENOTCONN', 'EPIPE'],
  },
  {
    name: 'LISTEN',
    what: 'The socket is passive: the kernel answers each SYN to its address with SYN-ACK, and queues what becomes ESTABLISHED.',
    when: 'In: listen(). Out: close() or shutdown(SHUT_RD). It never becomes ESTABLISHED: each connection is a socket of its own.',
    advice:
      'accept() takes the next connection and blocks while there is none. read() gives ENOTCONN, write() EPIPE, connect() EISCONN.',
    source: 'RFC 9293 §3.3.2, §3.10.7.2, listen(2)',
    see: ['listen', 'accept', 'backlog', 'SYN-RECEIVED'],
  },
  {
    name: 'SYN-SENT',
    what: 'Our SYN is out, and the answer has not come yet.',
    when: 'In: connect() sends SYN. Out: SYN-ACK received, ACK sent: ESTABLISHED. A SYN received, for both connect at once: SYN-RECEIVED. RST received: CLOSED.',
    advice:
      'connect() blocks here; where it must not, it gives EINPROGRESS, and a second one EALREADY. RST makes it fail with ECONNREFUSED. Linux repeats the SYN for some two minutes, then ETIMEDOUT.',
    source: 'RFC 9293 §3.5, §3.10.7.3',
    see: ['connect', 'handshake', 'ECONNREFUSED', 'ETIMEDOUT'],
  },
  {
    name: 'SYN-RECEIVED',
    aliases: ['SYN-RECV', 'SYN-RCVD', 'NEW_SYN_RECV'],
    what: 'A SYN has come, our SYN-ACK is out, and its ACK has not come yet.',
    when: 'In: a listener gets a SYN; or a SYN comes in SYN-SENT. Out: ACK received: ESTABLISHED, and into the queue for accept(). RST received, or no answer: gone.',
    advice:
      'No call sees it: on a listener, Linux keeps it as a small request and not as a socket. Very many of them are a SYN flood.',
    source: 'RFC 9293 §3.5, §3.10.7.4',
    see: ['handshake', 'LISTEN', 'backlog', 'SYN flood'],
  },
  {
    name: 'ESTABLISHED',
    aliases: ['ESTAB'],
    what: 'The connection is open in both directions.',
    when: 'In: the client got SYN-ACK; the server’s kernel got the ACK of its own, before anyone called accept(). Out: our FIN sent, by shutdown(SHUT_WR) or close(): FIN-WAIT-1. The peer’s FIN received: CLOSE-WAIT. RST: CLOSED.',
    advice:
      'read() blocks until bytes come, write() until there is room. If the peer’s machine dies silently, it stays so: only sent data or keep-alive finds out.',
    source: 'RFC 9293 §3.3.2, §3.8',
    see: ['handshake', 'FIN-WAIT-1', 'CLOSE-WAIT', 'SO_KEEPALIVE'],
  },
  {
    name: 'FIN-WAIT-1',
    aliases: ['FIN-WAIT1', 'FINWAIT1'],
    what: 'We have ended our direction: the FIN is sent or about to be, and not acknowledged yet.',
    when: 'In: shutdown(SHUT_WR) or close() in ESTABLISHED. Out: its ACK received: FIN-WAIT-2. The peer’s FIN received first: CLOSING; together with the ACK: TIME-WAIT.',
    advice:
      'write() gives EPIPE, read() still brings what the peer sends. If it stays so, data before the FIN is not taken: the peer does not read, or is gone.',
    source: 'RFC 9293 §3.6, §3.10.4',
    see: ['FIN', 'FIN-WAIT-2', 'CLOSING', 'shutdown'],
  },
  {
    name: 'FIN-WAIT-2',
    aliases: ['FIN-WAIT2', 'FINWAIT2'],
    what: 'Our FIN is acknowledged, and the peer’s has not come: half-closed. The peer may go on sending.',
    when: 'In: the ACK of our FIN received in FIN-WAIT-1. Out: the peer’s FIN received, ACK sent: TIME-WAIT.',
    advice:
      'read() goes on to the peer’s FIN, then gives 0; write() gives EPIPE. After shutdown() this lasts as long as the peer likes; after close() Linux gives up after 60 s (tcp_fin_timeout).',
    source: 'RFC 9293 §3.6, tcp(7)',
    see: ['half-close', 'TIME-WAIT', 'CLOSE-WAIT', 'TCP_LINGER2'],
  },
  {
    name: 'CLOSE-WAIT',
    aliases: ['CLOSEWAIT'],
    what: 'The peer has ended its direction, and ours is still open: the kernel waits for our close().',
    when: 'In: FIN received in ESTABLISHED, ACK sent by the kernel. Out: our shutdown(SHUT_WR) or close() sends FIN: LAST-ACK.',
    advice:
      'read() gives what is left, then 0; write() still works. A connection that stays here is a program that forgot close(): no timer ends it.',
    source: 'RFC 9293 §3.6',
    see: ['EOF', 'LAST-ACK', 'close', 'half-close'],
  },
  {
    name: 'CLOSING',
    what: 'Both sides sent FIN at about the same time: the peer’s has come, and ours is not acknowledged yet.',
    when: 'In: FIN received in FIN-WAIT-1, ACK sent. Out: the ACK of our FIN received: TIME-WAIT.',
    advice: 'It is rare and short. read() gives 0 once all is read, write() EPIPE.',
    source: 'RFC 9293 §3.6',
    see: ['FIN-WAIT-1', 'TIME-WAIT', 'FIN'],
  },
  {
    name: 'LAST-ACK',
    aliases: ['LASTACK'],
    what: 'Both sides sent FIN, the peer first: only the ACK of ours is missing.',
    when: 'In: shutdown(SHUT_WR) or close() in CLOSE-WAIT sends FIN. Out: its ACK received: CLOSED.',
    advice:
      'read() gives 0 once all is read, write() EPIPE. This side has no TIME-WAIT: that is for the one who sent FIN first.',
    source: 'RFC 9293 §3.6',
    see: ['CLOSE-WAIT', 'TIME-WAIT', 'CLOSED'],
  },
  {
    name: 'TIME-WAIT',
    aliases: ['TIMEWAIT', '2MSL', 'MSL'],
    what: 'Both directions are closed. The kernel remembers the connection: its last ACK may be lost and asked for again, and late segments must not be taken for those of a new connection with the same addresses and ports.',
    when: 'In, on the side that sent FIN first: the peer’s FIN received in FIN-WAIT-2 (or FIN-WAIT-1), or the last ACK in CLOSING. Out: after twice the longest life of a segment (2 MSL), on Linux 60 s.',
    advice:
      'No call sees it: the descriptor is closed, or says CLOSED. It is normal and costs little. A server that must bind() again at once sets SO_REUSEADDR; don’t fight it with resets.',
    source: 'RFC 9293 §3.6, §3.10.8',
    see: ['SO_REUSEADDR', 'EADDRINUSE', 'FIN-WAIT-2', '4-tuple', 'TIME-WAIT assassination'],
  },
];
