"""Makes site files from the schema: complete good ones, and then with a few mistakes in them."""
import json
import re

# Values that have been trouble somewhere; any of them may stand anywhere.
POOL = '''
a A a-b -a a- a_b .a a. a..b 1a 1 12 007 +5 -5 0 00 -0 0x10 0o17 0o8 1.5 1e3 1e5e1 1.e2 .5 . .. ~ null Null NULL nul con Con.x COM1 lpt9.txt
com0 true True TRUE false False yes no on off y n .inf -.inf .nan .NaN 1_000 12:30 12:30:45 2001-01-01 65535 65536 99999 1000000 0.0.0.0
10.0.0.1 10.0.0.256 10.0.0 10.0.0.01 10.0.0.1.2 10.0.0.0/8 10.0.0.1/8 10.0.0.0/33 10.0.0.0/08 10.0.0.0/ 0.0.0.0/0 255.255.255.255/32
:: ::1 1:: ::/0 ::1/128 ::/129 fd00::/8 fd00::1/64 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 :::
:1 1: 12345::1 g::1 ::ffff:1.2.3.4 1:2:3:4:5:6:1.2.3.4 1:2:3:4:5:6:7:1.2.3.4 ::1.2.3.4.5 1.2.3.4::1 fe80::1%eth0 ::0:0:0:0:1 0::1 0:0:0:0:1:2:3:4
0:0:0:1:1:2:3:4 [::1] [::1]:22 [::1]:22/tcp [10.0.0.1]:22/tcp ::1/tcp 10.0.0.1/tcp 10.0.0.1:22 10.0.0.1:22/tcp 10.0.0.1:22-30/udp 10.0.0.1:30-22/udp
10.0.0.1:0/tcp 10.0.0.1:65536/tcp 10.0.0.1:22/sctp 22 22/tcp 22/TCP 22-30/udp 30-22/udp 0/tcp 65535/tcp 65536/tcp 022/tcp 22/ /tcp
ingress ingress:443 ingress:0 ingress:web ingress:Web ingress:web- ingress: other:443 10.0.0.1-10.0.0.9 10.0.0.9-10.0.0.1 10.0.0.1-::1 ::1-::9 ::9-::1
::1000-::1fff 10.0.0.1- -10.0.0.1 10.0.0.1-10.0.0.2-10.0.0.3 1.2 1.2.3 1.2.3.4 1.02 1. .1 v1.2 1.2.100000 99999.99999 5m 90s 1h 0s 05m 5d 1000000s
1000001s m 3600s 3601s ffff FFFF fffff 12345678 123456789 1e10 10e1 bc:24:11:1c:e2:8c BC:24:11:1C:E2:8C bd:24:11:1c:e2:8c bc-24-11-1c-e2-8c
bc:24:11:1c:e2 https://example.org/a http://a ftp://a git@github.com:a/b.git ssh:// https:// https://a?b /a a/b a/../b ./a ../a example.org
example.org. .example.org a..b Example.ORG 1.2.3 a.1 1.a a.b-c -a.b a-.b xn--a *.example.org *.org * *.*.org a.*.org root@example.org root@10.0.0.1
root@::1 root@[::1] @a a@ a@b@c a@1 -a@b .a@b relay ipv6 ipv4 full split both none nftables Relay published any vps themselves routeros
e+sFuEZgwv5ZnSQPGXSZRkSUGk5b2D0+QTHKVvXcnCQ= e+sFuEZgwv5ZnSQPGXSZRkSUGk5b2D0+QTHKVvXcnCR= e+sFuEZgwv5ZnSQPGXSZRkSUGk5b2D0+QTHKVvXcnCQ
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 123456789012345 1234567890123456 a23456789012345 a234567890123456
'''.split() + [
    '', ' ', ' a', 'a ', 'a b', 'a\nb', 'a\n', 'a\tb', '\u00e9', 'a\u00a0b', '\u2028', '\u202e', '\U0001f600', 'a' * 63, 'a' * 64, 'a' * 254,
    '.'.join(['a' * 49] * 5), '.'.join(['a' * 50] * 5), '.'.join(['a' * 60] * 4) + '.abcdefghi', '.'.join(['a' * 60] * 4) + '.abcdefghij',
    '22/tcp from 10.0.0.0/8', '22/tcp from 10.0.0.1/8', '22/tcp from 10.0.0.1', '22/tcp from ::/0', '22/tcp  from   10.0.0.0/8 ', '22/tcp ',
    '22/tcp from', '22/tcp from ', '22/tcp to 10.0.0.0/8', ' 22/tcp', '10.0.0.1 - 10.0.0.9', ' 10.0.0.1-10.0.0.9 ', ' 10.0.0.1', '::1 - ::9',
]
PLAIN = re.compile(r'[A-Za-z0-9_./+~][A-Za-z0-9_./:@+~*-]*|[-.:][A-Za-z0-9_.:/][A-Za-z0-9_./:@+~*-]*')


