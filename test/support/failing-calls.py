"""Calls of libc that fail, for one reason each: what the kernel and the library really answer.

stdout: a JSON list of [call, what was wrong, the errno's name or EAI_ name].
"""
import ctypes, errno, json, os, signal, socket, struct, tempfile

libc = ctypes.CDLL(None, use_errno=True)
for name in ('fdopen', 'fgets'):
    getattr(libc, name).restype = ctypes.c_void_p
libc.inet_ntop.restype = ctypes.c_void_p
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
told = []


def fails(call, why, *args):
    """Makes the call; it must fail."""
    ctypes.set_errno(0)
    result = getattr(libc, call)(*args)
    name = errno.errorcode.get(ctypes.get_errno(), 'none')
    failed = result in (-1, 2**64 - 1, None)
    told.append([call, why, name if failed else 'it succeeded'])


def resolves_not(why, *args):
    """getaddrinfo() through Python, which names the errors as <netdb.h> does."""
    try:
        socket.getaddrinfo(*args)
        told.append(['getaddrinfo', why, 'it succeeded'])
    except socket.gaierror as error:
        names = [name for name in dir(socket) if name.startswith('EAI_')]
        told.append(['getaddrinfo', why, next(n for n in names if getattr(socket, n) == error.errno)])


def inet(host, port=0, family=socket.AF_INET):
    return struct.pack('=H', family) + struct.pack('!H', port) + socket.inet_aton(host) + bytes(8)


def path(text):
    return struct.pack('=H', socket.AF_UNIX) + text.encode() + b'\0'


