"""The exceptions of the stand-in."""


class NotModelled(Exception):
    """The script does something that the stand-in does not know. A gap in the test, never an error of the script."""


class Refused(Exception):
    """A command that the router refuses: a message and the property that it is about. The console adds menu and line."""
    def __init__(self, message, name=None):
        super().__init__(message)
        self.message = message
        self.name = name


class ScriptError(Exception):
    """A runtime error. `message` is bare, str() is what /import prints."""
    def __init__(self, message, place="", line=0):
        super().__init__(message)
        self.message = message
        self.place = place
        self.line = line

    def __str__(self):
        place = f"{self.place}; " if self.place else ""
        return f"{self.message} ({place}line {self.line})"


class SyntaxRefused(ScriptError):
    """The whole script is refused before anything runs."""
    def __init__(self, message, line, column):
        super().__init__(message, "", line)
        self.column = column

    def __str__(self):
        return f"{self.message} (line {self.line} column {self.column})"


class Stopped(Exception):
    """A stop that the test asked for."""


class Rebooted(Exception):
    """The router restarts: every running script ends."""


class Returned(Exception):
    """:return"""
    def __init__(self, value):
        super().__init__()
        self.value = value


class LoopEnd(Exception):
    """:break and :continue"""
    def __init__(self, again):
        super().__init__()
        self.again = again