class Raw(str):
    """A scalar as it stands in the file."""


def quoted(text):
    return Raw(json.dumps(text, ensure_ascii=False).replace('\x7f', '\\x7f').replace('\u2028', '\\u2028').replace('\u202e', '\\u202e'))


def is_plain(text):
    return PLAIN.fullmatch(text) is not None and text[-1] != ':'


def emit(node, indent=''):
    """Block maps, lists in one line, scalars as they are."""
    if isinstance(node, dict):
        if not node:
            return ' {}\n'
        return '\n' + ''.join('%s%s:%s' % (indent, key if is_plain(key) else quoted(key), emit(value, indent + '  '))
                              for key, value in node.items())
    return ' %s\n' % flow(node) if flow(node) else '\n'


def flow(node):
    if isinstance(node, dict):
        return '{' + ', '.join('%s: %s' % (quoted(key), flow(value)) for key, value in node.items()) + '}'
    if isinstance(node, list):
        return '[' + ', '.join(flow(item) for item in node) + ']'
    return node


def without_references(part, root):
    """The same schema with every $ref replaced by what it means: much faster to validate with."""
    if isinstance(part, list):
        return [without_references(item, root) for item in part]
    if not isinstance(part, dict):
        return part
    merged = {}
    if '$ref' in part:
        merged.update(root['$defs'][part['$ref'].rsplit('/', 1)[1]])
    merged.update({key: without_references(value, root) for key, value in part.items() if key not in ('$ref', '$defs')})
    return merged


def parts(part, words=('examples', 'default'), path=''):
    """All schemas inside a schema that have one of the words, with their paths."""
    if isinstance(part, dict):
        if any(word in part for word in words):
            yield path, part
        for key, value in part.items():
            if key not in ('examples', 'default', 'enum'):
                yield from parts(value, words, path + '/' + key)
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from parts(value, words, '%s/%d' % (path, i))


def as_raw(value):
    if isinstance(value, list):
        return [as_raw(item) for item in value]
    if isinstance(value, str):
        return Raw(value) if value in ('relay', 'split') else quoted(value)
    return Raw(json.dumps(value))


def good(part):
    """A value that the schema takes, from its own examples and defaults."""
    for key in ('examples', 'enum'):
        if part.get(key):
            return as_raw(part[key][0])
    if 'default' in part:
        return as_raw(part['default'])
    if 'anyOf' in part:
        return good(part['anyOf'][0])
    if 'pattern' in part:
        return quoted(next(text for text in POOL if re.search(part['pattern'], text)))
    return Raw({'boolean': 'true'}.get(part.get('type'), str(part.get('minimum', 1))))


def complete(part, keep, name):
    """A site with the keys for which keep(required) holds; `name` gives names for maps of names."""
    if 'properties' in part:
        return {key: complete(value, keep, name) for key, value in part['properties'].items() if keep(key in part.get('required', []))}
    if 'propertyNames' in part:
        return {name(part['propertyNames']): complete(part['additionalProperties'], keep, name) for _ in range(2)}
    return good(part)


def counter():
    """Names for maps of names: the first example, then others."""
    return lambda part, used=iter(range(10 ** 6)): 'n%d' % next(used)


def with_everywhere(site, word):
    """The site with the same word at every key that is no section."""
    return {key: with_everywhere(value, word) if isinstance(value, dict) else word for key, value in site.items()}


