"""What the readers of values for Helm charts share: a strict YAML reader, and releases as numbers."""
import yaml


class Strict(yaml.SafeLoader):
    """Refuses a key that is given twice; plain YAML readers take the last one."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise SystemExit(f"key '{key}' is given twice")
        return super().construct_mapping(node, deep)


def version(text):
    return tuple(int(part) for part in str(text).split("."))
