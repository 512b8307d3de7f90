"""Tells whether the schema and `hlgen check` agree on the structure of site files, over thousands of them, good and broken.

agree.py HLGEN MANUAL COUNT SEED FILE…: agreement means that a file is valid by the schema exactly when hlgen reports none of the codes
below. The allowed differences have names, and the manual must list them.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

import sites
import yaml12

STRUCTURAL = {'unknown-key', 'missing-key', 'missing-address', 'wrong-type', 'needs-quotes', 'bad-value', 'bad-name', 'control-character',
              'host-bits'}


def backwards(_, value):
    ports = re.search(r'(\d+)-(\d+)/(?:tcp|udp)', value)
    return ports is not None and int(ports.group(1)) > int(ports.group(2))


def resembles_number(value):
    return re.fullmatch(r'0[xo].*|[-+]?[0-9.]+[eE][-+0-9eE.]*', value) is not None


def odd_number(value):
    return re.fullmatch(r'[-+]?0[0-9]+|\+[0-9]+|-0|0x[0-9A-Fa-f]+|0o[0-7]+|[-+]?[0-9.]+([eE][-+]?[0-9]+)?', value) is not None


# What hlgen refuses and JSON Schema cannot express: the name in the manual, and how one recognises it by message and value.
DIFFERENCES = {
    'host bits': lambda message, _: 'host bits set' in message,
    'backward ranges': lambda message, value: 'runs backwards' in message or backwards(message, value),
    'spelling of numbers': lambda message, value: odd_number(value) or ('YAML takes this for a number' in message and resembles_number(value)),
    'spelling of booleans': lambda _, value: value in ('True', 'TRUE', 'False', 'FALSE'),
    'suffixes': lambda message, _: "behind the network's /64" in message or 'all zeros' in message,
    'long durations': lambda message, _: re.search(r'at most \d+ seconds', message) is not None,
}

# A value for a key, and the difference that it shows (None: they agree).
DIRECTED = [
    ('tunnel.network', '10.100.0.1/24', 'host bits'), ('vps.allow', '["22/tcp from 10.0.0.1/8"]', 'host bits'),
    ('vps.allow', '["30-20/tcp"]', 'backward ranges'), ('kubernetes.cilium.pool', '10.0.0.9-10.0.0.1', 'backward ranges'),
    ('tunnel.port', '0x10', 'spelling of numbers'), ('tunnel.port', '1e3', 'spelling of numbers'),
    ('tunnel.preshared_keys', 'True', 'spelling of booleans'), ('kubernetes.ingress.address6', '"0:1::1"', 'suffixes'),
    ('router.rollback_after', '900000s', 'long durations'),
    ('tunnel.network', '10.100.0.0/24', None), ('tunnel.port', '"51820"', None), ('tunnel.port', '51820', None),
    ('tunnel.port', '0', None), ('tunnel', '', None), ('clients', '', None), ('router', 'text', None), ('services', '[]', None),
    ('router.version', '7.20', None), ('vps.interface', 'yes', None), ('vps.interface', 'on', None), ('vps.interface', '~', None),
    ('vps.interface', '1e5', None), ('vps.interface', '0x1g', 'spelling of numbers'), ('vps.interface', '5e1e1', 'spelling of numbers'), ('vps.interface', '1e+', None),
    ('vps.interface', '.inf', None), ('vps.interface', '12:30', None), ('vps.interface', '0o17', None), ('vps.interface', '0o19', 'spelling of numbers'),
    ('kubernetes.argocd.path', '.inf', 'spelling of numbers'), ('networks.trusted-lan.subnet_id', '1e10', 'spelling of numbers'),
    ('networks.trusted-lan.subnet_id', '1e3', None), ('networks.trusted-lan.subnet_id', '010', None),
    ('networks.trusted-lan.subnet_id', '1.5', None), ('networks.trusted-lan.subnet_id', 'ffff', None),
]


class Checker:
    """Runs hlgen and the schema on one text."""

    def __init__(self, hlgen):
        self.hlgen = hlgen
        self.schema = json.loads(subprocess.run([hlgen, 'schema'], check=True, capture_output=True).stdout)
        jsonschema.Draft202012Validator.check_schema(self.schema)
        kind = jsonschema.validators.extend(jsonschema.Draft202012Validator, {'pattern': self.pattern})
        self.exact = kind(self.schema)
        self.fast = kind(sites.without_references(self.schema, self.schema))
        self.patterns = {}
        self.folder = tempfile.mkdtemp(prefix='hlgen-agree.')
        self.path = os.path.join(self.folder, 'site.yaml')

    def pattern(self, _validator, pattern, instance, _schema):
        """As ECMA-262: '$' is the end, and not the line break before it."""
        if isinstance(instance, str):
            if pattern not in self.patterns:
                self.patterns[pattern] = re.compile(pattern.replace('$', r'\Z'), re.ASCII)
            if not self.patterns[pattern].search(instance):
                yield jsonschema.ValidationError('%r does not match' % instance)

    def complaints(self, text):
        """hlgen's structural complaints: (code, message, the text it is about); None when the text is not YAML for it."""
        with open(self.path, 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        run = subprocess.run([self.hlgen, 'check', '--diagnostics=json', '--redact', self.path], capture_output=True, check=False)
        if run.returncode not in (0, 1):
            raise SystemExit('hlgen ended with %d for:\n%s' % (run.returncode, text))
        lines, found = text.split('\n'), []
        for line in run.stderr.decode().splitlines():
            item = json.loads(line)
            if item['code'].startswith('yaml-'):
                return None
            if item['code'] in STRUCTURAL:
                value = lines[item['line'] - 1][item['column'] - 1:item['end_column'] - 1]
                found.append((item['code'], item['message'], value))
        return found

    def compare(self, text, exact=False):
        """The names of the differences (none: they agree); raises Disagreement for one without a name."""
        complaints = self.complaints(text)
        try:
            document = yaml12.load(text)
        except (yaml.YAMLError, ValueError, OverflowError):
            document = None
        if complaints is None or document is None:
            return None
        valid = self.fast.is_valid(document)
        if exact and self.exact.is_valid(document) != valid:
            raise Disagreement('the schema without references means something else', text)
        if valid == (not complaints):
            return set()
        if not valid:
            if all(isinstance(leaf.instance, float) for error in self.fast.iter_errors(document) for leaf in leaves(error)):
                return {'spelling of numbers'}
            error = next(self.fast.iter_errors(document))
            raise Disagreement('the schema refuses what hlgen takes: %s at %s' % (error.message[:200], list(error.absolute_path)), text)
        names = set()
        for code, message, value in complaints:
            name = next((name for name, shows in DIFFERENCES.items() if shows(message, value)), None)
            if name is None:
                raise Disagreement('hlgen refuses what the schema takes: %s [%s]' % (message, code), text)
            names.add(name)
        return names


def leaves(error):
    """What an error comes from: of a choice of forms, the form that the value has."""
    inner = [leaf for part in error.context or [] for leaf in leaves(part)]
    return [leaf for leaf in inner if isinstance(leaf.instance, float)] or inner or [error]


class Disagreement(Exception):
    """A difference that is not allowed."""


def report(name, problems):
    print('%s language/%s' % ('FAIL' if problems else 'ok', name))
    for problem in problems[:10]:
        print('\n'.join('    ' + line for line in str(problem).rstrip().split('\n')))


def check_values(checker):
    """Defaults and examples of the schema are valid by it."""
    bad = []
    for path, part in sites.parts(checker.schema):
        validator = checker.exact.evolve(schema={**part, '$defs': checker.schema['$defs']})
        for value in part.get('examples', []) + ([part['default']] if 'default' in part else []):
            bad += ['%s: %r: %s' % (path, value, error.message[:200]) for error in validator.iter_errors(value)]
    report('schema: its defaults and examples are valid', bad)


def check_directed(checker):
    bad, shown = [], set()
    for path, value, expected in DIRECTED:
        text = sites.with_value(checker.schema, path, value)
        try:
            names = checker.compare(text, exact=True)
        except Disagreement as problem:
            bad.append('%s: %s: %s' % (path, value, problem.args[0]))
            continue
        shown |= names or set()
        if names is None or names != ({expected} if expected else set()):
            bad.append('%s: %s: differences: %s, expected: %s' % (path, value, names, expected))
    bad += ['no value shows the difference "%s"' % name for name in DIFFERENCES if name not in shown]
    report('schema: single values and the listed differences', bad)


def check_files(checker, paths):
    """Site files that are known to be good."""
    bad = []
    for path in paths:
        with open(path, encoding='utf-8') as file:
            bad += ['%s: %s at %s' % (path, error.message[:200], list(error.absolute_path))
                    for error in checker.exact.iter_errors(yaml12.load(file.read()))]
    report('schema: takes the examples', bad)


def check_many(checker, count, seed):
    maker, bad, skipped, valid = sites.Maker(checker.schema, random.Random(seed)), [], 0, 0
    for i in range(count):
        text = maker.site()
        try:
            names = checker.compare(text, exact=i % 50 == 0)
        except Disagreement as problem:
            bad.append('%s\nsite %d of seed %d:\n%s' % (problem.args[0], i, seed, problem.args[1]))
            if len(bad) == 10:
                break
            continue
        skipped += names is None
        valid += names == set() and maker.mutations == 0
    if skipped * 10 > count:
        bad.append('%d of %d texts are not YAML' % (skipped, count))
    if valid * 20 < count:
        bad.append('only %d of %d texts are valid' % (valid, count))
    report('schema: agrees with hlgen over %d files' % count, bad)


def main():
    manual = open(sys.argv[2], encoding='utf-8').read()
    checker = Checker(sys.argv[1])
    check_values(checker)
    report('manual: lists the differences', [name for name in DIFFERENCES if '\n.It Sy %s\n' % name not in manual])
    check_files(checker, sys.argv[5:])
    check_directed(checker)
    check_many(checker, int(sys.argv[3]), int(sys.argv[4]))
    os.remove(checker.path)
    os.rmdir(checker.folder)


main()