def connection():
    with socket.create_server(('127.0.0.1', 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


def number(fd, level, option, value):
    packed = ctypes.c_int(value)
    return fd, level, option, ctypes.byref(packed), 4


keep, room = [], ctypes.create_string_buffer(256)
length = lambda size=256: ctypes.byref(ctypes.c_uint32(size))


def tcp():
    keep.append(socket.socket())
    return keep[-1].fileno()


def udp():
    keep.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    return keep[-1].fileno()


def unix(kind=socket.SOCK_STREAM):
    keep.append(socket.socket(socket.AF_UNIX, kind))
    return keep[-1].fileno()


def pair():
    keep.extend(connection())
    return keep[-2].fileno(), keep[-1].fileno()


pipe, closed = os.pipe()[0], 4000
fails('socket', 'an unknown family', 99, 1, 0)
fails('socket', 'an unknown type', 2, 77, 0)
fails('socket', 'a protocol of another type', 2, 1, 17)
fails('socket', 'a type that the family has not', 2, 5, 0)
fails('socketpair', 'a family without pairs', 2, 1, 0, room)
fails('socketpair', 'nowhere to write', 1, 1, 0, None)

bound = tcp()
libc.bind(bound, inet('127.0.0.1'), 16)
fails('bind', 'bound already', bound, inet('127.0.0.1'), 16)
taken = libc.getsockname(bound, room, length()) == 0 and room.raw[:16]
fails('bind', 'an address in use', tcp(), taken, 16)
fails('bind', 'an address that is not ours', tcp(), inet('192.0.2.1'), 16)
fails('bind', 'another family', tcp(), inet('127.0.0.1', 0, 77), 16)
fails('bind', 'a short address', tcp(), inet('127.0.0.1'), 3)
fails('bind', 'no address', tcp(), None, 16)
fails('bind', 'no socket', pipe, inet('127.0.0.1'), 16)
fails('bind', 'not open', closed, inet('127.0.0.1'), 16)
with tempfile.TemporaryDirectory() as folder:
    os.symlink('loop', folder + '/loop')
    fails('bind', 'no folder', unix(), path(folder + '/none/x'), 110)
    fails('bind', 'a circle of links', unix(), path(folder + '/loop/x'), 110)
    datagrams = unix(socket.SOCK_DGRAM)
    libc.bind(datagrams, path(folder + '/d'), 110)
    fails('bind', 'a path that is there', unix(), path(folder + '/d'), 110)
    fails('bind', 'a file for a folder', unix(), path(folder + '/d/x'), 110)
    fails('connect', 'no such path', unix(), path(folder + '/none'), 110)
    fails('connect', 'another type', unix(), path(folder + '/d'), 110)
    fails('sendto', 'no such path', unix(socket.SOCK_DGRAM), b'x', 1, 0, path(folder + '/none'), 110)

client, conn = pair()
fails('listen', 'connected', client, 1)
fails('listen', 'UDP', udp(), 1)
fails('listen', 'no socket', pipe, 1)
fails('listen', 'a path is missing', unix(), 1)
fails('accept', 'does not listen', tcp(), None, None)
fails('accept', 'UDP', udp(), None, None)
fails('accept', 'no socket', pipe, None, None)
listener = socket.create_server(('127.0.0.1', 0))
listener.setblocking(False)
fails('accept', 'nobody is there', listener.fileno(), None, None)
fails('connect', 'nobody listens', tcp(), taken, 16)
fails('connect', 'connected', client, inet(*listener.getsockname()), 16)
fails('connect', 'a listener', listener.fileno(), taken, 16)
fails('connect', 'another family', tcp(), inet('127.0.0.1', 1, 77), 16)
fails('connect', 'no address', tcp(), None, 16)
hurried = tcp()
keep[-1].setblocking(False)
fails('connect', 'must not wait', hurried, inet(*listener.getsockname()), 16)
for call in ('read', 'recv', 'recvfrom'):
    tail = () if call == 'read' else (0,) if call == 'recv' else (0, None, None)
    fails(call, 'not connected', tcp(), room, 1, *tail)
    fails(call, 'not open', closed, room, 1, *tail)
fails('recv', 'a Unix socket that is not connected', unix(), room, 1, 0)
fails('recv', 'no urgent data', client, room, 1, socket.MSG_OOB)
fails('recv', 'must not wait', client, room, 1, socket.MSG_DONTWAIT)
fails('recv', 'no socket', pipe, room, 1, 0)
fails('recv', 'urgent data on UDP', udp(), room, 1, socket.MSG_OOB | socket.MSG_DONTWAIT)
for call in ('write', 'send', 'sendto'):
    tail = () if call == 'write' else (0,) if call == 'send' else (0, None, 0)
    fails(call, 'not connected', tcp(), b'x', 1, *tail)
    fails(call, 'UDP without an address', udp(), b'x', 1, *tail)
    fails(call, 'a Unix socket that is not connected', unix(), b'x', 1, *tail)
    fails(call, 'not open', closed, b'x', 1, *tail)
fails('sendto', 'too long', udp(), bytes(65508), 65508, 0, inet('127.0.0.1', 9), 16)
fails('sendto', 'broadcast', udp(), b'x', 1, 0, inet('127.255.255.255', 9), 16)
fails('sendto', 'another family', udp(), b'x', 1, 0, inet('127.0.0.1', 9, 77), 16)
_, keeper = pair()
keep[-2].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
keep[-2].close()
fails('read', 'reset', keeper, room, 1)
fails('write', 'gone after a reset', keeper, b'x', 1)
fails('shutdown', 'not connected', tcp(), 1)
fails('shutdown', 'no such direction', client, 7)
fails('shutdown', 'no socket', pipe, 1)
fails('close', 'not open', closed)
for call in ('getsockname', 'getpeername'):
    fails(call, 'no socket', pipe, room, length())
    fails(call, 'not open', closed, room, length())
    fails(call, 'no room given', client, None, None)
fails('getpeername', 'not connected', tcp(), room, length())
fails('setsockopt', 'no such level', *number(client, 77, 1, 1))
fails('setsockopt', 'can only be read', *number(client, socket.SOL_SOCKET, socket.SO_TYPE, 1))
fails('setsockopt', 'out of range', *number(client, socket.IPPROTO_IP, socket.IP_TTL, 256))
fails('setsockopt', 'no socket', *number(pipe, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
fails('setsockopt', 'microseconds', client, 1, 20, struct.pack('=qq', 1, 2000000), 16)
fails('setsockopt', 'no such interface', client, 1, 25, b'none0', 5)
fails('setsockopt', 'no such algorithm', client, 6, 13, b'none', 4)
fails('setsockopt', 'TCP on a Unix socket', *number(unix(), 6, 1, 1))
fails('getsockopt', 'no such option', client, 1, 9999, room, length())
fails('getsockopt', 'TCP on a Unix socket', unix(), 6, 1, room, length())
fails('fcntl', 'not open', closed, 3, 0)
fails('fcntl', 'no such command', client, 9999, 0)
fails('ioctl', 'no such request', client, 0x1234, room)
fails('ioctl', 'a listener has no bytes', listener.fileno(), 0x541B, room)
fails('ioctl', 'the mark on UDP', udp(), 0x8905, room)
fails('ioctl', 'not open', closed, 0x541B, room)
fails('poll', 'no memory of ours', ctypes.c_void_p(1), 1, 0)
fails('inet_pton', 'another family', 77, b'127.0.0.1', room)
fails('inet_ntop', 'another family', 77, room, room, 256)
fails('inet_ntop', 'no room', 2, room, room, 3)
fails('fdopen', 'no such mode', client, b'zz')
fails('fdopen', 'not open', closed, b'r')
ends = socket.socketpair()
keep.extend(ends)
stream = ctypes.c_void_p(libc.fdopen(os.dup(ends[0].fileno()), b'r'))
ends[0].setblocking(False)
fails('fgets', 'nothing is there', room, 9, stream)
fails('fprintf', 'opened for reading', stream, b'x')
writer = ctypes.c_void_p(libc.fdopen(os.dup(ends[0].fileno()), b'w'))
ends[1].close()
libc.fprintf(writer, b'x')
fails('fflush', 'the peer is gone', writer)
libc.fprintf(writer, b'x')
fails('fclose', 'the peer is gone', writer)

resolves_not('a service that is none', 'localhost', 'no-such-service-here', 0, socket.SOCK_STREAM)
resolves_not('a family that is none', 'localhost', 80, 77)
resolves_not('a type that is none', 'localhost', 'http', 0, 77)
resolves_not('a flag that is none', 'localhost', 80, 0, 0, 0, 0x7F000000)
resolves_not('no address', 'localhost', 80, 0, 0, 0, socket.AI_NUMERICHOST)
resolves_not('an address of the other family', '127.0.0.1', 80, socket.AF_INET6)
print(json.dumps(told))