def lines(schema, document):
    """For each line of an emitted site: the path of its key, and the schema of its value (None: a section)."""
    def walk(part, node, path):
        for key, value in node.items():
            inner = part['properties'][key] if 'properties' in part else part['additionalProperties']
            section = 'properties' in inner or 'propertyNames' in inner
            yield path + [key], None if section else inner
            if section:
                yield from walk(inner, value, path + [key])
    yield from walk(without_references(schema, schema), document, [])


def named(part, path=()):
    """The maps of names: their paths and schemas."""
    for key, value in part.get('properties', {}).items():
        if 'propertyNames' in value:
            yield list(path) + [key], value
        yield from named(value, tuple(path) + (key,))


def at(node, path):
    for step in path:
        node = node[step]
    return node


def with_value(schema, path, value):
    """A complete good site with one value, written as in the file, at a dotted path; without what stands at further paths."""
    site = complete(without_references(schema, schema), lambda required: True, lambda part: part['examples'][0])
    first, *others = path.split(' ')
    for steps in [other.split('.') for other in others]:
        del at(site, steps[:-1])[steps[-1]]
    steps = first.split('.')
    at(site, steps[:-1])[steps[-1]] = Raw(value)
    return emit(site).lstrip('\n')


class Maker:
    """Makes sites without end; `mutations` tells how many mistakes the last one was given."""

    def __init__(self, schema, dice):
        self.schema = without_references(schema, schema)
        self.dice = dice
        self.mutations = 0

    def name(self, part):
        return self.dice.choice(part['examples'] + ['a', 'web-2', 'x1'])

    def text(self, seed):
        """A scalar near `seed` or from the pool, quoted or not."""
        dice = self.dice
        text = dice.choice(POOL) if dice.random() < 0.6 else seed
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            i = dice.randrange(len(text) + 1)
            text = text[:i] + dice.choice(['', *'019afgzA.:/-_@ ']) + text[i + dice.choice([0, 1]):]
        return Raw(text) if is_plain(text) and dice.random() < 0.6 else quoted(text)

    def value(self, old):
        """Something else than `old`."""
        dice = self.dice
        seed = old.strip('"') if isinstance(old, Raw) else 'a'
        forms = [
            lambda: self.text(seed), lambda: self.text(seed), lambda: self.text(seed), lambda: self.text(seed),
            lambda: Raw(dice.choice(['', '~', 'null', '""', '[]', '{}', 'true', '1', '1.5', '-1', '65535', '65536', '1279', '1280', '4094', '4095'])),
            lambda: [self.text(seed) for _ in range(dice.randrange(3))], lambda: [old], lambda: [old, Raw('~')], lambda: [[old]],
            lambda: {'a': old}, lambda: quoted(seed), lambda: Raw(seed) if is_plain(seed) else quoted(seed),
        ]
        if isinstance(old, list) and old:
            forms += [lambda: old[0], lambda: old + [self.text('a')]]
        return dice.choice(forms)()

    def mutate(self, site):
        maps, dice = [], self.dice
        stack = [site]
        while stack:
            node = stack.pop()
            maps.append(node)
            stack += [value for value in node.values() if isinstance(value, dict)]
        node = dice.choice(maps)
        key = dice.choice(list(node) or ['none'])
        action = dice.random()
        if not node or action < 0.08:
            node[dice.choice(['name', 'adress', 'a', 'x-note', 'Port', 'mtu', 'address'])] = Raw(dice.choice(['1', 'a', '']))
        elif action < 0.16:
            del node[key]
        elif action < 0.26:
            node[dice.choice([key.upper(), key + 's', key[:-1], dice.choice(POOL)])] = node.pop(key)
        else:
            node[key] = self.value(node[key])

    def site(self):
        often = self.dice.choice([0.1, 0.5, 1])
        site = complete(self.schema, lambda required: required or self.dice.random() < often, self.name)
        self.mutations = self.dice.choice([0, 1, 1, 1, 1, 2, 3])
        for _ in range(self.mutations):
            self.mutate(site)
        return emit(site).lstrip('\n')
