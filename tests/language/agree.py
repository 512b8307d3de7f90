"""Tells whether the schema and `hlgen check` agree on the structure of site files, over thousands of them, good and broken.

agree.py HLGEN MANUAL COUNT SEED FILE…: agreement means that a file is valid by the schema exactly when hlgen reports none of the
structural codes. The allowed differences have names, and the manual must list them.
"""
import random
import sys

import sites
import yaml12
from checker import DIFFERENCES, Checker, Disagreement, difference, only_floats

# A value for a key, and the difference that it shows (None: they agree).
DIRECTED = [
    ('tunnel.network', '10.100.0.1/24', 'host bits'), ('vps.allow', '["22/tcp from 10.0.0.1/8"]', 'host bits'),
    ('vps.allow', '["30-20/tcp"]', 'backward ranges'), ('kubernetes.cilium.pool', '10.0.0.9-10.0.0.1', 'backward ranges'),
    ('tunnel.port', '0x10', 'spelling of numbers'), ('tunnel.port', '1e3', 'spelling of numbers'),
    ('tunnel.preshared_keys', 'True', 'spelling of booleans'), ('kubernetes.ingress.address6', '"0:1::1"', 'suffixes'),
    ('router.rollback_after', '900000s', 'long durations'),
    ('domain services.jellyfin.host', '.'.join(['a' * 62] * 4), 'long host names'),
    ('tunnel.network', '10.100.0.0/24', None), ('tunnel.port', '"51820"', None), ('tunnel.port', '51820', None),
    ('tunnel.port', '0', None), ('tunnel', '', None), ('clients', '', None), ('router', 'text', None), ('services', '[]', None),
    ('router.version', '7.20', None), ('vps.interface', 'yes', None), ('vps.interface', 'on', None), ('vps.interface', '~', None),
    ('vps.interface', '1e5', None), ('vps.interface', '0x1g', 'spelling of numbers'), ('vps.interface', '5e1e1', 'spelling of numbers'), ('vps.interface', '1e+', None),
    ('vps.interface', '.inf', None), ('vps.interface', '12:30', None), ('vps.interface', '0o17', None), ('vps.interface', '0o19', 'spelling of numbers'),
    ('kubernetes.argocd.path', '.inf', 'spelling of numbers'), ('networks.trusted-lan.subnet_id', '1e10', 'spelling of numbers'),
    ('networks.trusted-lan.subnet_id', '1e3', None), ('networks.trusted-lan.subnet_id', '010', None),
    ('networks.trusted-lan.subnet_id', '1.5', None), ('networks.trusted-lan.subnet_id', 'ffff', None),
]


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


def check_every_key(checker):
    """Every value of the pool at every key: each file has one value everywhere, and the two are compared line by line."""
    site = sites.complete(sites.without_references(checker.schema, checker.schema), lambda required: True, sites.counter())
    limits = {part[name] + step for _, part in sites.parts(checker.schema, ('minimum', 'maximum')) for name in ('minimum', 'maximum')
              if name in part for step in (-1, 0, 1)}
    words = [sites.as_raw(number) for number in sorted(limits)] + [sites.quoted(text) for text in sites.POOL]
    words += [sites.Raw(text) for text in sites.POOL if sites.is_plain(text)] + [sites.Raw(text) for text in ('', '[]', '{}', '[~]', '[[a]]', '{a: 1}')]
    bad = []
    for word in words:
        text = sites.emit(sites.with_everywhere(site, word)).lstrip('\n')
        complaints, document = checker.complaints(text), yaml12.load(text)
        for number, (path, schema) in enumerate(sites.lines(checker.schema, document), 1):
            here = [item for item in complaints or [] if item[0] == number]
            if schema is None:
                continue
            errors = list(checker.fast.evolve(schema=schema).iter_errors(sites.at(document, path)))
            if bool(errors) == bool(here) or (errors and only_floats(errors)) or all(difference(*item[2:]) for item in here) and not errors:
                continue
            bad.append('%s: %s: schema: %s, hlgen: %s' % ('.'.join(path), word, [error.message[:150] for error in errors], here))
    report('schema: %d values at every key' % len(words), bad)


def check_names(checker):
    """Every text of the pool as a name, in each map of names."""
    bad, schema = [], sites.without_references(checker.schema, checker.schema)
    for path, part in sites.named(schema):
        site = sites.complete(schema, lambda required: True, sites.counter())
        element = sites.complete(part['additionalProperties'], lambda required: required, sites.counter())
        sites.at(site, path[:-1])[path[-1]] = {text: element for text in sites.POOL}
        text = sites.emit(site).lstrip('\n')
        refused = {line for line, code, _, _ in checker.complaints(text) if code == 'bad-name'}
        names = checker.fast.evolve(schema=part['propertyNames'])
        for number, (place, _) in enumerate(sites.lines(checker.schema, yaml12.load(text)), 1):
            if place[:-1] == path and names.is_valid(place[-1]) == (number in refused):
                bad.append('%s: %r: hlgen %s it' % ('.'.join(path), place[-1], 'refuses' if number in refused else 'takes'))
    report('schema: names', bad)


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
    check_every_key(checker)
    check_names(checker)
    check_many(checker, int(sys.argv[3]), int(sys.argv[4]))


main()
