"""The same calls by C's own functions, on blocking sockets: what a C program would be told.

stdin: a JSON list of scripts, each a list of statements of the call language.
stdout: a JSON list of lists of answers. A descriptor is "fd", bytes are {"bytes": "..."}, an
address is as an endpoint is written, a failure is the errno's name.
"""
import ctypes, errno, fcntl, json, os, re, socket, struct, sys

libc = ctypes.CDLL(None, use_errno=True)
libc.read.restype = libc.write.restype = ctypes.c_ssize_t


def constant(word):
    for module in (socket, fcntl, os):
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
        self.opened = []

    def fd(self, word):
        return self.names[word]

    def address(self, word):
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
        if call == 'fcntl':
            return libc.fcntl(fd, *(number(arg) for arg in args[1:]))
        if call == 'setsockopt':
            value = self.option(args[3])
            if isinstance(value, tuple):
                value = struct.pack('=ii' if args[2] == 'SO_LINGER' else '=qq', *value)
            return libc.setsockopt(fd, number(args[1]), number(args[2]), value, len(value))
        return self.ask(call, fd, args)

    def ask(self, call, fd, args):
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
        name, call, inside = re.fullmatch(r'(?:(\w+) = )?(\w+)\((.*)\)', statement).groups()
        args = re.findall(r'\{[^}]*\}|[^,\s][^,]*', inside)
        result = self.make(call, args)
        if result == -1:
            name = errno.errorcode[ctypes.get_errno()]
            # One number with two names on Linux.
            return 'EOPNOTSUPP' if name == 'ENOTSUP' else name
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
