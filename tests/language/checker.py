"""The two opinions on a site file, the schema's and hlgen's, and the differences between them that are allowed."""
import json
import os
import re
import subprocess
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
    return re.fullmatch(r'0x[0-9A-Fa-f]+|0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?', value) is not None and \
        re.fullmatch(r'0|-?[1-9][0-9]*', value) is None


# What hlgen refuses and JSON Schema cannot express: the name in the manual, and how one recognises it by message and value.
DIFFERENCES = {
    'host bits': lambda message, _: 'host bits set' in message,
    'backward ranges': lambda message, value: 'runs backwards' in message or backwards(message, value),
    'spelling of numbers': lambda message, value: odd_number(value) or ('YAML takes this for a number' in message and resembles_number(value)),
    'spelling of booleans': lambda _, value: value in ('True', 'TRUE', 'False', 'FALSE'),
    'suffixes': lambda message, _: "behind the network's /64" in message or 'all zeros' in message,
    'long host names': lambda message, _: 'gets no good host name' in message,
    'long durations': lambda message, _: re.search(r'at most \d+ seconds', message) is not None,
}


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
        self.folder = tempfile.TemporaryDirectory(prefix='hlgen-test.')
        self.path = os.path.join(self.folder.name, 'site.yaml')

    def pattern(self, _validator, pattern, instance, _schema):
        """As ECMA-262: '$' is the end, and not the line break before it."""
        if isinstance(instance, str):
            if pattern not in self.patterns:
                self.patterns[pattern] = re.compile(pattern.replace('$', r'\Z'), re.ASCII)
            if not self.patterns[pattern].search(instance):
                yield jsonschema.ValidationError('%r does not match' % instance)

    def complaints(self, text):
        """hlgen's structural complaints: (line, code, message, the text it is about); None when the text is not YAML for it."""
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
                found.append((item['line'], item['code'], item['message'], value))
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
            if only_floats(self.fast.iter_errors(document)):
                return {'spelling of numbers'}
            error = next(self.fast.iter_errors(document))
            raise Disagreement('the schema refuses what hlgen takes: %s at %s' % (error.message[:200], list(error.absolute_path)), text)
        names = {difference(message, value) for _, _, message, value in complaints}
        if None in names:
            raise Disagreement('hlgen refuses what the schema takes: %s' % [item for item in complaints if not difference(*item[2:])], text)
        return names


def difference(message, value):
    """The name of a difference that hlgen's complaint shows, or None."""
    return next((name for name, shows in DIFFERENCES.items() if shows(message, value)), None)


def leaves(error):
    """What an error comes from: of a choice of forms, the form that the value has."""
    inner = [leaf for part in error.context or [] for leaf in leaves(part)]
    return [leaf for leaf in inner if isinstance(leaf.instance, float)] or inner or [error]


def only_floats(errors):
    """Whether the schema complains of nothing but numbers that hlgen takes for text."""
    return all(isinstance(leaf.instance, float) for error in errors for leaf in leaves(error))


class Disagreement(Exception):
    """A difference that is not allowed."""
