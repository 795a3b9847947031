/** The small functions that a Python program of ours gets, each only where it is used. */
import type { ScriptHelper } from '../lines.ts';

export type PythonHelper =
  | 'came'
  | 'fails'
  | 'read_n'
  | 'read_until'
  | 'scan'
  | 'send_meanwhile'
  | 'state'
  | 'queue'
  | 'asked';

export const PYTHON_HELPERS: Readonly<Record<PythonHelper, ScriptHelper<PythonHelper>>> = {
  came: {
    imports: ['import sys'],
    code: `differs = False


def came(what, data, seen=None):
    """Shows what came, and compares it with what came in the session."""
    global differs
    print(f'{what} = {data[:64]!r} ({len(data)} bytes)')
    if seen is not None and data != seen:
        print(f'{what}: in the session something else came: {seen[:64]!r}', file=sys.stderr)
        differs = True
    return data`,
  },
  fails: {
    imports: ['import contextlib', 'import sys'],
    code: `@contextlib.contextmanager
def fails(call, name):
    """A call that failed in the session: here, too, that is reported and ends nothing."""
    try:
        yield
    except OSError as error:
        print(f'{call}: {error.strerror}', file=sys.stderr)
    else:
        print(f'{call}: no error, where the session saw {name}', file=sys.stderr)`,
  },
  read_n: {
    code: `def read_n(sock, count):
    """One send is not one recv: reads until so many bytes have come, or the end of file."""
    data = b''
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            break
        data += more
    return data`,
  },
  read_until: {
    code: `def read_until(sock, end):
    """Reads until these bytes have come, one byte at a time: slow, and never one too many."""
    data = b''
    while not data.endswith(end):
        more = sock.recv(1)
        if not more:
            break
        data += more
    return data`,
  },
  scan: {
    imports: ['import re'],
    code: `def scan(file, format):
    """What fscanf(3) does, as far as this session needs it."""
    values = []

    def blanks():
        while (file.peek(1)[:1] or b'x').isspace():
            file.read(1)

    def take(pattern, width):
        text = b''
        while len(text) < width and (more := file.peek(1)[:1]):
            if not re.fullmatch(pattern, text + more, re.DOTALL):
                break
            text += file.read(1)
        return text

    kinds = {'d': rb'[-+]?\\d*', 'u': rb'[-+]?\\d*', 'i': rb'[-+]?(0[xX]?)?[0-9a-fA-F]*',
             'x': rb'[-+]?(0[xX]?)?[0-9a-fA-F]*', 'o': rb'[-+]?[0-7]*', 's': rb'\\S*', 'c': rb'.*'}
    bases = {'x': 16, 'o': 8, 'i': 0}
    for star, width, letter, blank, text in re.findall(
            r'%(\\*?)(\\d*)[hlzjt]*([a-z])|(\\s+)|(%%|[^%\\s]+)', format):
        if letter != 'c' and not text:
            blanks()
        if blank:
            continue
        if text:
            text = text.replace('%%', '%').encode()
            if text[0] == 37:
                blanks()
            if take(b'(' + b'|'.join(re.escape(text[:n + 1]) for n in range(len(text))) + b')',
                    len(text)) != text:
                return values
            continue
        field = take(kinds[letter], int(width or (1 if letter == 'c' else 1 << 30)))
        if not field:
            return values
        if not star:
            values.append(field if letter in 'sc' else int(field, bases.get(letter, 10)))
    return values`,
  },
  send_meanwhile: {
    imports: ['import sys', 'import threading'],
    code: `senders = []


def send_meanwhile(*args):
    """Sends all of it in a thread, while the program goes on."""
    def send(sock, *what):
        try:
            sock.sendall(*what)
        except OSError as error:
            print(f'send: {error.strerror}', file=sys.stderr)

    senders.append(threading.Thread(target=send, args=args))
    senders[-1].start()`,
  },
  state: {
    imports: ['import socket', 'import time'],
    code: `STATES = ['unknown', 'ESTABLISHED', 'SYN-SENT', 'SYN-RECEIVED', 'FIN-WAIT-1', 'FIN-WAIT-2',
          'TIME-WAIT', 'CLOSED', 'CLOSE-WAIT', 'LAST-ACK', 'LISTEN', 'CLOSING']


def state(sock, wanted=None):
    """The state of a connection as the kernel has it; the wanted one has two seconds to come."""
    for _ in range(2000):
        now = STATES[sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)[0]]
        if wanted is None or now == wanted:
            break
        time.sleep(0.001)
    return now`,
  },
  queue: {
    imports: ['import socket', 'import struct', 'import time'],
    code: `def queue(listener, wanted):
    """How many connections wait for accept(): tcp(7), tcpi_unacked of a listener."""
    for _ in range(2000):
        info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        count = struct.unpack_from('I', info, 24)[0]
        if count >= wanted:
            break
        time.sleep(0.001)
    return count`,
  },
  asked: {
    imports: ['import fcntl', 'import struct'],
    code: `def asked(sock, request):
    """ioctl(2) that answers with an int."""
    return struct.unpack('i', fcntl.ioctl(sock, request, bytes(4)))[0]`,
  },
};
