"""The same calls by C's own functions, on blocking sockets: what a C program would be told.

stdin: a JSON list of scripts, each a list of statements of the call language.
stdout: a JSON list of lists of answers. A descriptor is "fd", bytes are {"bytes": "..."}, an
address is as an endpoint is written, a failure is the errno's name.
"""
import ctypes, errno, fcntl, json, os, re, select, socket, struct, sys, termios

libc = ctypes.CDLL(None, use_errno=True)
for call in ('read', 'write', 'send', 'recv', 'sendto', 'recvfrom'):
    getattr(libc, call).restype = ctypes.c_ssize_t

# <linux/sockios.h>: Python's modules do not have these.
SOCKIOS = {'SIOCATMARK': 0x8905, 'SIOCOUTQ': termios.TIOCOUTQ}


def constant(word):
    if word in SOCKIOS:
        return SOCKIOS[word]
    for module in (socket, fcntl, os, select, termios):
        if hasattr(module, word):
            return int(getattr(module, word))
    return int(word, 0)


def number(text):
    value = 0
    for part in text.split('|'):
        value |= constant(part.strip())
    return value


def sockaddr(text):
    if text.startswith('unix:'):
        path = text[5:].encode()
        path = b'\0' + path[1:] if path[:1] == b'@' else path + b'\0'
        return struct.pack('=H', socket.AF_UNIX) + path
    host, port = text.rsplit(':', 1)
    if host.startswith('['):
        bits = socket.inet_pton(socket.AF_INET6, host[1:-1])
        return struct.pack('=H', socket.AF_INET6) + struct.pack('!HI', int(port), 0) + bits + bytes(4)
    bits = socket.inet_pton(socket.AF_INET, host)
    return struct.pack('=H', socket.AF_INET) + struct.pack('!H', int(port)) + bits + bytes(8)


def endpoint(raw):
    family = struct.unpack('=H', raw[:2])[0]
    if family == socket.AF_INET:
        return '%s:%d' % (socket.inet_ntop(family, raw[4:8]), struct.unpack('!H', raw[2:4])[0])
    if family == socket.AF_INET6:
        return '[%s]:%d' % (socket.inet_ntop(family, raw[8:24]), struct.unpack('!H', raw[2:4])[0])
    path = raw[2:].decode()
    if path == '':
        return 'unix:(unnamed)'
    return 'unix:@' + path[1:] if path[0] == '\0' else 'unix:' + path.rstrip('\0')


