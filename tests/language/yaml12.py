"""Reads YAML as its version 1.2 means it (the core schema), keys as text, for tests that need a second opinion."""
import re

import yaml

Base = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)


class Loader(Base):
    """PyYAML's loader with the scalars of YAML 1.2: no yes/no, no 0777, no 12:30:45, no dates."""
    yaml_implicit_resolvers = {}


def resolver(tag, pattern, first):
    Loader.add_implicit_resolver('tag:yaml.org,2002:' + tag, re.compile(pattern), first)


resolver('null', r'^(?:~|null|Null|NULL|)$', ['~', 'n', 'N', ''])
resolver('bool', r'^(?:true|True|TRUE|false|False|FALSE)$', list('tTfF'))
resolver('int', r'^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$', list('-+0123456789'))
resolver('float', r'^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$',
         list('-+.0123456789'))


def integer(loader, node):
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in ('0x', '0o') else int(text)


def real(loader, node):
    text = loader.construct_scalar(node).lower()
    return float(text.replace('.inf', 'inf').replace('.nan', 'nan'))


def mapping(loader, node):
    """Keys are text, however they look: that is what JSON Schema knows."""
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


Loader.add_constructor('tag:yaml.org,2002:int', integer)
Loader.add_constructor('tag:yaml.org,2002:float', real)
Loader.add_constructor('tag:yaml.org,2002:map', mapping)


def load(text):
    return yaml.load(text, Loader)
