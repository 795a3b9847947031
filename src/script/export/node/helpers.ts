/** The small functions that a Node program of ours gets, each only where it is used. */
import type { ScriptHelper } from '../lines.ts';

export type NodeHelper =
  | 'came'
  | 'fails'
  | 'arrivals'
  | 'read'
  | 'readUntil'
  | 'scan'
  | 'write'
  | 'close'
  | 'closeListener'
  | 'listen'
  | 'accept'
  | 'connect'
  | 'bind'
  | 'message'
  | 'sendTo';

export const NODE_HELPERS: Readonly<Record<NodeHelper, ScriptHelper<NodeHelper>>> = {
  came: {
    code: `let differs = false;

/** Shows what came, and compares it with what came in the session. */
function came(what, data, seen) {
  console.log(\`\${what} = \${JSON.stringify(data.subarray(0, 64).toString('latin1'))} (\${data.length} bytes)\`);
  if (seen === undefined || data.equals(seen)) return;
  console.error(\`\${what}: in the session something else came, of \${seen.length} bytes\`);
  differs = true;
}`,
  },
  fails: {
    code: `/** A call that failed in the session: here, too, that is reported and ends nothing. */
async function fails(call, code, make) {
  try {
    const made = await make();
    made?.close?.();
    console.error(\`\${call}: no error, where the session saw \${code}\`);
  } catch (error) {
    console.error(\`\${call}: \${error.code}\`);
  }
}`,
  },
  arrivals: {
    code: `/** What arrived at each socket and was not read yet. */
const arrived = new Map();

function arrivals(socket) {
  const known = arrived.get(socket);
  if (known !== undefined) return known;
  const state = { data: Buffer.alloc(0), ended: false, error: null, tell: () => {} };
  arrived.set(socket, state);
  socket.on('data', (chunk) => {
    state.data = Buffer.concat([state.data, chunk]);
    state.tell();
  });
  socket.on('end', () => {
    state.ended = true;
    state.tell();
  });
  socket.on('error', (error) => {
    state.error = error;
    state.tell();
  });
  return state;
}

/** Waits until \`enough\` says how many bytes to take. */
async function taken(socket, enough) {
  const state = arrivals(socket);
  for (;;) {
    const count = enough(state);
    if (count >= 0) {
      const data = state.data.subarray(0, count);
      state.data = state.data.subarray(count);
      return data;
    }
    if (state.error !== null) throw state.error;
    await new Promise((resolve) => {
      state.tell = resolve;
    });
  }
}`,
  },
  read: {
    needs: ['arrivals'],
    code: `/** One write is not one 'data': waits until so many bytes have come, or the end. */
function read(socket, count) {
  return taken(socket, ({ data, ended }) =>
    data.length >= count ? count : ended ? data.length : -1,
  );
}`,
  },
  readUntil: {
    needs: ['arrivals'],
    code: `/** Up to and with these bytes, or the end; at most so many. */
function readUntil(socket, end, most = Infinity) {
  return taken(socket, ({ data, ended }) => {
    const at = data.indexOf(end);
    if (at !== -1 || data.length >= most) return Math.min(at === -1 ? most : at + end.length, most);
    return ended ? data.length : -1;
  });
}`,
  },
  scan: {
    needs: ['arrivals'],
    code: `/** What fscanf(3) does, as far as this session needs it. */
async function scan(socket, format) {
  const values = [];
  const kinds = {
    d: /[-+]?\\d*/y, u: /[-+]?\\d*/y, i: /[-+]?(?:0[xX][0-9a-fA-F]*|\\d*)/y,
    x: /[-+]?(?:0[xX])?[0-9a-fA-F]*/y, o: /[-+]?[0-7]*/y, s: /\\S*/y, c: /[^]*/y,
  };
  /** The length of what matches, once it can't grow any more. */
  const take = async (pattern, most = Infinity) => {
    const field = await taken(socket, ({ data, ended }) => {
      pattern.lastIndex = 0;
      const length = pattern.exec(data.toString('latin1'))[0].length;
      return length < data.length || length >= most || ended ? Math.min(length, most) : -1;
    });
    return field.toString('latin1');
  };
  const parts = format.matchAll(/%(\\*?)(\\d*)[hlzjt]*([a-z])|(\\s+)|(%%|[^%\\s]+)/g);
  for (const [, star, width, letter, blank, text] of parts) {
    if (letter !== 'c' && (text === undefined || text === '%%')) await take(/\\s*/y);
    if (blank !== undefined) continue;
    if (text !== undefined) {
      for (const one of text.replace('%%', '%')) {
        if ((await take(new RegExp(\`\${one.replace(/\\W/, '\\\\$&')}?\`, 'y'), 1)) !== one) return values;
      }
      continue;
    }
    const field = await take(kinds[letter], width ? Number(width) : letter === 'c' ? 1 : Infinity);
    if (field === '') return values;
    const octal = letter === 'o' || (letter === 'i' && /^[-+]?0\\d/.test(field));
    const base = letter === 'x' || /x/i.test(field) ? 16 : octal ? 8 : 10;
    if (!star) values.push(letter === 's' || letter === 'c' ? field : parseInt(field, base));
  }
  return values;
}`,
  },
  write: {
    code: `/** Resolves when the kernel has all of it. */
function write(socket, data) {
  return new Promise((resolve, reject) => {
    socket.write(data, (error) => (error ? reject(error) : resolve()));
  });
}`,
  },
  close: {
    needs: ['arrivals'],
    code: `/** As the kernel does it: what was left unread sends RST, not FIN. */
function close(socket) {
  return new Promise((resolve) => {
    socket.once('close', resolve);
    if (typeof socket.destroy !== 'function') socket.close();
    else if (arrived.get(socket)?.data.length > 0) socket.resetAndDestroy();
    else socket.destroy();
  });
}`,
  },
  closeListener: {
    code: `/** Connections that nobody accepted are reset. */
function closeListener(server) {
  server.close();
  for (const socket of server.queue.splice(0)) socket.resetAndDestroy();
}`,
  },
  listen: {
    imports: ["import net from 'node:net';"],
    code: `/** socket(), bind() and listen(); connections wait for accept() in a queue. */
function listen(where) {
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.queue = [];
  server.on('connection', (socket) => {
    server.queue.push(socket);
    server.tell?.();
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(where, () => resolve(server));
  });
}`,
  },
  accept: {
    needs: ['arrivals'],
    code: `async function accept(server) {
  while (server.queue.length === 0) {
    await new Promise((resolve) => {
      server.tell = resolve;
    });
  }
  const socket = server.queue.shift();
  arrivals(socket);
  socket.resume();
  return socket;
}`,
  },
  connect: {
    imports: ["import net from 'node:net';"],
    needs: ['arrivals'],
    code: `/** socket() and connect(). */
function connect(where) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ allowHalfOpen: true, ...where });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      arrivals(socket);
      resolve(socket);
    });
  });
}`,
  },
  bind: {
    imports: ["import dgram from 'node:dgram';"],
    code: `/** socket() and bind(); datagrams wait in a queue. */
function bind(type, port = 0, address = undefined) {
  const socket = dgram.createSocket(type);
  socket.queue = [];
  socket.on('message', (data, from) => {
    socket.queue.push({ data, from });
    socket.tell?.();
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(port, address, () => resolve(socket));
  });
}`,
  },
  message: {
    code: `/** recvfrom(): the next datagram, cut to so many bytes. */
async function message(socket, room) {
  while (socket.queue.length === 0) {
    await new Promise((resolve) => {
      socket.tell = resolve;
    });
  }
  const { data, from } = socket.queue.shift();
  return { data: data.subarray(0, room), from };
}`,
  },
  sendTo: {
    code: `/** sendto(); without an address, send() on a connected socket. */
function sendTo(socket, data, ...where) {
  return new Promise((resolve, reject) => {
    socket.send(data, ...where, (error) => (error ? reject(error) : resolve()));
  });
}`,
  },
};