class Script:
    def __init__(self):
        self.names = {}
        self.addresses = {}
        self.opened = []

    def fd(self, word):
        return self.names[word]

    def address(self, word):
        if word in self.addresses:
            return self.addresses[word]
        if word not in self.names:
            return sockaddr(word)
        raw, length = ctypes.create_string_buffer(128), ctypes.c_uint32(128)
        libc.getsockname(self.fd(word), raw, ctypes.byref(length))
        return raw.raw[: length.value]

    def data(self, text):
        quoted, _, times = text.partition(' * ')
        return quoted.strip('"').encode().decode('unicode_escape').encode('latin1') * int(times or 1)

    def option(self, text):
        if text.startswith('{'):
            first, second = (int(part) for part in text.strip('{}').split(','))
            return first, second
        return self.data(text) if text.startswith('"') else struct.pack('=i', number(text))

    def make(self, call, args):
        if call == 'socket':
            return libc.socket(*(number(arg) for arg in args))
        if call == 'socketpair':
            pair = (ctypes.c_int * 2)()
            result = libc.socketpair(*(number(arg) for arg in args), pair)
            return result if result < 0 else list(pair)
        if call == 'poll':
            return self.poll(args)
        fd = self.fd(args[0])
        if call in ('bind', 'connect'):
            raw = self.address(args[1])
            return getattr(libc, call)(fd, raw, len(raw))
        if call == 'accept':
            return libc.accept(fd, None, None)
        if call in ('listen', 'shutdown'):
            return getattr(libc, call)(fd, number(args[1]))
        if call == 'close':
            self.opened.remove(fd)
            return libc.close(fd)
        if call == 'write':
            data = self.data(args[1])
            return libc.write(fd, data, len(data))
        if call == 'send':
            data = self.data(args[1])
            return libc.send(fd, data, ctypes.c_size_t(len(data)), number(args[2]))
        if call == 'sendto':
            data = self.data(args[1])
            flags = number(args[2]) if len(args) == 4 else 0
            raw = self.address(args[-1])
            return libc.sendto(fd, data, ctypes.c_size_t(len(data)), flags, raw, len(raw))
        if call == 'ioctl':
            answer = ctypes.c_int()
            result = libc.ioctl(fd, ctypes.c_ulong(number(args[1])), ctypes.byref(answer))
            return result if result < 0 else answer.value
        if call == 'fcntl':
            return libc.fcntl(fd, *(number(arg) for arg in args[1:]))
        if call == 'setsockopt':
            value = self.option(args[3])
            if isinstance(value, tuple):
                value = struct.pack('=ii' if args[2] == 'SO_LINGER' else '=qq', *value)
            return libc.setsockopt(fd, number(args[1]), number(args[2]), value, len(value))
        return self.ask(call, fd, args)

    def poll(self, args):
        polled = [(self.fd(fd), number(events)) for fd, events in re.findall(r'\{(\w+), ([A-Z|\d]+)\}', args[0])]
        polled = polled or [(self.fd(args[0]), number(args[1]))]
        memory = ctypes.create_string_buffer(b''.join(struct.pack('=ihh', *one, 0) for one in polled))
        if libc.poll(memory, len(polled), int(args[-1])) < 0:
            return -1
        return [struct.unpack_from('=ihh', memory, 8 * i)[2] for i in range(len(polled))]

    def received(self, call, fd, args):
        size = int(args[1])
        raw, length = ctypes.create_string_buffer(size or 1), ctypes.c_uint32(128)
        sender = ctypes.create_string_buffer(128)
        flags = number(args[2]) if len(args) > 2 and args[2][0] != '&' else 0
        end = (sender, ctypes.byref(length)) if call == 'recvfrom' else ()
        count = getattr(libc, call)(fd, raw, ctypes.c_size_t(size), flags, *end)
        if count < 0:
            return -1
        answer = {'bytes': raw.raw[: min(count, size)].decode('latin1')}
        if call == 'recvfrom':
            address = sender.raw[: length.value]
            answer['from'] = endpoint(address) if address else 'nobody'
            if args[-1][0] == '&':
                self.addresses[args[-1][1:]] = address
        return answer

    def ask(self, call, fd, args):
        if call in ('recv', 'recvfrom'):
            return self.received(call, fd, args)
        size = int(args[1]) if call == 'read' else 256
        raw, length = ctypes.create_string_buffer(size or 1), ctypes.c_uint32(size)
        if call == 'read':
            count = libc.read(fd, raw, ctypes.c_size_t(size))
            return {'bytes': raw.raw[:count].decode('latin1')} if count >= 0 else -1
        if call == 'getsockopt':
            level, name = number(args[1]), number(args[2])
            if libc.getsockopt(fd, level, name, raw, ctypes.byref(length)) < 0:
                return -1
            return self.shown(args[2], raw.raw[: length.value])
        if getattr(libc, call)(fd, raw, ctypes.byref(length)) < 0:
            return -1
        return endpoint(raw.raw[: length.value])

    def shown(self, option, raw):
        if option == 'SO_LINGER':
            return list(struct.unpack('=ii', raw))
        if option in ('SO_RCVTIMEO', 'SO_SNDTIMEO'):
            return list(struct.unpack('=qq', raw))
        if option == 'TCP_CONGESTION':
            return {'bytes': raw.split(b'\0')[0].decode()}
        return struct.unpack('=i', raw)[0]

    def run(self, statement):
        name, second, call, inside = re.fullmatch(
            r'(?:(\w+)(?:, (\w+))? = )?(\w+)\((.*)\)', statement
        ).groups()
        args = re.findall(r'\[\{[^\]]*\]|\{[^}]*\}|[^,\s][^,]*', inside)
        result = self.make(call, args)
        if result == -1:
            name = errno.errorcode[ctypes.get_errno()]
            # One number with two names on Linux.
            return 'EOPNOTSUPP' if name == 'ENOTSUP' else name
        if call == 'socketpair':
            self.opened += result
            self.names[name], self.names[second] = result
            return 'fd'
        if call in ('socket', 'accept'):
            self.opened.append(result)
            if name:
                self.names[name] = result
            return 'fd'
        return result

    def close(self):
        for fd in self.opened:
            libc.close(fd)


answers = []
for statements in json.load(sys.stdin):
    script = Script()
    answers.append([script.run(statement) for statement in statements])
    script.close()
json.dump(answers, sys.stdout)
